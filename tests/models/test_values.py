"""Records as plain values: what was kept in an older spelling is still the same."""

import datetime
from decimal import Decimal

import pytest

from certifications.models import AcceptedDoubt, Award
from certifications.models.values import AWARD_FIELDS, as_written_now, plain_values, two_decimals
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("score", [81, "81", "81.0", Decimal("81.00")])
def test_a_score_is_written_one_way_however_it_is_held(score):
    award = Award(agency=make.agency(), score=score, known_by=datetime.date(2022, 9, 28))
    values = plain_values(award)
    assert values["agency_id"] == award.agency_id
    assert (values["score"], values["known_by"]) == ("81", "2022-09-28")
    assert two_decimals(score) == "81.00"


def test_what_was_kept_in_another_spelling_is_read_as_the_same():
    award = make.award(score="81.00", known_by=datetime.date(2022, 9, 28))
    award.refresh_from_db()
    kept = plain_values(award) | {"score": "81.00", "sources": [1, 2], "public": True}
    assert as_written_now(Award, kept) == plain_values(award) | {
        "sources": [1, 2],
        "public": True,
    }


def test_no_column_that_people_write_is_left_out():
    by_the_register = {
        *("id", "created_at", "updated_at"),
        *("published_at", "published_by", "hidden_at", "hidden_by", "hidden_reason"),
    }
    columns = {field.name for field in Award._meta.concrete_fields}
    assert columns - by_the_register == {*AWARD_FIELDS}


@pytest.mark.parametrize("about", ["81", "81.0", "81.00"])
def test_a_doubt_about_a_score_is_not_asked_again_for_its_spelling(about):
    award = make.award(score="81")
    make.accepted_doubt(award, code="score_without_level", about=about)
    accepted = AcceptedDoubt.objects.about("certifications.award", [award.pk])
    assert accepted == {(award.pk, "score_without_level", "81.00")}
