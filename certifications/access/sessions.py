"""Sessions of staff: begun at sign-in, ended when nobody uses them or somebody closes them."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from certifications.access.events import Kind, record
from certifications.access.visitors import address_of, browser_of
from certifications.models import DeskSession
from certifications.models.sessions import ADDRESS, BEGAN, BROWSER, SEEN

WRITTEN_EVERY = 60  # seconds; a session in use is not written with each page


def begin(sender, request, user, **kwargs) -> None:
    """What the list of sessions shows, written as an account signs in."""
    now = time.time()
    request.session.update(
        {BEGAN: now, SEEN: now, ADDRESS: address_of(request), BROWSER: browser_of(request)}
    )


def end_if_unused(request: HttpRequest) -> None:
    """Signs an account out that did nothing for too long, and marks the request `timed_out`."""
    request.timed_out = False
    if not request.user.is_authenticated:
        return
    now = time.time()
    unused = now - request.session.get(SEEN, now)
    if unused > settings.STAFF_IDLE_AFTER.total_seconds():
        request.timed_out, request.timed_out_account = True, request.user.pk
        logout(request)
    elif unused > WRITTEN_EVERY or SEEN not in request.session:
        request.session[SEEN] = now


def close(session: DeskSession, request: HttpRequest) -> None:
    account = session.account
    session.delete()
    record(Kind.SESSION_CLOSED, account, request, by=request.user.get_username())


def open_sessions(account: AbstractBaseUser | None = None) -> list[DeskSession]:
    """Of one account, or of all; the latest used first."""
    sessions = DeskSession.objects.open().select_related("account").order_by("-seen_at")
    return list(sessions.filter(account=account) if account else sessions)
