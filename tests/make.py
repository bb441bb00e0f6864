"""Plain builders of invented records: name the facts a test is about, the rest is filled in."""

import datetime
import itertools

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from certifications import models
from certifications.actions.propose import propose_change
from certifications.audit.acting import acting
from certifications.intake.review import preview
from certifications.reference.states import StatusChange

_numbers = itertools.count(1)


def user(username: str = "", group: str = "", **facts):
    """A staff account, of a group when one is named."""
    number = next(_numbers)
    facts = {"is_staff": True, "password": "only-for-tests"} | facts
    account = get_user_model().objects.create_user(username or f"staff{number}", **facts)
    if group:
        account.groups.add(Group.objects.get(name=group))
    return account


def publisher():
    return get_user_model().objects.filter(username="publisher").first() or user("publisher")


def source(**facts) -> models.Source:
    number = next(_numbers)
    facts = {"url": f"https://example.test/{number}", "publisher": "ผู้เผยแพร่สมมติ"} | facts
    return models.Source.objects.create(**facts)


def level(code: str = "basic") -> models.CertificationLevel:
    rank, thai, english, colour, colour_en, low, high = {
        "basic": (1, "ระดับพื้นฐาน", "Basic", "ฟ้า", "Blue", 70, 79),
        "advanced": (2, "ระดับก้าวหน้า", "Advanced", "เงิน", "Silver", 80, 89),
        "excellent": (3, "ระดับเป็นเลิศ", "Excellent", "ทอง", "Gold", 90, 100),
    }[code]
    facts = {
        "rank": rank,
        "name_th": thai,
        "name_en": english,
        "colour_th": colour,
        "colour_en": colour_en,
        "min_score": low,
        "max_score": high,
    }
    return models.CertificationLevel.objects.get_or_create(code=code, defaults=facts)[0]


def agency(**facts) -> models.Agency:
    facts = {"name_th": f"สำนักงานสมมติที่ {next(_numbers)}"} | facts
    return models.Agency.objects.create(**facts)


def ministry(**facts) -> models.Agency:
    return agency(**{"kind": "ministry", "name_th": f"กระทรวงสมมติที่ {next(_numbers)}"} | facts)


def department(**facts) -> models.Agency:
    return agency(**{"kind": "department", "name_th": f"กรมสมมติที่ {next(_numbers)}"} | facts)


def _published(facts: dict) -> dict:
    """Public unless `published=False`."""
    if facts.pop("published", True):
        facts |= {"published_at": timezone.now(), "published_by": publisher()}
    return facts


def event(year: int = 2565, **facts) -> models.AwardEvent:
    facts = {"code": str(year), "title_th": f"พิธีสมมติ {year}"} | _published(facts)
    record = models.AwardEvent.objects.create(year=year, **facts)
    record.sources.add(source())
    return record


def event_of(year: int) -> models.AwardEvent:
    """The ceremony of a year, made when there is none yet."""
    return models.AwardEvent.objects.filter(code=str(year)).first() or event(year)


def award(agency_: models.Agency | None = None, year: int | None = 2565, **facts) -> models.Award:
    """A public award with a source, without a ceremony unless `event=` is given."""
    if year is None:
        facts = {"known_by": datetime.date(2022, 9, 29)} | facts
    if isinstance(facts.get("level"), str):
        facts["level"] = level(facts["level"])
    facts = _published(facts)
    record = models.Award.objects.create(agency=agency_ or agency(), year=year, **facts)
    record.sources.add(source())
    return record


def status_change(award_: models.Award, change: StatusChange, changed_on: datetime.date, **facts):
    facts = {"reason": "เหตุสมมติ", "source": source(), "recorded_by": publisher()} | facts
    return models.AwardStatusChange.objects.create(
        award=award_, change=change, changed_on=changed_on, **facts
    )


def figure(count: int, *, year: int = 2565, **facts) -> models.AnnouncedFigure:
    facts = {"first_year": year, "last_year": year, "measure": "certified"} | facts
    record = models.AnnouncedFigure.objects.create(count=count, **facts)
    record.sources.add(source())
    return record


def declaration(year: int, **facts) -> models.RoundDeclaration:
    """That the list of a round is complete, nationwide unless `agency=` is given; public."""
    facts = {"note": "เทียบกับบัญชีสมมติแล้ว"} | _published(facts)
    record = models.RoundDeclaration.objects.create(year=year, **facts)
    record.sources.add(source())
    return record


def award_form(**facts) -> dict:
    """A filled-in award form; inlines empty."""
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    management = {
        f"{prefix}-{key}": value
        for prefix in ("recipients", "status_changes")
        for key, value in empty.items()
    }
    form = {
        "name_as_printed": "",
        "year": "2565",
        "known_by": "",
        "score": "",
        "certificate_number": "",
    }
    return management | form | facts


def decided(by, why: str = ""):
    """What is written within counts as decided by a second person."""
    return acting(by=by, channel=models.Change.Channel.PROPOSAL, why=why)


def correction(award_: models.Award, changes: dict, *, by, reason: str = "เหตุสมมติ", source=None):
    """A proposal that a public award be otherwise."""

    def write() -> None:
        changed = models.Award.objects.get(pk=award_.pk)
        for name, value in changes.items():
            setattr(changed, name, value)
        changed.full_clean()
        changed.save()

    return propose_change(write, by=by, reason=reason, source=source)


def proposed_step(award_: models.Award, *, by, **facts):
    """A proposal to suspend, withdraw or reinstate a certification."""

    def write() -> None:
        step = models.AwardStatusChange(award=award_, recorded_by=by, **facts)
        step.full_clean()
        step.save()

    return propose_change(write, by=by, reason=facts["reason"], source=facts["source"])


def opened(record) -> dict:
    """What a form of the desk carries that is opened on a record now."""
    desk = admin.site.get_model_admin(type(record))
    return {"_version": desk.watched(record.pk).version()}


def accepted_doubt(record, **facts) -> models.AcceptedDoubt:
    facts = {"code": "level_lower", "message": "ข้อสงสัยสมมติ", "reason": "ตรวจแล้ว"} | facts
    facts |= {"table": record._meta.label_lower, "record_key": record.pk, "record": str(record)}
    return models.AcceptedDoubt.objects.create(by=publisher(), **facts)


def intake(text: str = "", **facts) -> models.Intake:
    """An intake of a pasted list, or of a CSV file with `content=`, read as far as it goes."""
    facts = {"title": "ชุดสมมติ", "year": 2570, "created_by": publisher()} | facts
    facts.setdefault("source", None if "source" in facts else source())
    kind = models.Intake.Kind.FILE if "content" in facts else models.Intake.Kind.PASTED
    if isinstance(facts.get("content"), str):
        facts |= {"content": facts["content"].encode(), "file_name": "invented.csv"}
    record = models.Intake(kind=kind, text=text, **facts)
    preview.begin(record)
    return record


def merge_log(**facts) -> models.MergeLog:
    ends = {"source": agency(), "target": agency()}
    facts = ends | {"reason": "ระเบียนซ้ำ", "moved": [], "by": publisher()} | facts
    return models.MergeLog.objects.create(**facts)
