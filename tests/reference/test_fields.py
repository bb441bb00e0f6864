"""What people type into the fields of forms, as Thai people write it."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from certifications.reference.fields import ThaiTimeField


@pytest.mark.parametrize("typed", ["13.30", "13:30", "13.30 น.", "๑๓.๓๐ น.", " 13.30 นาฬิกา"])
def test_a_time_is_read_as_it_is_written(typed):
    assert ThaiTimeField().clean(typed) == datetime.time(13, 30)


@pytest.mark.parametrize("typed", ["25.00", "บ่ายโมงครึ่ง", "13", "13.60"])
def test_what_is_no_time_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match=r"เช่น 13\.30"):
        ThaiTimeField().clean(typed)
