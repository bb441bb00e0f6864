"""What holds for every test."""

import pytest
from django.conf import settings
from django.utils import translation


def pytest_configure():
    """Passwords of invented accounts need no slow hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def thai_first():
    """Each test starts in Thai, whatever page the one before it read."""
    with translation.override("th"):
        yield
