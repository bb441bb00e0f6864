"""Which name is locked out from which address, and until when; django-axes counts."""

import datetime

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from certifications.access.events import account_named


def name_tried(request: HttpRequest, credentials: dict | None) -> str:
    """What failures are counted by: an account's name, or a digest of what is no account's.

    People type their password into the wrong field; what they typed is not to be kept.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    typed = typed.replace("\0", "")
    if account_named(typed):
        return typed
    return "?" + salted_hmac("certifications.door.lockout", typed).hexdigest()[:40]


def locked_until(request: HttpRequest, credentials: dict | None) -> datetime.datetime:
    tried = AccessAttempt.objects.filter(
        username=name_tried(request, credentials), ip_address=request.axes_ip_address
    )
    latest = tried.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (latest or request.axes_attempt_time) + get_cool_off(request)
