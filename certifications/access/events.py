"""Access events, recorded from whichever page or command they happen through.

Django and axes say it by their signals; `CertificationsConfig.ready` connects them.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from certifications.access.visitors import address_of, browser_of
from certifications.audit.acting import current_act
from certifications.models import AccessEvent

Kind = AccessEvent.Kind


def record(
    kind: str, account: AbstractBaseUser | None, request: HttpRequest | None, by: str = ""
) -> None:
    """One event of an account, None for a name that is nobody's, which is not kept."""
    AccessEvent.objects.create(
        kind=kind,
        account_key=account.pk if account else None,
        account_name=account.get_username() if account else "",
        by_name=by,
        address=address_of(request) if request else "",
        browser=browser_of(request) if request else "",
    )


def signed_in(sender, request, user, **kwargs) -> None:
    record(Kind.SIGNED_IN, user, request)


def signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        timed_out = getattr(request, "timed_out", False)
        record(Kind.TIMED_OUT if timed_out else Kind.SIGNED_OUT, user, request)


def refused(sender, credentials, request=None, **kwargs) -> None:
    """A wrong password. Tries during a lockout are not counted, so as not to flood."""
    if not getattr(request, "axes_locked_out", False) or request.axes_failures_since_start:
        record(Kind.REFUSED, account_named(credentials.get("username")), request)


def locked_out(sender, request, **kwargs) -> None:
    """axes says so with each try; only the one that locked has counted failures."""
    if request.axes_failures_since_start:
        name = (request.axes_credentials or {}).get("username")
        record(Kind.LOCKED_OUT, account_named(name), request)


def account_named(username: str | None):
    return get_user_model().objects.filter(username=username).first()


class RecordsPasswords:
    """Among the password rules, since Django tells these of every password set, by any way."""

    def validate(self, password, user=None) -> None:
        """Refuses nothing."""

    def get_help_text(self) -> str:
        return _("การตั้งรหัสผ่านทุกครั้งบันทึกไว้ว่าเมื่อใดและโดยใคร ตัวรหัสผ่านไม่มีใครเห็น")

    def password_changed(self, password, user=None) -> None:
        act = current_act()
        record(Kind.PASSWORD_SET, user, None, by=act.by_name if act else "")
