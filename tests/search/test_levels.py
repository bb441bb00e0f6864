"""The words by which levels are named: those of their rows, and what people say besides."""

import pytest

from certifications.intake.reading import cells
from certifications.intake.reading.pasted import read_list
from certifications.models.levels import words_of
from certifications.search import query
from certifications.search.levels import AS_LOADED
from certifications.search.vocabulary import Vocabulary
from tests import make


@pytest.fixture
def renamed(db):
    """The highest level, called otherwise and in another colour."""
    level = make.level("excellent")
    level.name_th, level.name_en = "ระดับเพชร", "Diamond"
    level.colour_th, level.colour_en = "สีม่วง", "Purple"
    return words_of([level])


def read(text: str, levels) -> str:
    return query.parse(f"โรงพยาบาล {text}", Vocabulary(levels=levels)).level


@pytest.mark.parametrize("word", ["เพชร", "ม่วง", "สีม่วง", "Diamond", "purple", "ดีเลิศ"])
def test_a_level_is_known_by_what_its_row_says(renamed, word):
    assert (read(word, renamed), cells.level_of(word, renamed)) == ("excellent", "excellent")
    (row,) = read_list(f"ระดับ{word} ได้แก่ โรงพยาบาลสมมติ", levels=renamed)
    assert row.level == "excellent"


def test_what_its_row_no_longer_says_is_no_level(renamed):
    assert read("ระดับทอง", renamed) == ""
    with pytest.raises(ValueError, match="โปรดใช้ ระดับเพชร"):
        cells.level_of("ทอง", renamed)


def test_levels_that_are_not_kept_are_known_as_the_data_names_them(renamed):
    assert read("ระดับก้าวหน้า", renamed) == "advanced"
    assert words_of([]) is AS_LOADED


@pytest.mark.parametrize("text", ["basıc", "BASİC"])
def test_another_i_is_an_i(text):
    assert read(f"ระดับ {text}", AS_LOADED) == cells.level_of(text) == "basic"
