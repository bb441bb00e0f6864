"""Parsing, matching and evaluating an intake, and saving its rows for review."""

import io
import json
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from certifications.intake.matching.candidates import Candidate, Matched
from certifications.intake.matching.guesses import guess_all
from certifications.intake.matching.matching import match_all
from certifications.intake.reading import columns, files
from certifications.intake.reading.headings import (
    LEFT_OUT,
    SURE,
    header_of,
    mapping_of,
    proposals,
    signature,
)
from certifications.intake.reading.pasted import read_list
from certifications.intake.reading.rows import ReadRow, Unreadable
from certifications.intake.reading.tables import Table
from certifications.intake.review import stored
from certifications.intake.review.evaluation import evaluate
from certifications.models import CertificationLevel, ColumnMapping, Intake, IntakeRow
from certifications.models.levels import words_of

State = Intake.State

# What evaluation and decisions write of a row; what was read stays.
JUDGED = [
    "edits",
    "agency",
    "match",
    "why_matched",
    "match_findings",
    "candidates",
    "new_agency",
    "verdict",
    "changes",
    "findings",
    "has_errors",
    "has_doubts",
    "seen",
    "decision",
    "decided_by",
    "decided_at",
    "reason",
    "award",
    "made_agency",
    "before",
    "after",
]


def preview(intake: Intake) -> list[IntakeRow]:
    """Read all of an intake anew and keep its rows as they would be written now.

    What staff decided of a row stays with it while it reads the same. Raises Unreadable.
    """
    read = _read(intake)
    if not read:
        raise Unreadable(_("ไม่พบแถวที่มีชื่อหน่วยงาน ตรวจไฟล์ แผ่นงาน และการจับคู่คอลัมน์"))
    rows = _rows(intake, read)
    evaluate(intake, rows)
    with transaction.atomic():
        refuse_unless_open(lock(intake))
        intake.rows.all().delete()
        IntakeRow.objects.bulk_create(rows)
        intake.state = State.REVIEW
        intake.version += 1
        intake.save()
    return rows


def table_of(intake: Intake) -> Table:
    """The table in the file of an intake; without lines while a sheet must be chosen."""
    return files.read_table(
        io.BytesIO(bytes(intake.content)), intake.file_name, intake.sheet or None
    )


def begin(intake: Intake) -> None:
    """Take a new intake as far as it goes by itself: to the choice of a sheet, to the mapping of
    its columns, or to the review. Saves it. Raises Unreadable, with nothing saved.
    """
    if intake.kind == Intake.Kind.PASTED:
        _save_with_rows(intake)
        return
    table = table_of(intake)
    if table.needs_a_choice:
        intake.state = State.READING
        intake.save()
        return
    intake.sheet = table.sheet
    intake.mapping, is_sure = known_mapping(table)
    if is_sure:
        _save_with_rows(intake)
        return
    intake.state = State.MAPPING
    intake.save()


def _save_with_rows(intake: Intake) -> None:
    with transaction.atomic():
        intake.save()
        preview(intake)


def known_mapping(table: Table) -> tuple[dict[str, str], bool]:
    """How the columns are to be read, and whether nobody need be asked: chosen once before, or
    every heading known for certain."""
    proposed = proposals(table)
    headings = [each.heading for each in proposed]
    if not header_of(table).number:  # named by letters, as any other file without headings
        return mapping_of(proposed), False
    known = ColumnMapping.objects.filter(signature=signature(headings)).first()
    if known:
        # Headings that read alike may be spelt otherwise: the mapping goes by position.
        return dict(zip(headings, known.fields, strict=False)), True
    is_sure = all(each.sureness == SURE for each in proposed)
    return mapping_of(proposed), is_sure


def remember(table: Table, mapping: dict[str, str]) -> None:
    """Keep how the columns under these headings are read, for the next file that has them."""
    header = header_of(table)
    if not header.number:
        return
    fields = [mapping.get(heading, LEFT_OUT) for heading in header.headings]
    ColumnMapping.objects.update_or_create(
        signature=signature(header.headings), defaults={"fields": fields}
    )


def lock(intake: Intake) -> Intake:
    """The intake as it is now, nobody else writing to it before this transaction ends."""
    return Intake.objects.select_for_update().defer("content").get(pk=intake.pk)


def refuse_unless_open(intake: Intake) -> None:
    """ValidationError when an intake is already committed, undone or left."""
    if not intake.is_open:
        raise ValidationError(
            _("ชุดนี้อยู่ในขั้น “%(state)s” แล้ว ตัดสินต่อไม่ได้") % {"state": intake.get_state_display()},
            code="closed",
        )


def save_rows(rows: Iterable[IntakeRow]) -> None:
    """Write rows that exist, many at a time."""
    IntakeRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=JUDGED
    )


def match_again(row: IntakeRow) -> None:
    """Match one row anew, after what it says was corrected. Nothing is saved."""
    read = stored.corrected(row)
    matched = match_all([read])
    _take(row, matched[0], guess_all([read], matched, [0])[0])


def _read(intake: Intake) -> list[ReadRow]:
    level = intake.level.code if intake.level else ""
    levels = words_of(CertificationLevel.objects.all())
    if intake.kind == Intake.Kind.PASTED:
        return read_list(intake.text, year=intake.year, level=level, levels=levels)
    return columns.rows_of(
        table_of(intake), intake.mapping, year=intake.year, level=level, levels=levels
    )


def _rows(intake: Intake, read: list[ReadRow]) -> list[IntakeRow]:
    stored_rows = {_key(row.read): row for row in intake.rows.all()} if intake.pk else {}
    matched = match_all(read)
    unsure = [position for position, each in enumerate(matched) if not each.is_sure]
    guesses = guess_all(read, matched, unsure)
    rows = []
    for position, (each, found) in enumerate(zip(read, matched, strict=True)):
        row = IntakeRow(
            intake=intake, place=position + 1, number=each.number, read=stored.stored(each)
        )
        _take(row, found, guesses.get(position, {}))
        if before := stored_rows.pop(_key(row.read), None):
            _keep_what_staff_did(row, before)
        rows.append(row)
    return rows


def _key(read: dict) -> str:
    """What was read, whichever way its values were kept."""
    return json.dumps(stored.stored(stored.restored(read)), sort_keys=True)


def _take(row: IntakeRow, found: Matched, guess: dict) -> None:
    row.agency, row.match, row.why_matched = found.agency, found.match, found.why
    row.match_findings = [vars(each) for each in found.findings]
    row.candidates = [_stored(each) for each in found.candidates]
    row.new_agency = guess
    row.seen = ""


def _stored(candidate: Candidate) -> dict:
    agency = candidate.agency
    return {
        "agency": agency.pk,
        "code": agency.code,
        "name": agency.name_th,
        "parent": agency.parent.name_th if agency.parent else "",
        "province": agency.province,
        "reason": candidate.reason,
        "match": str(candidate.kind),
    }


def _keep_what_staff_did(row: IntakeRow, before: IntakeRow) -> None:
    if not (before.decided_by_id or before.edits or before.match == IntakeRow.Match.CHOSEN):
        return
    for name in JUDGED:
        setattr(row, name, getattr(before, name))
