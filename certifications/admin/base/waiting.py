"""What waits for somebody: the lines of the desk's first page, each declared in one row."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certifications.admin.base.proposing import who_decides
from certifications.audit.triggers import missing_or_other
from certifications.checks.sweep import to_review
from certifications.listing import statistics
from certifications.models import (
    AcceptedDoubt,
    AgencyToReview,
    Award,
    AwardEvent,
    AwardToReview,
    Change,
    EventToReview,
    Intake,
    MissedQuery,
    Proposal,
)
from certifications.models.proposals import MAY_DECIDE
from certifications.models.stamps import current_stamp

CLOSED_STATES = ("committed", "undone", "abandoned")
KEPT_FOR = 24 * 60 * 60  # seconds
DAYS_TOLD = 30
LEAST_DECIDERS = 2  # of those who decide, one may have proposed it
TOLD_FOR = datetime.timedelta(days=DAYS_TOLD)


@dataclass(frozen=True)
class Waiting:
    """A line: what waits, how much of it, where it is, and who may see it."""

    label: str
    count: Callable[[], int]
    page: str  # a name in urls
    permission: str
    query: str = ""
    is_urgent: bool = False  # something is wrong, rather than to be done


def drafts() -> int:
    return Award.objects.drafts().count()


def draft_events() -> int:
    return AwardEvent.objects.drafts().count()


def drafts_without_source() -> int:
    return Award.objects.drafts().filter(sources__isnull=True).count()


def lapsing_this_year() -> int:
    return statistics.agencies_in_last_year(timezone.localdate())


def missed_queries() -> int:
    return MissedQuery.objects.worth_showing().count()


def proposals() -> int:
    return Proposal.objects.filter(decision="").count()


def contacts() -> int:
    return Proposal.objects.filter(decision="", kind=Proposal.Kind.CONTACT).count()


def hidden_at_once() -> int:
    return Proposal.objects.filter(decision="", kind=Proposal.Kind.HIDE).count()


def open_intakes() -> int:
    return Intake.objects.exclude(state__in=CLOSED_STATES).count()


def changes_from_outside() -> int:
    """What anyone sees and nobody's act changed: by a hand at the database's own prompt."""
    changes = Change.objects.of_records().of_days(DAYS_TOLD)
    return changes.filter(channel=Change.Channel.OUTSIDE, was_public=True).count()


def problems_in(model: type[Model]) -> Callable[[], int]:
    """How many records of a kind have problems; looked for anew only when something changed."""

    def count() -> int:
        accepted = AcceptedDoubt.objects.aggregate(last=Max("pk"), number=Count("pk"))
        rests_on = (current_stamp(), *accepted.values(), timezone.localdate().isoformat())
        name = "-".join(map(str, ["problems", model._meta.model_name, *rests_on]))
        return cache.get_or_set(name, lambda: len(to_review(model)), KEPT_FOR)

    return count


AWARDS = "admin:certifications_award_changelist"
LINES = [
    Waiting(
        _("เรื่องเสนอที่รอพิจารณา"),
        proposals,
        "admin:certifications_proposal_changelist",
        "certifications.view_proposal",
    ),
    Waiting(
        _("รายการที่งดแสดงทันที รออีกคนยืนยันหรือคืนการแสดงผลภายใน 7 วัน"),
        hidden_at_once,
        "admin:certifications_proposal_changelist",
        "certifications.view_proposal",
        "kind__exact=hide",
        is_urgent=True,
    ),
    Waiting(
        _("ข้อมูลติดต่อที่รอพิจารณา ตัดสินได้ทีละรายการในหน้าเดียว"),
        contacts,
        "admin:certifications_proposal_contacts",
        "certifications.decide_proposal",
    ),
    Waiting(
        _("ชุดนำเข้าที่ยังทำไม่เสร็จ"),
        open_intakes,
        "admin:certifications_intake_changelist",
        "certifications.view_intake",
    ),
    Waiting(
        _("ผลการรับรองที่เป็นร่าง รอตรวจและเผยแพร่"),
        drafts,
        AWARDS,
        "certifications.view_award",
        "publication=draft",
    ),
    Waiting(
        _("พิธีมอบที่เป็นร่าง รอตรวจและเผยแพร่"),
        draft_events,
        "admin:certifications_awardevent_changelist",
        "certifications.view_awardevent",
        "publication=draft",
    ),
    Waiting(
        _("ร่างที่ยังเผยแพร่ไม่ได้ เพราะไม่มีแหล่งที่มา"),
        drafts_without_source,
        AWARDS,
        "certifications.view_award",
        "publication=draft&sources__isnull=True",
        is_urgent=True,
    ),
    *(
        Waiting(
            label,
            problems_in(model),
            f"admin:certifications_{model._meta.model_name}_changelist",
            permission,
            is_urgent=True,
        )
        for label, model, permission in (
            (_("ผลการรับรองที่ต้องตรวจสอบ"), AwardToReview, "certifications.view_award"),
            (_("หน่วยงานที่ต้องตรวจสอบ"), AgencyToReview, "certifications.view_agency"),
            (_("พิธีมอบที่ต้องตรวจสอบ"), EventToReview, "certifications.view_awardevent"),
        )
    ),
    Waiting(
        _("หน่วยงานที่การรับรองครบอายุสิ้นปีนี้"),
        lapsing_this_year,
        "agency-list",
        "certifications.view_agency",
        "state=last_year",
    ),
    Waiting(
        _("คำที่ประชาชนค้นแล้วไม่พบ"),
        missed_queries,
        "admin:certifications_missedquery_changelist",
        "certifications.view_missedquery",
    ),
    Waiting(
        _("การแก้ไขข้อมูลสาธารณะจากนอกโปรแกรมทะเบียนใน 30 วันนี้"),
        changes_from_outside,
        "admin:certifications_change_changelist",
        MAY_DECIDE,
        f"recent={DAYS_TOLD}&channel__exact={Change.Channel.OUTSIDE}&was_public__exact=1",
        is_urgent=True,
    ),
]


def refused_lines(account) -> list[dict]:
    """That something this account proposed was refused of late: nobody else tells it."""
    since = timezone.now() - TOLD_FOR
    refused = Proposal.objects.filter(
        proposed_by=account, decision=Proposal.Decision.REFUSED, decided_at__gte=since
    )
    number = refused.count()
    line = {
        "label": _("เรื่องเสนอของคุณที่ไม่ได้รับอนุมัติใน 30 วันนี้"),
        "number": number,
        "address": reverse("admin:certifications_proposal_changelist")
        + "?decision=refused&whose=mine",
        "is_urgent": True,
    }
    return [line] if number else []


def trigger_lines(account) -> list[dict]:
    """That the database no longer records changes as it should: for who can have it mended."""
    number = len(missing_or_other()) if account.is_superuser else 0
    line = {
        "label": _("ทริกเกอร์ของฐานข้อมูลที่หายไปหรือไม่ตรงกับโปรแกรม ให้ผู้ดูแลเครื่องสั่ง manage.py migrate"),
        "number": number,
        "address": reverse("admin:certifications_change_changelist"),
        "is_urgent": True,
    }
    return [line] if number else []


def decider_lines() -> list[dict]:
    """That what one account proposes may find no other to decide it: for everybody to see."""
    number = who_decides().count() if settings.TWO_PERSONS else LEAST_DECIDERS
    line = {
        "label": _("บัญชีที่พิจารณาเรื่องเสนอได้ ควรมีอย่างน้อยสองบัญชี ให้ผู้ดูแลระบบเพิ่มผู้อนุมัติ"),
        "number": number,
        "address": reverse("admin:certifications_proposal_changelist"),
        "is_urgent": True,
    }
    return [line] if number < LEAST_DECIDERS else []


def waiting_lines(request) -> list[dict]:
    """The lines an account may see; each asks the database a little."""
    own_lines = decider_lines() + trigger_lines(request.user) + refused_lines(request.user)
    return own_lines + [
        {
            "label": line.label,
            "number": line.count(),
            "address": reverse(line.page) + (f"?{line.query}" if line.query else ""),
            "is_urgent": line.is_urgent,
        }
        for line in LINES
        if request.user.has_perm(line.permission)
    ]
