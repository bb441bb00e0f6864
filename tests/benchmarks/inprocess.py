"""Asking the register without a server: for counting queries and for fuzzing."""

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings


@contextlib.contextmanager
def as_in_production() -> Iterator[None]:
    """No DEBUG; any host name, no redirect to HTTPS and no static files, collected or served."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    others = [name for name in settings.MIDDLEWARE if not name.startswith("whitenoise.")]
    with override_settings(
        DEBUG=False,
        MIDDLEWARE=others,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
        STORAGES=settings.STORAGES | {"staticfiles": plain},
    ):
        yield


def read(client: Client, address: str, **extra) -> tuple[int, bytes]:
    """The status and the whole body of an answer, a streamed one too."""
    answer = client.get(address, **extra)
    return answer.status_code, answer.getvalue()
