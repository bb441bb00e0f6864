"""The session model of staff, whose sessions can be listed and closed.

`SESSION_ENGINE` names this module; the session itself is Django's own, with columns beside it.
"""

import datetime
import hashlib
from typing import Self

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What the session itself knows of its sign-in, written when an account signs in.
BEGAN, SEEN, ADDRESS, BROWSER = "_began", "_seen", "_address", "_browser"


class DeskSessionQuerySet(models.QuerySet):
    def open(self, at: datetime.datetime | None = None) -> Self:
        """Signed in, and used so recently that the next click is still let in."""
        used_since = (at or timezone.now()) - settings.STAFF_IDLE_AFTER
        return self.filter(account__isnull=False, seen_at__gt=used_since)


class DeskSession(AbstractBaseSession):
    """A session in the database; its key is a secret and is never shown."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        verbose_name=_("บัญชี"),
        related_name="desk_sessions",
    )
    began_at = models.DateTimeField(_("เข้าสู่ระบบเมื่อ"), null=True)
    seen_at = models.DateTimeField(_("ใช้งานล่าสุด"), null=True)
    address = models.CharField(_("ที่อยู่เครือข่าย"), max_length=45, blank=True)
    browser = models.CharField(_("เบราว์เซอร์"), max_length=60, blank=True)

    objects = BaseSessionManager.from_queryset(DeskSessionQuerySet)()

    class Meta:
        verbose_name = _("การเข้าใช้ที่เปิดอยู่")
        verbose_name_plural = pgettext_lazy("plural", "การเข้าใช้ที่เปิดอยู่")

    @classmethod
    def get_session_store_class(cls):
        return SessionStore

    @property
    def public_key(self) -> str:
        """Names the session on a page without giving its secret away."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:20]


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        return DeskSession

    def _validate_session_key(self, key):
        """As Django's, which asks the database for any text of eight letters, a NUL in it too."""
        return super()._validate_session_key(key) and "\0" not in key

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.account_id = data.get(SESSION_KEY)
        session.began_at = _moment(data.get(BEGAN))
        session.seen_at = _moment(data.get(SEEN))
        session.address = data.get(ADDRESS, "")
        session.browser = data.get(BROWSER, "")
        return session


def _moment(seconds: float | None) -> datetime.datetime | None:
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
