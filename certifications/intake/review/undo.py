"""Undoing a committed intake, while nothing of it was published or edited since."""

from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.audit.acting import acting
from certifications.intake.review import snapshots
from certifications.intake.review.commit import Refused, faults_in_words
from certifications.intake.review.preview import lock
from certifications.models import Agency, Award, Change, Intake, IntakeRow, ProposalItem

MOST_NAMED = 5
BUILT_UPON = gettext_lazy("มีข้อมูลอื่นอ้างถึงสิ่งที่ชุดนี้เพิ่มไว้แล้ว จึงย้อนกลับทั้งชุดไม่ได้ แก้ทีละรายการแทน")


def undo(intake: Intake, *, by, why: str = "") -> int:
    """Remove what an intake made and put back what it changed; the number of awards.

    All or nothing. Raises Refused when any of it was published, edited or built upon since.
    """
    try:
        with faults_in_words():
            return _undo(intake, by, why)
    except ProtectedError as fault:
        raise Refused(BUILT_UPON) from fault


def _undo(intake: Intake, by, why: str) -> int:
    with acting(by=by, channel=Change.Channel.INTAKE, why=why or _("ย้อนกลับ: %s") % intake.title):
        locked = lock(intake)
        if locked.state != Intake.State.COMMITTED:
            raise Refused(
                _("ชุดนี้อยู่ในขั้น “%(state)s” จึงย้อนกลับไม่ได้") % {"state": locked.get_state_display()}
            )
        rows = list(locked.rows.filter(after__isnull=False).select_related("agency"))
        awards = _awards(rows)
        _refuse_if_touched(rows, awards)
        made = [row.award_id for row in rows if row.before is None and row.award_id]
        changed = {row.award_id: row.before for row in rows if row.before is not None}
        snapshots.put_back(awards, changed)
        Award.objects.filter(pk__among=made).delete()
        _remove_agencies(rows)
        locked.state, locked.version = Intake.State.UNDONE, locked.version + 1
        locked.undone_at, locked.undone_by = timezone.now(), by
        locked.save(update_fields=["state", "version", "undone_at", "undone_by"])
        return len(rows)


def what_stands_in_the_way(intake: Intake) -> list[str]:
    """Why it cannot be undone now, a sentence each; for the page that offers it."""
    rows = list(intake.rows.filter(after__isnull=False).select_related("agency"))
    return _touched(rows, _awards(rows))


def _awards(rows: list[IntakeRow]) -> dict[int, Award]:
    keys = [row.award_id for row in rows if row.award_id]
    awards = Award.objects.filter(pk__among=keys).order_by("pk")
    return {award.pk: award for award in snapshots.with_all(awards)}


def _refuse_if_touched(rows: list[IntakeRow], awards: dict[int, Award]) -> None:
    list(
        Award.objects.filter(pk__among=awards).order_by("pk").select_for_update().values_list("pk")
    )
    if touched := _touched(rows, _awards(rows)):
        shown = " ".join(touched[:MOST_NAMED])
        if len(touched) > MOST_NAMED:
            shown += " " + _("และอีก %(number)s รายการ") % {"number": len(touched) - MOST_NAMED}
        raise Refused(_("ย้อนกลับทั้งชุดไม่ได้ %(why)s") % {"why": shown})


def _touched(rows: list[IntakeRow], awards: dict[int, Award]) -> list[str]:
    waiting = ProposalItem.objects.waiting().of(Award)
    proposed = set(waiting.values_list("record_key", flat=True))
    found = []
    for row in rows:
        award = awards.get(row.award_id)
        if award is None:
            if row.before is not None:
                found.append(_("ร่างของบรรทัดที่ %(line)s ถูกลบไปแล้ว") % {"line": row.number})
        elif award.published_at:
            found.append(_("“%(award)s” เผยแพร่แล้ว") % {"award": award})
        elif award.pk in proposed:
            found.append(_("“%(award)s” มีเรื่องเสนอที่รอพิจารณาอยู่") % {"award": award})
        elif not snapshots.is_unchanged(award, row.after):
            found.append(_("“%(award)s” ถูกแก้หลังจากนำเข้า") % {"award": award})
    return found


def _remove_agencies(rows: list[IntakeRow]) -> None:
    """The bodies that the intake made; Refused when others rest on one of them."""
    keys = [row.agency_id for row in rows if row.made_agency and row.agency_id]
    made = Agency.objects.filter(pk__among=keys)
    for agency in made.select_for_update():
        in_use = (
            agency.awards,
            agency.children,
            agency.figures,
            agency.names,
            agency.merged_records,
        )
        if any(records.exists() for records in in_use):
            raise Refused(BUILT_UPON)
    made.delete()
