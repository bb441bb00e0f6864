"""What holds for every test."""

import pytest
from django.conf import settings
from django.utils import translation


def pytest_configure():
    """Invented accounts need no slow hash; pages are kept only where that is tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def thai_first():
    """Each test starts in Thai, whatever page the one before it read."""
    with translation.override("th"):
        yield
