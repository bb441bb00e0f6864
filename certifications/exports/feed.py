"""Atom: the first rows of a listing as entries whose addresses never change."""

import datetime
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import Max
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from certifications.models import Agency, Award, AwardStatusChange, RoundDeclaration
from certifications.reference import buddhist
from certifications.reference.language import reader_language
from certifications.reference.states import State, label_of

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 100
FIRST_YEAR_OF_TAGS = 2026  # RFC 4151: a tag names a day on which its maker held the host name
Entry = tuple[Agency, Award]


def write(entries: list[Entry], *, title: str, page: str, address: str, site: str) -> str:
    """The feed of `page`, itself found at `address`; both are whole addresses."""
    feed = Atom1Feed(
        title=title,
        link=page,
        description=_("การรับรองมาตรฐานศูนย์ราชการสะดวก ตามตัวกรองที่เลือก"),
        language=reader_language(),
        author_name=_("ทะเบียนศูนย์ราชการสะดวก (GECC)"),
        feed_url=address,
        feed_guid=address,
    )
    changed = _status_changed(award for _agency, award in entries)
    declared_at = _declared_at(award for _agency, award in entries)
    for agency, award in entries:
        feed.add_item(
            title=_title(agency, award),
            link=site + agency.get_absolute_url(),
            description=_description(agency, award),
            unique_id=tag(site, f"agencies/{agency.code}/{award.year or 'unknown'}"),
            pubdate=award.published_at,
            updateddate=_updated(award, changed.get(award.pk), declared_at),
        )
    return feed.writeString("utf-8")


def tag(site: str, what: str) -> str:
    """The name of an entry, the same for ever."""
    return f"tag:{urlsplit(site).hostname},{FIRST_YEAR_OF_TAGS}:{what}"


def _title(agency: Agency, award: Award) -> str:
    words = [agency.name, award.level.name if award.level else "", _year(award)]
    return " · ".join(filter(None, [*words, str(label_of(award.state, award.ending))]))


def _year(award: Award) -> str:
    language = reader_language()
    return buddhist.format_year(award.year, language) if award.year else _("ไม่ทราบปี")


def _description(agency: Agency, award: Award) -> str:
    language = reader_language()
    until = ""
    if award.year and award.state not in (State.WITHDRAWN, State.SUSPENDED):
        day = buddhist.format_day(buddhist.last_day(award.last_year), language)
        until = _("นับถึงวันที่ %s") % day
    words = [agency.parent and agency.parent.name, agency.place and agency.place.name, until]
    return " · ".join(filter(None, words))


def _status_changed(awards: Iterable[Award]) -> dict[int, datetime.datetime]:
    """When each award was last suspended, withdrawn or reinstated, as recorded. One query."""
    changes = AwardStatusChange.objects.filter(award__in=[award.pk for award in awards])
    recorded = changes.order_by().values_list("award").annotate(at=Max("recorded_at"))
    return dict(recorded)


def _declared_at(awards: Iterable[Award]) -> datetime.datetime | None:
    """When it last changed for whom lists are complete, if any of these has lapsed: a declaration
    was published, withdrawn or brought back. At most one query.
    """
    if not any(award.ending for award in awards):
        return None
    declared = RoundDeclaration.objects.filter(published_at__isnull=False)
    return declared.aggregate(at=Max("updated_at"))["at"]


def _updated(
    award: Award,
    changed_at: datetime.datetime | None,
    declared_at: datetime.datetime | None,
) -> datetime.datetime:
    """When the entry may last have read otherwise: an edit, a change of status, the start of its
    lapse, a declaration that makes ends certain.
    """
    moments = [award.published_at, award.updated_at, changed_at]
    if award.ending:
        moments.append(declared_at)
    if award.state == State.LAPSED:
        lapse = buddhist.first_day(award.last_year + 1)
        moments.append(timezone.make_aware(datetime.datetime.combine(lapse, datetime.time.min)))
    now = timezone.now()
    return max((one for one in moments if one and one <= now), default=now)
