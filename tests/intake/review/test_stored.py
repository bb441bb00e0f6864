"""Rows as JSON: what was read comes back, from intakes of earlier releases too."""

from certifications.intake.reading.rows import ReadRow
from certifications.intake.review.stored import restored, stored


def test_warnings_keep_the_key_that_rows_of_earlier_intakes_have():
    row = ReadRow(1, {"": "สำนักงานสมมติ"}, name="สำนักงานสมมติ", warnings=["โปรดตรวจ"])
    assert stored(row)["doubts"] == ["โปรดตรวจ"]
    assert restored(stored(row)) == row
