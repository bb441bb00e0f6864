"""The Buddhist Era calendar: the ways Thai offices write a year or a day, read and written."""

from datetime import date, timedelta

import pytest

from certifications.reference import buddhist
from certifications.reference.buddhist import parse_day, parse_year


def test_the_two_eras_are_543_years_apart():
    assert buddhist.to_be(2022) == 2565
    assert buddhist.to_ce(2565) == 2022
    assert buddhist.OFFSET == 543


def test_a_calendar_year_runs_from_january_to_december():
    assert buddhist.first_day(2565) == date(2022, 1, 1)
    assert buddhist.last_day(2565) == date(2022, 12, 31)
    assert buddhist.year_of(date(2022, 12, 31)) == 2565


@pytest.mark.parametrize(
    ("text", "year"),
    [
        pytest.param("2565", 2565, id="digits"),
        pytest.param("๒๕๖๕", 2565, id="Thai digits"),
        pytest.param("พ.ศ. 2565", 2565, id="era"),
        pytest.param("พ.ศ.๒๕๖๕", 2565, id="era, Thai digits, no space"),
        pytest.param("พศ 2565", 2565, id="era without dots"),
        pytest.param("พ. ศ. 2565", 2565, id="era with a space"),
        pytest.param("พุทธศักราช ๒๕๖๕", 2565, id="era in full"),
        pytest.param("ปี 65", 2565, id="short year"),
        pytest.param("ปี๖๕", 2565, id="short Thai year, no space"),
        pytest.param("ปี 2565", 2565, id="year word"),
        pytest.param("ปี พ.ศ. 2565", 2565, id="year word and era"),
        pytest.param("ปีงบประมาณ พ.ศ. 2568", 2568, id="fiscal year with era"),
        pytest.param("ประจำปีงบประมาณ 2568", 2568, id="fiscal year of"),
        pytest.param("ปีงบ 68", 2568, id="fiscal year, abbreviated"),
        pytest.param("งบประมาณ 2568", 2568, id="budget only"),
        pytest.param("B.E. 2565", 2565, id="BE"),
        pytest.param("be 2565", 2565, id="be in lower case"),
        pytest.param("ค.ศ. 2022", 2565, id="CE in Thai"),
        pytest.param("ค.ศ.๒๐๒๒", 2565, id="CE in Thai digits"),
        pytest.param("AD 2022", 2565, id="AD"),
        pytest.param("2022", 2565, id="CE without era"),
        pytest.param("ปี 2022", 2565, id="year word and CE"),
        pytest.param("65", 2565, id="two digits"),
        pytest.param("22", 2522, id="two digits are never CE"),
        pytest.param("๒๕๕๙", 2559, id="first year in Thai digits"),
        pytest.param(" \u00a0พ.ศ.\t2565\n", 2565, id="spaces around"),
    ],
)
def test_a_year_is_read_in_every_form_offices_write(text, year):
    assert parse_year(text) == year


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("ปี", id="no year"),
        pytest.param("5", id="one digit"),
        pytest.param("256", id="three digits"),
        pytest.param("25650", id="five digits"),
        pytest.param("2300", id="between the eras"),
        pytest.param("1474", id="a twice converted year"),
        pytest.param("9999", id="beyond both eras"),
        pytest.param("-65", id="negative"),
        pytest.param("2565-2567", id="a range"),
        pytest.param("ปี 2565 ครับ", id="words after"),
        pytest.param("พ.ศ. 2022", id="BE era, CE year"),
        pytest.param("ค.ศ. 2565", id="CE era, BE year"),
        pytest.param("ค.ศ. 65", id="CE era, two digits"),
        pytest.param("²⁵⁶⁵", id="superscripts"),
    ],
)
def test_what_is_not_one_sure_year_is_refused(text):
    with pytest.raises(ValueError, match=r"ไม่ได้ โปรดพิมพ์ปี พ\.ศ\. สี่หลัก เช่น 2565"):
        parse_year(text)


def test_a_refusal_shows_what_was_typed_but_not_all_of_it():
    with pytest.raises(ValueError, match=f"“{'ก' * 40}”"):
        parse_year("ก" * 5000)
    with pytest.raises(ValueError, match=f"“{'ก' * 40}”"):
        parse_day("ก" * 5000)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("21 ก.ย.60", date(2017, 9, 21), id="short month and year touching"),
        pytest.param("21 ก.ย. 2560", date(2017, 9, 21), id="short month"),
        pytest.param("21กย2560", date(2017, 9, 21), id="month without dots or spaces"),
        pytest.param("21 ก. ย. 60", date(2017, 9, 21), id="month with spaces"),
        pytest.param("21 กันยายน 2560", date(2017, 9, 21), id="full month"),
        pytest.param("21 กันยายน พ.ศ. 2560", date(2017, 9, 21), id="era"),
        pytest.param("21 กันยายน พ.ศ.๒๕๖๐", date(2017, 9, 21), id="era, Thai digits"),
        pytest.param("21 กันยายน พุทธศักราช 2560", date(2017, 9, 21), id="era in full"),
        pytest.param("21 กันยายน ค.ศ. 2017", date(2017, 9, 21), id="CE era"),
        pytest.param("21 ก.ย. 2017", date(2017, 9, 21), id="CE without era"),
        pytest.param("วันที่ 21 กันยายน 2560", date(2017, 9, 21), id="day word"),
        pytest.param("วันที่ 21 เดือนกันยายน พ.ศ. 2560", date(2017, 9, 21), id="day and month words"),
        pytest.param("วันพุธที่ 28 กันยายน 2565", date(2022, 9, 28), id="weekday"),
        pytest.param("พุธที่ 28 กันยายน 2565", date(2022, 9, 28), id="weekday without the day word"),
        pytest.param("วันพุธ 28 ก.ย. 65", date(2022, 9, 28), id="weekday alone"),
        pytest.param("29 สค 68", date(2025, 8, 29), id="no dots, short year"),
        pytest.param("29 สค. 68", date(2025, 8, 29), id="one dot, short year"),
        pytest.param("๒๙ สิงหาคม ๒๕๖๘", date(2025, 8, 29), id="Thai digits"),
        pytest.param("๒๙/๘/๖๘", date(2025, 8, 29), id="slashes, Thai digits"),
        pytest.param("21/9/60", date(2017, 9, 21), id="slashes, short year"),
        pytest.param("21/09/2560", date(2017, 9, 21), id="slashes"),
        pytest.param("21 / 9 / 2560", date(2017, 9, 21), id="slashes with spaces"),
        pytest.param("21/9/2017", date(2017, 9, 21), id="slashes, CE"),
        pytest.param("21-9-2560", date(2017, 9, 21), id="dashes"),
        pytest.param("21.9.2560", date(2017, 9, 21), id="dots"),
        pytest.param("2017-09-21", date(2017, 9, 21), id="ISO"),
        pytest.param("2560-09-21", date(2017, 9, 21), id="ISO with a BE year"),
        pytest.param("21 Sep 2017", date(2017, 9, 21), id="English short"),
        pytest.param("21 sept. 2017", date(2017, 9, 21), id="English four letters"),
        pytest.param("21 September 2560", date(2017, 9, 21), id="English with a BE year"),
        pytest.param("21 September B.E. 2560", date(2017, 9, 21), id="English with the era"),
        pytest.param("29 ก.พ. 2567", date(2024, 2, 29), id="leap day"),
        pytest.param("\u00a01  ม.ค.\n2569 ", date(2026, 1, 1), id="spaces around"),
    ],
)
def test_a_day_is_read_in_every_form_offices_write(text, day):
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("31 ก.พ. 2565", id="31 February"),
        pytest.param("29 ก.พ. 2566", id="29 February of a common year"),
        pytest.param("0 มกราคม 2565", id="day 0"),
        pytest.param("31/4/65", id="31 April"),
        pytest.param("1/13/2565", id="month 13"),
        pytest.param("2022-02-30", id="ISO 30 February"),
    ],
)
def test_a_day_the_calendar_does_not_have_is_refused(text):
    with pytest.raises(ValueError, match=r"^ไม่มีวันที่ .* ในปฏิทิน"):
        parse_day(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("2565", id="a year"),
        pytest.param("กันยายน 2560", id="no day"),
        pytest.param("21 กันยายน", id="no year"),
        pytest.param("21 กันยา 2560", id="no such month"),
        pytest.param("21 ก.ย. 1474", id="a twice converted year"),
        pytest.param("21 ก.ย. 9999", id="beyond both eras"),
        pytest.param("21 ก.ย. พ.ศ. 2017", id="BE era, CE year"),
        pytest.param("21/9-2560", id="mixed separators"),
        pytest.param("21/9/560", id="three digits of year"),
        pytest.param("20170921", id="no separators"),
        pytest.param("1-60", id="no month"),
        pytest.param("21 ก.ย. 2560 น.", id="words after"),
    ],
)
def test_what_is_not_one_sure_day_is_refused(text):
    with pytest.raises(ValueError, match=r"^อ่านวันที่ .* ไม่ได้ โปรดพิมพ์แบบ 28 กันยายน 2565$"):
        parse_day(text)


def test_a_day_is_written_for_its_reader():
    day = date(2022, 9, 28)
    assert buddhist.format_day(day) == "28 กันยายน 2565"
    assert buddhist.format_day(day, short=True) == "28 ก.ย. 2565"
    assert buddhist.format_day(day, "en") == "28 September 2022"
    assert buddhist.format_day(day, "en", short=True) == "28 Sep 2022"


def test_a_year_is_written_for_its_reader():
    assert buddhist.format_year(2565) == "2565"
    assert buddhist.format_year(2565, "en") == "2022"


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("short", [False, True], ids=["long", "short"])
def test_every_day_written_is_read_back_the_same(language, short):
    first, last = buddhist.first_day(2558), buddhist.last_day(2572)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    written = [buddhist.format_day(day, language, short) for day in days]
    assert [parse_day(text) for text in written] == days


def test_there_are_twelve_months_in_both_lengths():
    assert len(buddhist.MONTHS_TH) == len(buddhist.MONTHS_TH_SHORT) == 12
    assert buddhist.MONTHS_TH[8] == "กันยายน"
    assert buddhist.MONTHS_TH_SHORT[8] == "ก.ย."
