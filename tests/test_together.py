"""Many people at once, on a real database of either kind: one succeeds, each other is told why."""

import json
import subprocess
import sys

import pytest
from django.db import connection

from tests import together

EXPECTED = {
    "entering": {"saved": 1, "told": 49, "awards": 1},
    "accepting": {"accepted": 1, "told": 9},
    "editing": {"whole": 5},
    "fields": {"saved": 5, "stayed": 5},
    "changing": {"kept": 25, "told": 25, "accepted": 25, "standing": 25},
    "merging": {"merged": 1, "told": 7, "awards": 2},
}

if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_of_many_at_once_one_succeeds_and_the_others_are_told():
        assert together.entering_the_same_award() == EXPECTED["entering"]
        assert together.accepting_the_same_proposal() == EXPECTED["accepting"]
        assert together.editing_while_it_is_published() == EXPECTED["editing"]
        assert together.editing_one_record_field_by_field() == EXPECTED["fields"]
        assert together.changing_what_is_public() == EXPECTED["changing"]
        assert together.merging_the_same_two() == EXPECTED["merging"]

else:

    def test_of_many_at_once_one_succeeds_and_the_others_are_told(tmp_path):
        url = f"sqlite:///{tmp_path / 'together.sqlite3'}"
        ran = subprocess.run(
            [sys.executable, "-m", "tests.together", url],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout.splitlines()[-1]) == EXPECTED
