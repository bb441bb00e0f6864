"""The spreadsheet template that staff download, fill in and upload."""

from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from certifications.exports import workbook
from certifications.intake.reading.headings import EXAMPLE
from certifications.intake.reading.tables import MOST_ROWS
from certifications.models import CertificationLevel
from certifications.reference import provinces

FILE_NAME = "gecc-template.xlsx"
SHEET, LISTS = gettext_noop("รายชื่อ"), gettext_noop("รายการให้เลือก")
# Field → its heading and width in characters, the example, and what it is for. The headings are
# Thai in every language: they are what reading knows them by.
COLUMNS = {
    "name": (
        "ชื่อหน่วยงาน",
        52,
        f"{EXAMPLE} สำนักงานขนส่งจังหวัดแพร่",
        gettext_noop("จำเป็น ชื่อเต็มตามประกาศ แถวที่ขึ้นต้นด้วย “ตัวอย่าง:” จะไม่ถูกอ่าน"),
    ),
    "year": (
        "ปีที่รับรอง (พ.ศ.)",
        18,
        "2569",
        gettext_noop("ปี พ.ศ. สี่หลัก เว้นว่างได้ถ้าเลือกปีบนหน้านำเข้า"),
    ),
    "level": ("ระดับ", 18, "ระดับพื้นฐาน", gettext_noop("เลือกจากรายการ เว้นว่างเมื่อแหล่งที่มาไม่ระบุ")),
    "score": ("คะแนน", 10, "75.5", gettext_noop("0 ถึง 100 ทศนิยมไม่เกินสองตำแหน่ง เว้นว่างเมื่อไม่ทราบ")),
    "province": ("จังหวัด", 20, "แพร่", gettext_noop("จังหวัดที่ตั้ง เลือกจากรายการ หน่วยงานส่วนกลางเว้นว่างได้")),
    "parent": ("ต้นสังกัด", 30, "กรมการขนส่งทางบก", gettext_noop("หน่วยงานที่อยู่เหนือขึ้นไปหนึ่งชั้น เช่น กรม")),
    "certificate_number": (
        "เลขที่ใบรับรอง",
        18,
        "",
        gettext_noop("ตามที่พิมพ์ในเอกสารเท่านั้น ห้ามตั้งขึ้นเอง"),
    ),
    "recipient": ("ผู้รับมอบ", 26, "นายตัวอย่าง ใจดี", gettext_noop("ผู้ที่รับโล่ หลายคนคั่นด้วย ;")),
    "recipient_position": (
        "ตำแหน่งผู้รับมอบ",
        26,
        "ขนส่งจังหวัด",
        gettext_noop("ตำแหน่งของผู้รับโล่ หลายคนคั่นด้วย ; ตามลำดับเดียวกัน"),
    ),
    "known_by": (
        "ทราบว่าได้รับการรับรองเมื่อ",
        26,
        "",
        gettext_noop("เฉพาะเมื่อไม่ทราบปีที่รับรอง เช่น 28 กันยายน 2565"),
    ),
}
NUMBERS = {"year", "score"}


def write(file: BinaryIO) -> None:
    """Write the template: headings, an example, lists to choose from, and what each column is."""
    with xlsxwriter.Workbook(file, workbook.OPTIONS | {"constant_memory": False}) as book:
        sheet = book.add_worksheet(_(SHEET))
        lists = book.add_worksheet(_(LISTS))
        _headings(book, sheet)
        _lists(sheet, lists)
        _explanations(book)


def _headings(book: xlsxwriter.Workbook, sheet) -> None:
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF7"})
    example = book.add_format({"italic": True, "font_color": "#5F6B7A"})
    sheet.set_default_row(workbook.ROW_HEIGHT)
    sheet.freeze_panes(1, 1)
    for position, (field, (title, width, shown, _about)) in enumerate(COLUMNS.items()):
        sheet.set_column(position, position, width)
        sheet.write_string(0, position, title, heading)
        if field in NUMBERS:
            sheet.write_number(1, position, float(shown), example)
        elif shown:
            sheet.write_string(1, position, shown, example)


def _lists(sheet, lists) -> None:
    """What the columns of level and province offer; other spellings may still be typed."""
    levels = CertificationLevel.objects.order_by("rank").values_list("name_th", flat=True)
    choices = {"level": list(levels), "province": [each.name_th for each in provinces.ALL]}
    for position, (field, texts) in enumerate(choices.items()):
        for row, text in enumerate(texts):
            lists.write_string(row, position, text)
        letter = "AB"[position]
        column = list(COLUMNS).index(field)
        if texts:
            sheet.data_validation(
                1,
                column,
                MOST_ROWS,
                column,
                {
                    "validate": "list",
                    "source": f"='{lists.name}'!${letter}$1:${letter}${len(texts)}",
                    "error_type": "warning",
                    "error_title": _("ไม่อยู่ในรายการ"),
                    "error_message": _("โปรดเลือกจากรายการ เพื่อให้อ่านได้แน่นอน"),
                },
            )
    lists.hide()


def _explanations(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(_(workbook.DICTIONARY))
    heading = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 80)
    sheet.freeze_panes(1, 0)
    sheet.write_string(0, 0, _("คอลัมน์"), heading)
    sheet.write_string(0, 1, _("คำอธิบาย"), heading)
    about = [(title, _(about_it)) for title, _width, _example, about_it in COLUMNS.values()]
    about += [
        (_("จำนวนแถว"), _("ไม่เกิน %(most)s แถวต่อไฟล์") % {"most": f"{MOST_ROWS:,}"}),
        (_("คอลัมน์อื่น"), _("เพิ่มคอลัมน์อื่นได้ จะเก็บไว้ดูประกอบ แต่ไม่นำเข้า")),
        (_("ผลการนำเข้า"), _("ทุกแถวเข้าเป็นร่าง ตรวจก่อนได้ทุกแถว และถอนคืนทั้งชุดได้จนกว่าจะเผยแพร่")),
    ]
    for row, texts in enumerate(about, start=1):
        for position, text in enumerate(texts):
            sheet.write_string(row, position, text, wrapped)
