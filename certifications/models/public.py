"""The record of a public address, or why it cannot be shown: for pages and for the API."""

import re

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certifications.models.agencies import CODE_REGEX, Agency
from certifications.models.awards import Award
from certifications.models.events import EVENT_CODE_REGEX, AwardEvent


class NotPublic(Exception):
    """There is no such record, or nobody but staff may know of it; str() is for the reader."""


class WithdrawnFromView(Exception):
    """It was public once: its address answers with a tombstone; str() is for the reader."""


class Merged(Exception):
    """It leads on to the record that it was merged into."""

    def __init__(self, into: Agency) -> None:
        super().__init__(str(into))
        self.into = into


def public_agency(code: str) -> Agency:
    """The body of a code, with parent and service. Raises NotPublic, WithdrawnFromView, Merged."""
    body = _body(code)
    if body is None:
        raise NotPublic(_("ไม่มีหน่วยงานนี้ในทะเบียน"))
    if not Agency.objects.published().filter(pk=body.pk).exists():
        if Award.objects.withdrawn_from_view().filter(agency=body).exists():
            raise WithdrawnFromView(_("ระเบียนนี้ถูกถอนจากการเผยแพร่"))
        raise NotPublic(_("ไม่มีหน่วยงานนี้ในทะเบียน"))
    if body.merged_into_id:
        raise Merged(body.merged_into)
    return body


def _body(code: str) -> Agency | None:
    if not re.fullmatch(CODE_REGEX, code):
        return None
    joined = Agency.objects.select_related("parent", "service", "merged_into")
    return joined.filter(code=code).first()


def public_event(code: str, events: QuerySet[AwardEvent]) -> AwardEvent:
    """The ceremony of a code. Raises NotPublic and WithdrawnFromView."""
    is_code = re.fullmatch(EVENT_CODE_REGEX, code)
    event = events.filter(code=code).first() if is_code else None
    if event is None or not event.published_at:
        raise NotPublic(_("ไม่มีพิธีนี้ในทะเบียน"))
    if not event.is_public:
        raise WithdrawnFromView(_("ระเบียนนี้ถูกถอนจากการเผยแพร่"))
    return event
