"""What holds for every test."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def thai_first():
    """Each test starts in Thai, whatever page the one before it read."""
    with translation.override("th"):
        yield
