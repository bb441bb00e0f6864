"""XLSX: real dates, a frozen header, the meaning of each column; never a formula or a link."""

import datetime
import tempfile
from typing import IO

import xlsxwriter
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from certifications.exports.columns.column import Column
from certifications.exports.tables import Table
from certifications.reference.language import thai_is_read

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 50_000  # beyond it writing takes longer than a request should; CSV has no limit
CELL = 32_767  # characters, Excel's limit
ROW_HEIGHT = 19  # points; a line of Thai stands taller than one of Latin
WIDTHS = {"date": 13, "time": 9, "integer": 10, "number": 11, "boolean": 9}
USUAL, WIDE = 20, 46  # characters
WIDE_COLUMNS = {"name_th", "name_en", "agency_th", "agency_en", "ministry_th", "parent_th"}
WIDE_COLUMNS |= {"name_as_printed", "address", "received_by", "sources", "url"}
OPTIONS = {
    "constant_memory": True,  # a row is on disk as soon as it is written
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A true date, which Excel and LibreOffice show Thai readers in B.E.: 041E is Thai, 07 its calendar.
DATE_FORMATS = {True: "[$-107041E]d mmm yyyy", False: "d mmm yyyy"}
DICTIONARY, FACTS = gettext_noop("คำอธิบายคอลัมน์"), gettext_noop("เกี่ยวกับไฟล์นี้")
BOOLEAN_FORMAT = '"TRUE";;"FALSE"'  # Excel writes these words itself; LibreOffice would show 1 or 0


def write(table: Table, facts: list[tuple[str, str]]) -> IO[bytes]:
    """A temporary file, at its beginning, that is gone once closed.

    `facts` are of the whole table: its criteria, its day, where it is from, its licence.
    """
    file = tempfile.TemporaryFile(prefix="gecc-", suffix=".xlsx")  # noqa: SIM115 - the reader's
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"title": table.title, "comments": facts[-1][1]})
        _rows(book, table)
        _dictionary(book, table.columns)
        _facts(book, facts)
    file.seek(0)
    return file


def titles_of_explanations() -> set[str]:
    """What the sheets without records are called, in every language, for reading back."""
    titles = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            titles |= {_(DICTIONARY), _(FACTS)}
    return titles


def _rows(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet(_("หน่วยงาน") if table.name == "agencies" else _("ผลการรับรอง"))
    heading = book.add_format({"bold": True, "bottom": 1})
    date = {"num_format": DATE_FORMATS[thai_is_read()], "align": "left"}
    formats = {
        "date": book.add_format(date),
        "time": book.add_format({"num_format": "hh:mm"}),
        "boolean": book.add_format({"num_format": BOOLEAN_FORMAT}),
    }
    sheet.set_default_row(ROW_HEIGHT)
    sheet.freeze_panes(1, 1)
    for number, column in enumerate(table.columns):
        width = WIDE if column.name in WIDE_COLUMNS else WIDTHS.get(column.type, USUAL)
        sheet.set_column(number, number, max(width, len(column.name) + 4))
        sheet.write_string(0, number, column.name, heading)
    last = 0
    for last, cells in enumerate(table.cells(), start=1):
        for number, value in enumerate(cells):
            _cell(sheet, last, number, value, formats)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _cell(sheet, row: int, column: int, value: object, formats: dict) -> None:
    """Each kind of value by its own method, so that no text is ever read as anything else."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value[:CELL])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, formats["boolean"])
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, datetime.time):
        sheet.write_datetime(row, column, value, formats["time"])
    else:
        sheet.write_number(row, column, value)


def _dictionary(book: xlsxwriter.Workbook, columns: tuple[Column, ...]) -> None:
    sheet = book.add_worksheet(_(DICTIONARY))
    heading = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 3, 28)
    sheet.set_column(4, 5, 60)
    sheet.freeze_panes(1, 0)
    rows = [
        ("column", "type", "ชื่อไทย", "English title", "คำอธิบาย", "Description"),
        *(
            (one.name, one.type, one.title_th, one.title_en, one.about_th, one.about_en)
            for one in columns
        ),
    ]
    for number, texts in enumerate(rows):
        for place, text in enumerate(texts):
            sheet.write_string(number, place, text, wrapped if number else heading)


def _facts(book: xlsxwriter.Workbook, facts: list[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(_(FACTS))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True})
    for number, (name, value) in enumerate(facts):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, value, wrapped)
