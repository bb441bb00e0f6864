"""The columns of an announced figure."""

from dataclasses import replace

from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.column import DATE, TEXT, WHOLE, Column, in_words, of
from certifications.exports.columns.parts import LEVEL, SOURCES
from certifications.models import AnnouncedFigure

FIGURES = (
    Column(
        "first_year_be",
        WHOLE,
        "ตั้งแต่ปี (พ.ศ.)",
        "From year (B.E.)",
        lambda figure: figure.first_year,
        always=True,
    ),
    Column(
        "last_year_be",
        WHOLE,
        "ถึงปี (พ.ศ.)",
        "To year (B.E.)",
        lambda figure: figure.last_year,
        always=True,
    ),
    *of(
        lambda figure: figure.agency,
        (
            replace(
                AGENCIES[0],
                name="agency_code",
                about_th="ว่างเมื่อเป็นตัวเลขทั่วประเทศ",
                about_en="Empty for the whole country",
                always=False,
            ),
            replace(
                AGENCIES[1],
                name="agency_th",
                title_th="หน่วยงาน",
                title_en="Agency (Thai)",
                always=False,
            ),
        ),
    ),
    Column(
        "measure",
        TEXT,
        "สิ่งที่นับ (รหัส)",
        "Measure",
        lambda figure: figure.measure,
        choices=AnnouncedFigure.Measure,
        always=True,
    ),
    Column(
        "measure_th",
        TEXT,
        "สิ่งที่นับ",
        "Measure (Thai)",
        lambda figure: in_words(AnnouncedFigure.Measure(figure.measure), "th"),
        always=True,
    ),
    *of(
        lambda figure: figure.level,
        (
            replace(LEVEL[0], about_th="ว่างเมื่อนับทุกระดับ", about_en="Empty for all levels"),
            *LEVEL[1:],
        ),
    ),
    Column(
        "count",
        WHOLE,
        "จำนวนที่ประกาศ",
        "Number announced",
        lambda figure: figure.count,
        "ตามที่พิมพ์ แหล่งที่มาที่ไม่ตรงกันอยู่คนละแถว",
        "As printed; sources that disagree stand in rows of their own",
        always=True,
    ),
    Column("as_of", DATE, "ณ วันที่", "As of", lambda figure: figure.as_of),
    Column("note", TEXT, "หมายเหตุ", "Note", lambda figure: figure.note),
    SOURCES,
)
