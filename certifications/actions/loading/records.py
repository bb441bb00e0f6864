"""Loading the data files into the register: all or nothing, and never over what staff changed.

For each record the values last loaded are kept. Each field is compared three ways: what the file
says, what was loaded last, what the database holds. A field that only the file changed is updated;
a field that staff changed is left alone and reported.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from certifications.actions.loading.record_files import Fault, RecordFilesFaulty, Row, read_folder
from certifications.actions.publish import publish
from certifications.audit.acting import acting
from certifications.models import (
    Agency,
    AgencyName,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardRecipient,
    CertificationLevel,
    Change,
    Criterion,
    LoadedRecord,
    Service,
    Source,
)
from certifications.models.publishing import Publishable
from certifications.models.values import plain

DATA_FOLDER = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Kept:
    """A field that was left as staff made it."""

    record: str
    field: str
    in_file: object
    in_database: object


@dataclass
class Report:
    """What a load did: counts by file, and what it left alone."""

    created: Counter = field(default_factory=Counter)
    updated: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # loaded once, deleted by staff, not brought back
    dropped: list[str] = field(default_factory=list)  # loaded once, no longer in the files


# --- how the values of a file stand in the database ----------------------------------------------


@dataclass(frozen=True)
class Related:
    """A list of values kept in rows of its own: how to read it, how to replace it."""

    read: Callable[[models.Model], list]
    write: Callable[[models.Model, list], None]


@dataclass(frozen=True)
class Kind:
    """One file's kind of record."""

    model: type[models.Model]
    identity: tuple[str, ...]  # the values by which an existing record is recognised
    plain: tuple[str, ...]
    references: dict[str, type[models.Model]] = field(default_factory=dict)  # by their code
    related: dict[str, Related] = field(default_factory=dict)

    def find(self, values: dict) -> models.Model | None:
        lookups = {}
        for name in self.identity:
            value = values[name]
            column = f"{name}__code" if name in self.references else name
            lookups |= {column: value} if value not in ("", None) else {f"{name}__isnull": True}
        return self.model.objects.filter(**lookups).first()

    def values_of(self, record: models.Model) -> dict:
        values = {name: plain(getattr(record, name)) for name in self.plain}
        for name in self.references:
            values[name] = getattr(getattr(record, name), "code", "")
        return values | {name: related.read(record) for name, related in self.related.items()}

    def write(self, record: models.Model, values: dict) -> None:
        """Set the values given, check the whole record, save. ValidationError when it is wrong."""
        for name, value in values.items():
            if name in self.plain:
                setattr(record, name, value)
            elif name in self.references:
                setattr(record, name, _referred(self.references[name], value))
        _save_checked(record)
        for name, related in self.related.items():
            if name in values:
                related.write(record, values[name])


def _referred(model: type[models.Model], code: str) -> models.Model | None:
    """The record a row refers to; ValidationError when it was refused, or deleted by staff."""
    if not code:
        return None
    try:
        return model.objects.get(code=code)
    except model.DoesNotExist:
        raise ValidationError(
            _("อ้างถึง %(thing)sรหัส %(code)s ซึ่งไม่มีในทะเบียน"),
            params={"thing": model._meta.verbose_name, "code": code},
        ) from None


def _save_checked(record: models.Model) -> None:
    record.full_clean()
    record.save()


def _names(kind: str) -> Related:
    def read(agency: Agency) -> list[str]:
        return sorted(name.name for name in agency.names.all() if name.kind == kind)

    def write(agency: Agency, names: list[str]) -> None:
        agency.names.filter(kind=kind).exclude(name__in=names).delete()
        for name in sorted(set(names) - set(read(agency))):
            _save_checked(AgencyName(agency=agency, kind=kind, name=name))

    return Related(read, write)


def _write_recipients(award: Award, people: list[list[str]]) -> None:
    award.recipients.all().delete()
    for order, (name, position, behalf, behalf_position) in enumerate(people, start=1):
        recipient = AwardRecipient(
            award=award,
            order=order,
            name=name,
            position=position,
            on_behalf_of=behalf,
            on_behalf_of_position=behalf_position,
        )
        _save_checked(recipient)


RECIPIENTS = Related(
    read=lambda award: [
        [person.name, person.position, person.on_behalf_of, person.on_behalf_of_position]
        for person in award.recipients.all()
    ],
    write=_write_recipients,
)
SOURCES = Related(
    read=lambda record: sorted(source.url for source in record.sources.all()),
    write=lambda record, urls: record.sources.set(Source.objects.filter(url__in=urls)),
)


def _write_sources_of_figure(figure: AnnouncedFigure, urls: list[str]) -> None:
    """What its file names may be called otherwise here, or be deleted by staff."""
    AnnouncedFigure.refuse_without(Source.objects.filter(url__in=urls))
    SOURCES.write(figure, urls)


SOURCES_OF_FIGURE = Related(SOURCES.read, _write_sources_of_figure)

KINDS: dict[str, Kind] = {
    "sources.csv": Kind(Source, ("url",), ("url", "title", "publisher", "published_on")),
    "levels.csv": Kind(
        CertificationLevel,
        ("code",),
        (
            "code",
            "rank",
            "name_th",
            "name_en",
            "colour_th",
            "colour_en",
            "min_score",
            "max_score",
            "meaning_th",
            "meaning_en",
            "slogan_th",
        ),
    ),
    "agencies.csv": Kind(
        Agency,
        ("code",),
        ("code", "name_th", "name_en", "kind", "province"),
        {"service": Service, "parent": Agency},
        {
            "short_names": _names(AgencyName.Kind.SHORT),
            "other_names": _names(AgencyName.Kind.AS_PRINTED),
        },
    ),
    "award_events.csv": Kind(
        AwardEvent,
        ("code",),
        (
            "code",
            "year",
            "held_on",
            "starts_at",
            "title_th",
            "venue_th",
            "province",
            "is_online",
            "presider",
            "presider_position",
            "organiser",
            "disagreements",
        ),
        related={"sources": SOURCES},
    ),
    "criteria.csv": Kind(
        Criterion,
        ("first_year", "last_year", "order"),
        ("first_year", "last_year", "order", "title_th", "text_th", "title_en", "text_en"),
        related={"sources": SOURCES},
    ),
    "awards.csv": Kind(
        Award,
        ("agency", "year"),
        ("year", "known_by"),
        {"agency": Agency, "event": AwardEvent, "level": CertificationLevel},
        {"recipients": RECIPIENTS, "sources": SOURCES},
    ),
    "announced_figures.csv": Kind(
        AnnouncedFigure,
        ("first_year", "last_year", "agency", "measure", "level", "count", "as_of"),
        ("first_year", "last_year", "measure", "count", "as_of", "note"),
        {"agency": Agency, "level": CertificationLevel},
        {"sources": SOURCES_OF_FIGURE},
    ),
}


# --- the act -------------------------------------------------------------------------------------


def load_records(
    folder: Path = DATA_FOLDER,
    *,
    by,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Load every file of a folder and publish what is new, as the account `by`.

    Nothing is written unless everything can be; RecordFilesFaulty names each fault by file and
    line. `progress(done, total)` is called after each row.
    """
    files = read_folder(folder)
    report, faults = Report(), []
    total = sum(map(len, files.values()))
    done = 0
    with acting(by=by, channel=Change.Channel.COMMAND):
        for file, rows in files.items():
            loaded = {past.key: past for past in LoadedRecord.objects.filter(kind=file)}
            for row in rows:
                try:
                    with transaction.atomic():
                        _load(row, KINDS[file], loaded.get(row.key), report, by)
                except ValidationError as fault:
                    faults.append(Fault(file, row.line, _in_words(fault)))
                done += 1
                progress(done, total)
            kept = {row.key for row in rows}
            report.dropped += [f"{file} {key}" for key in loaded if key not in kept]
        if faults:
            raise RecordFilesFaulty(faults)
    return report


def _in_words(fault: ValidationError) -> str:
    """What is wrong with a record, each sentence after the field it is about."""
    if not hasattr(fault, "error_dict"):
        return " ".join(fault.messages)
    return " ".join(
        message if name == NON_FIELD_ERRORS else f"{name}: {message}"
        for name, messages in fault.message_dict.items()
        for message in messages
    )


def _load(row: Row, kind: Kind, past: LoadedRecord | None, report: Report, by) -> None:
    if past is not None:
        record = kind.model.objects.filter(pk=past.object_id).first()
        if record is None:
            report.gone.append(f"{row.file} {row.key}")
            return
    else:
        record = kind.find(row.values)
    if record is None:
        record = kind.model()
        kind.write(record, row.values)
        if isinstance(record, Publishable):
            publish([record], by=by)
        report.created[row.file] += 1
        _remember(row, record, row.values)
        return
    _merge(row, kind, record, past, report)


def _merge(
    row: Row, kind: Kind, record: models.Model, past: LoadedRecord | None, report: Report
) -> None:
    """Bring an existing record up to the file, field by field, around what staff changed."""
    in_database = kind.values_of(record)
    before = past.values if past else {}
    changes, kept = {}, set()
    for name, in_file in row.values.items():
        stored = in_database[name]
        if stored == in_file:
            continue
        # A column that the file has gained since counts as loaded empty.
        if past and stored == before.get(name, ""):
            changes[name] = in_file
        else:
            kept.add(name)
            report.kept.append(Kept(str(record), name, in_file, stored))
    if changes:
        kind.write(record, changes)
        report.updated[row.file] += 1
    else:
        report.unchanged[row.file] += 1
    # A field that was kept goes on being compared with what was loaded, not with what was refused.
    values = row.values | {name: before[name] for name in kept if name in before}
    if values != before:
        _remember(row, record, values)


def _remember(row: Row, record: models.Model, values: dict) -> None:
    LoadedRecord.objects.update_or_create(
        kind=row.file, key=row.key, defaults={"object_id": record.pk, "values": values}
    )
