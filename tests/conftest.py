"""What holds for every test."""

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation

from certifications.audit.append_only import lifted

_empty = TransactionTestCase._fixture_teardown


def pytest_configure():
    """Invented accounts need no slow hash; pages are kept only where that is tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    TransactionTestCase._fixture_teardown = _emptied
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def thai_first():
    """Each test starts in Thai, whatever page the one before it read."""
    with translation.override("th"):
        yield


def _emptied(test_case) -> None:
    """The database of a test that commits is emptied, the audit trail too."""
    with lifted("the database of a test is emptied"):
        _empty(test_case)
