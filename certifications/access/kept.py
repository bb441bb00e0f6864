"""Forms sent after the session had ended, kept so that nothing typed is lost.

Kept in the page that asks to sign in, sealed, and after that in the session. Nothing is stored for
somebody who has not signed in.
"""

from dataclasses import asdict, dataclass

from django.core import signing
from django.http import HttpRequest

SALT = "certifications.door.kept"  # signs forms that are already out: it stays
KEPT_FOR = 24 * 60 * 60  # seconds
IN_SESSION = "_kept_form"
SEALED_FIELD = "kept_form"  # of the page that asks to sign in
SENT_AGAIN = "_sent_again"  # in a kept form that is sent once more
LOOK_AGAIN = "_look_again"  # in a form of the desk that is to be shown first, not saved
_OURS = {"csrfmiddlewaretoken", SENT_AGAIN, LOOK_AGAIN}


@dataclass(frozen=True)
class KeptForm:
    path: str
    fields: list[tuple[str, str]]
    had_files: bool
    account: int | None  # whose it is; None when the session had gone

    def sealed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)


def keep(request: HttpRequest, account: int | None) -> KeptForm | None:
    """What a request sent, without its passwords; None when that is nothing."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OURS and "password" not in name
        for value in values
    ]
    if not fields:
        return None
    return KeptForm(request.get_full_path(), fields, bool(request.FILES), account)


def unsealed(text: str) -> KeptForm | None:
    try:
        return KeptForm(**signing.loads(text, salt=SALT, max_age=KEPT_FOR))
    except signing.BadSignature:
        return None


def take_along(request: HttpRequest, text: str) -> bool:
    """Into the session of who signed in, unless it is somebody else's. Whether there is one."""
    kept = unsealed(text)
    if kept is None or kept.account not in (None, request.user.pk):
        return False
    request.session[IN_SESSION] = text
    return True


def waiting(request: HttpRequest) -> KeptForm | None:
    """The form that this account has not sent again yet."""
    text = request.session.get(IN_SESSION, "")
    return unsealed(text) if text else None


def let_go(request: HttpRequest) -> None:
    request.session.pop(IN_SESSION, None)


def let_go_if_done(request: HttpRequest, status: int) -> None:
    """Once what was kept has been sent again and taken; a form shown again is not saved yet."""
    late = waiting(request) if request.method == "POST" and status < 400 else None
    if late is None or late.path != request.get_full_path():
        return
    is_taken = status in (302, 303)
    was_sent_as_it_was = SENT_AGAIN in request.POST and LOOK_AGAIN not in request.POST
    if is_taken or was_sent_as_it_was:
        let_go(request)
