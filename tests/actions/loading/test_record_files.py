"""Faulty data files: each fault named by file and line with a remedy, and nothing written."""

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from certifications.actions.loading.record_files import FILES_IN_ORDER, RecordFilesFaulty
from certifications.actions.loading.records import load_records
from certifications.models import Agency, AnnouncedFigure, Award, AwardEvent, Source
from tests import make
from tests.actions.loading.test_records import (
    DEPARTMENT,
    NEW_OFFICE,
    NEWS,
    OFFICE,
    OTHER_DEPARTMENT,
    UNUSED,
    dump,
    write_folder,
)

pytestmark = pytest.mark.django_db


def refusal(folder) -> list[tuple[str, int, str]]:
    """File, line and message of each fault, once it is sure that nothing was written."""
    publisher, before = make.publisher(), dump()
    with pytest.raises(RecordFilesFaulty) as faulty:
        load_records(folder, by=publisher)
    assert dump() == before
    return [(fault.file, fault.line, fault.message) for fault in faulty.value.faults]


def places(faults) -> list[tuple[str, int]]:
    return [(file, line) for file, line, _message in faults]


# --- one cell or row is wrong --------------------------------------------------------------------

AGENCY, EVENT, CRITERION, AWARD, FIGURE = (
    "agencies.csv",
    "award_events.csv",
    "criteria.csv",
    "awards.csv",
    "announced_figures.csv",
)
ROW_FAULTS = {
    "no url": ("sources.csv", 4, {"url": ""}, ["url"]),
    "a url of no web page": ("sources.csv", 4, {"url": "ftp://example.test/a"}, ["url"]),
    "a url that runs code": ("sources.csv", 4, {"url": "javascript:alert(1)"}, ["url"]),
    "a level without a colour": ("levels.csv", 4, {"colour_th": ""}, ["colour_th"]),
    "a score that is no number": ("levels.csv", 4, {"max_score": "เต็ม"}, ["max_score", "เต็ม"]),
    "a score above 100": ("levels.csv", 4, {"max_score": "101"}, ["100"]),
    "lowest score above highest": (
        "levels.csv",
        4,
        {"min_score": "95", "max_score": "90"},
        ["ต่ำสุด"],
    ),
    "no name": (AGENCY, 6, {"name_th": ""}, ["name_th"]),
    "no code": (AGENCY, 6, {"code": ""}, ["code"]),
    "a code of five letters": (AGENCY, 6, {"code": "ppppp"}, ["ppppp"]),
    "a code that climbs": (AGENCY, 6, {"code": "../../"}, ["../../"]),
    "unknown kind": (AGENCY, 6, {"kind": "shop"}, ["kind", "shop"]),
    "unknown service": (AGENCY, 6, {"service": "space"}, ["service", "space"]),
    "unknown province": (AGENCY, 6, {"province_code": "99"}, ["province_code", "99"]),
    "unknown parent": (AGENCY, 6, {"parent_code": "zzzzzz"}, ["zzzzzz"]),
    "its own parent": (AGENCY, 6, {"parent_code": NEW_OFFICE}, ["สังกัดตัวเอง"]),
    "an agency twice": (
        AGENCY,
        7,
        {"code": NEW_OFFICE, "name_th": "อีกชื่อ", "kind": "office"},
        ["ซ้ำ", "6"],
    ),
    "a source twice": ("sources.csv", 5, {"url": UNUSED}, ["ซ้ำ", "4"]),
    "a C.E. year for a ceremony": (EVENT, 2, {"year_be": "2022"}, ["year_be", "2022"]),
    "a ceremony's code of another year": (EVENT, 2, {"code": "2564"}, ["2564"]),
    "a ceremony's code that is no year": (EVENT, 2, {"code": "งาน"}, ["งาน"]),
    "a B.E. date": (EVENT, 2, {"held_on": "2565-09-28"}, ["held_on", "2565-09-28"]),
    "a Thai date": (EVENT, 2, {"held_on": "28 ก.ย. 65"}, ["held_on", "28 ก.ย. 65"]),
    "an impossible date": (EVENT, 2, {"held_on": "2022-02-30"}, ["held_on", "2022-02-30"]),
    "an impossible time": (EVENT, 2, {"starts_at": "25:00"}, ["starts_at", "25:00"]),
    "neither online nor not": (EVENT, 2, {"online": "yes"}, ["online", "yes"]),
    "a ceremony in no province": (EVENT, 2, {"province_code": "00"}, ["province_code", "00"]),
    "a ceremony without a source": (EVENT, 2, {"sources": ""}, ["sources"]),
    "viewpoints of no order": (CRITERION, 2, {"order": ""}, ["order"]),
    "viewpoints, first year last": (CRITERION, 2, {"year_to_be": "2564"}, ["ปีแรก"]),
    "viewpoints without a source": (CRITERION, 2, {"sources": ""}, ["sources"]),
    "an award of no agency": (AWARD, 2, {"agency_code": "zzzzzz"}, ["agency_code", "zzzzzz"]),
    "an award of another's name": (AWARD, 2, {"agency": "กรมสมมติ"}, [OFFICE, "กรมสมมติ"]),
    "an award in a C.E. year": (AWARD, 2, {"year_be": "2022"}, ["year_be", "2022"]),
    "an award in a year 543 too far": (AWARD, 2, {"year_be": "3108"}, ["year_be", "3108"]),
    "an award before the scheme": (AWARD, 2, {"year_be": "2558"}, ["year_be", "2558", "2559"]),
    "neither year nor known by": (AWARD, 3, {"known_by": ""}, ["year_be", "known_by"]),
    "known by a B.E. date": (AWARD, 3, {"known_by": "2565-09-29"}, ["known_by", "2565-09-29"]),
    "unknown level": (AWARD, 2, {"level": "gold"}, ["level", "gold"]),
    "on behalf of, received by nobody": (AWARD, 2, {"received_by": ""}, ["on_behalf_of"]),
    "on behalf of two": (AWARD, 2, {"on_behalf_of": "นายก|นายข"}, ["on_behalf_of"]),
    "a source that is not listed": (
        AWARD,
        2,
        {"sources": f"{NEWS}|https://example.test/elsewhere"},
        ["https://example.test/elsewhere", "sources.csv"],
    ),
    "an award without a source": (AWARD, 2, {"sources": ""}, ["sources"]),
    "two awards of one agency in one year": (
        AWARD,
        4,
        {"agency_code": OFFICE, "year_be": "2565", "level": "excellent", "sources": NEWS},
        ["ซ้ำ", "2"],
    ),
    "two awards of one agency without a year": (
        AWARD,
        4,
        {"agency_code": OTHER_DEPARTMENT, "known_by": "2023-01-01", "sources": NEWS},
        ["ซ้ำ", "3"],
    ),
    "unknown measure": (FIGURE, 2, {"measure": "guessed"}, ["measure", "guessed"]),
    "a figure of no body": (FIGURE, 3, {"body": ""}, ["body"]),
    "a figure of an unknown body": (FIGURE, 3, {"body": "กรมที่ไม่มี"}, ["กรมที่ไม่มี"]),
    "a figure of an unknown level": (FIGURE, 3, {"level": "gold"}, ["level", "gold"]),
    "a figure of a C.E. year": (FIGURE, 2, {"year_from_be": "2022"}, ["year_from_be", "2022"]),
    "a figure, first year last": (FIGURE, 2, {"year_from_be": "2566"}, ["ปีแรก"]),
    "a count in words": (FIGURE, 2, {"count": "หกร้อย"}, ["count", "หกร้อย"]),
    "a count with a comma": (FIGURE, 2, {"count": "1,888"}, ["count", "1,888"]),
    "a count below zero": (FIGURE, 2, {"count": "-5"}, ["count", "-5"]),
    "a count with a fraction": (FIGURE, 2, {"count": "6.5"}, ["count", "6.5"]),
    "a count no database holds": (FIGURE, 2, {"count": "9" * 30}, ["count", "999999"]),
    "no count": (FIGURE, 2, {"count": ""}, ["count"]),
    "to date, as of no day": (FIGURE, 3, {"as_of": ""}, ["as_of"]),
    "in force, as of no day": (FIGURE, 2, {"measure": "in_force"}, ["as_of"]),
    "a figure without a source": (FIGURE, 2, {"sources": ""}, ["sources"]),
    "a figure twice": (
        FIGURE,
        4,
        {
            "year_from_be": "2565",
            "year_to_be": "2565",
            "body": "ทั่วประเทศ",
            "measure": "certified",
            "count": "666",
            "sources": NEWS,
        },
        ["ซ้ำ", "2"],
    ),
}


@pytest.mark.parametrize(("file", "line", "cells", "words"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_a_faulty_row_is_named_and_nothing_written(tmp_path, file, line, cells, words):
    faults = refusal(write_folder(tmp_path, (file, line, cells)))

    assert places(faults)[0] == (file, line)
    message = faults[0][2]
    assert [word for word in words if word not in message] == []
    assert re.search("[ก-ฮ]", message)
    # A ceremony or level that is refused is missed by rows of later files; nothing else is named.
    assert {place[0] for place in places(faults)[1:]} <= set(FILES_IN_ORDER) - {file}


def test_a_circle_of_three_agencies_is_named_at_each_of_them(tmp_path):
    ring = ["aaaaaa", "bbbbbb", "cccccc"]
    edits = [
        (AGENCY, 7 + at, {"code": code, "name_th": code, "kind": "office", "parent_code": above})
        for at, (code, above) in enumerate(zip(ring, ring[1:] + ring[:1], strict=True))
    ]

    faults = refusal(write_folder(tmp_path, *edits))

    assert places(faults) == [(AGENCY, 7), (AGENCY, 8), (AGENCY, 9)]
    for code, (_file, _line, message) in zip(ring, faults, strict=True):
        assert "วนเป็นวง" in message
        assert code in message


def test_every_faulty_row_is_named_at_once_in_the_order_of_the_files(tmp_path):
    folder = write_folder(
        tmp_path,
        (FIGURE, 2, {"count": "หลาย"}),
        (FIGURE, 3, {"measure": "guessed"}),
        (AGENCY, 6, {"province_code": "99"}),
        ("sources.csv", 4, {"published_on": "เมื่อวาน"}),
    )

    assert places(refusal(folder)) == [
        ("sources.csv", 4),
        (AGENCY, 6),
        (FIGURE, 2),
        (FIGURE, 3),
    ]


def test_a_row_after_a_cell_of_several_lines_is_named_by_its_line_in_the_file(tmp_path):
    folder = write_folder(
        tmp_path,
        (FIGURE, 2, {"note_th": "หนึ่ง\nสอง\nสาม"}),
        (FIGURE, 3, {"count": "หลาย"}),
    )

    assert places(refusal(folder)) == [(FIGURE, 5)]


def test_a_row_of_several_lines_is_named_by_its_first(tmp_path):
    folder = write_folder(tmp_path, (FIGURE, 2, {"note_th": "หนึ่ง\nสอง", "count": "หลาย"}))

    assert places(refusal(folder)) == [(FIGURE, 2)]


# --- the file is no such table -------------------------------------------------------------------


def rewrite(tmp_path, change) -> list:
    """The faults after the bytes of criteria.csv, to which no other file refers, were changed."""
    folder = write_folder(tmp_path)
    file = folder / CRITERION
    file.write_bytes(change(file.read_bytes()))
    return refusal(folder)


TABLE_FAULTS = {
    "in TIS-620": (lambda text: text.decode().encode("tis-620"), 2, "UTF-8"),
    "in UTF-16": (lambda text: text.decode().encode("utf-16"), 1, "UTF-8"),
    "one byte of TIS-620": (lambda text: text.replace(b"https", b"\xbb", 1), 2, "UTF-8"),
    "an .xlsx file by its name": (lambda text: b"PK\x03\x04\x14\x00\x06\x00\xff", 1, "UTF-8"),
    "empty": (lambda text: b"", 1, "title_th"),
    "only a byte order mark": (lambda text: b"\xef\xbb\xbf", 1, "title_th"),
    "without a column": (lambda text: text.replace(b"title_th", b"title"), 1, "title_th"),
    "without a header": (lambda text: text.split(b"\n", 1)[1], 1, "year_from_be"),
    "separated by semicolons": (lambda text: text.replace(b",", b";"), 1, "title_th"),
    "a quote never closed": (lambda text: text.replace(b"https", b'"https'), 2, "CSV"),
    "a letter after a quote": (lambda text: text.replace(b"2565,", b'"2565"x,', 1), 2, "CSV"),
    "a cell of 200,000 letters": (lambda text: text.replace(b"https", b"h" * 200_000), 2, "CSV"),
    "too few cells": (lambda text: text.replace(b",1,", b",", 1), 2, "จำนวนช่อง"),
    "too many cells": (lambda text: text.replace(b",1,", b",1,1,", 1), 2, "จำนวนช่อง"),
}


@pytest.mark.parametrize(("change", "line", "word"), TABLE_FAULTS.values(), ids=TABLE_FAULTS)
def test_a_file_that_is_no_such_table_is_named_and_nothing_written(tmp_path, change, line, word):
    faults = rewrite(tmp_path, change)

    assert places(faults) == [(CRITERION, line)]
    assert word in faults[0][2]


def test_a_faulty_byte_after_a_byte_order_mark_is_named_by_its_line(tmp_path):
    faults = rewrite(tmp_path, lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\n\xbb", 1))

    assert places(faults) == [(CRITERION, 2)]


@pytest.mark.parametrize("file", FILES_IN_ORDER)
def test_a_missing_file_is_named_and_nothing_written(tmp_path, file):
    folder = write_folder(tmp_path)
    (folder / file).unlink()

    faults = refusal(folder)

    assert places(faults)[0] == (file, 0)
    assert "ไม่พบแฟ้มนี้" in faults[0][2]


def test_a_folder_that_does_not_exist_is_named_by_all_seven_files(tmp_path):
    faults = refusal(tmp_path / "elsewhere")

    assert places(faults) == [(file, 0) for file in FILES_IN_ORDER]


def test_the_last_file_alone_being_broken_is_enough_to_write_nothing(tmp_path):
    folder = write_folder(tmp_path)
    with (folder / FIGURE).open("a", encoding="utf-8") as file:
        file.write("2565,2565\n")

    assert places(refusal(folder)) == [(FIGURE, 4)]


# --- what only shows while writing ---------------------------------------------------------------


def test_a_name_of_5000_letters_is_refused_and_nothing_written(tmp_path):
    faults = refusal(write_folder(tmp_path, (AGENCY, 6, {"name_th": "ก" * 5000})))

    assert places(faults) == [(AGENCY, 6)]
    assert "5000" in faults[0][2]
    assert "300" in faults[0][2]


def test_two_levels_of_one_rank_are_refused_and_nothing_written(tmp_path):
    faults = refusal(write_folder(tmp_path, ("levels.csv", 4, {"rank": "2"})))

    assert places(faults) == [("levels.csv", 4)]
    assert "ลำดับ" in faults[0][2]


def test_overlapping_bands_of_points_are_refused_and_nothing_written(tmp_path):
    faults = refusal(write_folder(tmp_path, ("levels.csv", 4, {"min_score": "85"})))

    assert places(faults) == [("levels.csv", 4)]
    assert "ระดับก้าวหน้า (80–89)" in faults[0][2]


def test_a_ceremony_years_from_its_round_is_refused_and_nothing_written(tmp_path):
    second = {"code": "2566", "year_be": "2566", "held_on": "2022-09-28", "title_th": "พิธี 2566"}

    faults = refusal(write_folder(tmp_path, (EVENT, 3, second | {"sources": NEWS})))

    assert places(faults) == [(EVENT, 3)]
    assert "2566" in faults[0][2]


def test_a_time_without_a_date_is_refused_and_nothing_written(tmp_path):
    second = {"code": "2566", "year_be": "2566", "starts_at": "13:00", "title_th": "พิธี 2566"}

    faults = refusal(write_folder(tmp_path, (EVENT, 3, second | {"sources": NEWS})))

    assert places(faults) == [(EVENT, 3)]
    assert "เวลาเริ่ม" in faults[0][2]


def test_a_parent_that_staff_moved_below_is_refused_and_nothing_written(tmp_path):
    load_records(write_folder(tmp_path), by=make.publisher())
    moved = Agency.objects.get(code=DEPARTMENT)
    moved.parent = Agency.objects.get(code=OTHER_DEPARTMENT)
    moved.save()

    faults = refusal(write_folder(tmp_path, (AGENCY, 5, {"parent_code": OFFICE})))

    assert places(faults) == [(AGENCY, 5)]
    assert "สำนักงานสมมติจังหวัดแพร่" in faults[0][2]


def test_a_refused_agency_is_named_and_so_is_the_award_that_needs_it(tmp_path):
    faults = refusal(write_folder(tmp_path, (AGENCY, 4, {"name_th": "ก" * 5000})))

    assert places(faults) == [(AGENCY, 4), (AWARD, 2)]
    assert OFFICE in faults[1][2]


def test_a_refused_ceremony_is_named_and_so_is_the_award_that_needs_it(tmp_path):
    faults = refusal(write_folder(tmp_path, (EVENT, 2, {"held_on": "2020-09-28"})))

    assert places(faults) == [(EVENT, 2), (AWARD, 2)]
    assert "2565" in faults[1][2]


def test_an_award_of_an_agency_that_staff_deleted_is_refused(tmp_path):
    load_records(write_folder(tmp_path), by=make.publisher())
    Agency.objects.get(code=NEW_OFFICE).delete()

    award = {"agency_code": NEW_OFFICE, "year_be": "2565", "sources": NEWS}
    faults = refusal(write_folder(tmp_path, (AWARD, 4, award)))

    assert places(faults) == [(AWARD, 4)]
    assert NEW_OFFICE in faults[0][2]


@pytest.mark.parametrize(
    ("file", "column"),
    [(AGENCY, "short_names"), (AGENCY, "other_names"), (AWARD, "received_by")],
)
def test_a_listed_name_of_5000_letters_is_refused_and_nothing_written(tmp_path, file, column):
    line = 6 if file == AGENCY else 2
    faults = refusal(write_folder(tmp_path, (file, line, {column: "ก" * 5000})))

    assert places(faults) == [(file, line)]


def test_a_fault_in_writing_the_very_last_row_takes_everything_back(tmp_path, monkeypatch):
    def refuse_the_last(figure):
        if figure.count == 7:
            raise ValidationError("ใช้ไม่ได้")

    monkeypatch.setattr(AnnouncedFigure, "full_clean", refuse_the_last)

    assert refusal(write_folder(tmp_path)) == [(FIGURE, 3, "ใช้ไม่ได้")]


# --- what the person at the keyboard sees --------------------------------------------------------


def test_the_command_names_each_fault_and_says_that_nothing_changed(tmp_path):
    folder = write_folder(
        tmp_path, (AGENCY, 6, {"province_code": "99"}), (FIGURE, 2, {"count": "หลาย"})
    )
    before, output, errors = dump(), io.StringIO(), io.StringIO()

    with pytest.raises(CommandError, match="พบข้อผิดพลาด 2 จุด จึงไม่ได้เปลี่ยนแปลงข้อมูลใด"):
        call_command("load_records", str(folder), stdout=output, stderr=errors)

    assert dump() == before
    assert output.getvalue() == ""
    first, second = errors.getvalue().splitlines()
    assert first.startswith("agencies.csv บรรทัด 6: ช่อง province_code เป็น “99”")
    assert second.startswith("announced_figures.csv บรรทัด 2: ช่อง count เป็น “หลาย”")


# --- odd, but right ------------------------------------------------------------------------------


def load_rewritten(tmp_path, change, *edits) -> None:
    folder = write_folder(tmp_path, *edits)
    for file in FILES_IN_ORDER:
        (folder / file).write_bytes(change((folder / file).read_bytes()))
    load_records(folder, by=make.publisher())


def spaced(text: bytes) -> bytes:
    """Spaces around the cells, not around the names of the columns."""
    header, rows = text.split(b"\n", 1)
    return header + b"\n" + rows.replace(b",", b" , ")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="byte order mark"),
        pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="lines of Windows"),
        pytest.param(lambda text: text + b"\n\n", id="empty lines at the end"),
        pytest.param(spaced, id="spaces around cells"),
    ],
)
def test_files_as_other_programs_save_them_load_alike(tmp_path, change):
    load_rewritten(tmp_path, change)

    agency = Agency.objects.get(code=OFFICE)
    assert (agency.name_th, agency.province) == ("สำนักงานสมมติจังหวัดแพร่", "54")
    assert Source.objects.get(url=NEWS).published_on.isoformat() == "2022-09-29"
    assert Award.objects.count() == 2


def test_columns_may_stand_in_any_order_and_others_beside_them(tmp_path):
    folder = write_folder(tmp_path)
    lines = [line.split(",") for line in (folder / "sources.csv").read_text("utf-8").splitlines()]
    turned = ["remark," + ",".join(reversed(cells)) for cells in lines]
    (folder / "sources.csv").write_text("\n".join(turned), "utf-8")

    load_records(folder, by=make.publisher())

    assert Source.objects.get(url=NEWS).publisher == "สำนักข่าว"


def test_thai_digits_are_read_in_counts_and_years(tmp_path):
    edits = (FIGURE, 2, {"count": "๖๖๖", "year_from_be": "๒๕๖๕", "year_to_be": "๒๕๖๕"})
    load_records(write_folder(tmp_path, edits), by=make.publisher())

    assert AnnouncedFigure.objects.get(count=666).first_year == 2565


def test_a_decomposed_sara_am_is_cleaned_in_names_other_names_and_references(tmp_path):
    split = "ส\u0e4d\u0e32นักงานสมมติ"
    load_records(
        write_folder(
            tmp_path,
            (AGENCY, 4, {"name_th": split, "other_names": f"{split}ก|{split}ข"}),
            (AWARD, 2, {"agency": "สำนักงานสมมติ"}),
            (FIGURE, 3, {"body": split}),
        ),
        by=make.publisher(),
    )

    agency = Agency.objects.get(code=OFFICE)
    assert agency.name_th == "สำนักงานสมมติ"
    others = agency.names.filter(kind="as_printed").values_list("name", flat=True)
    assert sorted(others) == ["สำนักงานสมมติก", "สำนักงานสมมติข"]
    assert AnnouncedFigure.objects.get(count=7).agency == agency


def test_nul_and_other_unseen_characters_are_cleaned_away(tmp_path):
    load_records(
        write_folder(tmp_path, (AGENCY, 6, {"name_th": "สำนัก\x00งาน\u200bน่าน\ufeff\x07"})),
        by=make.publisher(),
    )

    assert Agency.objects.get(code=NEW_OFFICE).name_th == "สำนักงานน่าน"


@pytest.mark.parametrize(
    "formula", ['=HYPERLINK("https://example.test","x")', "+1", "-1", "@SUM(A1)"]
)
def test_a_formula_is_plain_text(tmp_path, formula):
    load_records(
        write_folder(
            tmp_path,
            (EVENT, 2, {"note_th": formula}),
            ("sources.csv", 4, {"title": formula}),
        ),
        by=make.publisher(),
    )

    assert AwardEvent.objects.get().disagreements == formula
    assert Source.objects.get(url=UNUSED).title == formula


def test_a_cell_of_several_lines_becomes_one_line(tmp_path):
    load_records(
        write_folder(tmp_path, (EVENT, 2, {"venue_th": "ห้องประชุม\nชั้น 4"})), by=make.publisher()
    )

    assert AwardEvent.objects.get().venue_th == "ห้องประชุม ชั้น 4"


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x0c"])
def test_an_unseen_line_separator_in_a_cell_is_a_space(tmp_path, character):
    load_records(
        write_folder(tmp_path, (EVENT, 2, {"venue_th": f"ห้องประชุม{character}ชั้น 4"})),
        by=make.publisher(),
    )

    assert AwardEvent.objects.get().venue_th == "ห้องประชุม ชั้น 4"
