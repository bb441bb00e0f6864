"""The columns of short lists, for the API: levels, provinces, services."""

from dataclasses import replace

from certifications.exports.columns.column import TEXT, WHOLE, Column
from certifications.exports.columns.parts import LEVEL

LEVELS = (
    replace(LEVEL[0], name="code", about_th="", about_en="", always=True),
    Column("rank", WHOLE, "ลำดับ", "Rank", lambda level: level.rank, always=True),
    replace(LEVEL[1], name="name_th", always=True),
    replace(LEVEL[2], name="name_en", always=True),
    Column("colour_th", TEXT, "สี", "Colour (Thai)", lambda level: level.colour_th),
    Column("colour_en", TEXT, "สี (อังกฤษ)", "Colour", lambda level: level.colour_en),
    Column("min_score", WHOLE, "คะแนนต่ำสุด", "Lowest score", lambda level: level.min_score),
    Column("max_score", WHOLE, "คะแนนสูงสุด", "Highest score", lambda level: level.max_score),
    Column("meaning_th", TEXT, "ความหมาย", "Meaning (Thai)", lambda level: level.meaning_th),
    Column("meaning_en", TEXT, "ความหมาย (อังกฤษ)", "Meaning", lambda level: level.meaning_en),
)

PROVINCES = (
    Column("code", TEXT, "รหัสจังหวัด", "Code", lambda place: place.code, always=True),
    Column("iso_3166_2", TEXT, "ISO 3166-2", "ISO 3166-2", lambda place: place.iso, always=True),
    Column("name_th", TEXT, "จังหวัด", "Name (Thai)", lambda place: place.name_th, always=True),
    Column(
        "name_en", TEXT, "จังหวัด (อังกฤษ)", "Name (English)", lambda place: place.name_en, always=True
    ),
    Column("region_th", TEXT, "ภาค", "Region (Thai)", lambda place: place.region_th, always=True),
    Column("region_en", TEXT, "ภาค (อังกฤษ)", "Region", lambda place: place.region_en, always=True),
)

SERVICES = (
    Column("code", TEXT, "รหัสงานบริการ", "Code", lambda service: service.code, always=True),
    Column(
        "name_th", TEXT, "งานบริการ", "Name (Thai)", lambda service: service.name_th, always=True
    ),
    Column(
        "name_en",
        TEXT,
        "งานบริการ (อังกฤษ)",
        "Name (English)",
        lambda service: service.name_en,
        always=True,
    ),
)
