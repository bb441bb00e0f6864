"""The 77 provinces and 6 regions of Thailand: codes, names, short forms, aliases.

The two-digit code is the Department of Provincial Administration's, the digits of ISO 3166-2:TH and
TIS 1099. Rows come from data/provinces.csv; they never change in the life of a process.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify

from certifications.reference.language import thai_is_read

CSV_PATH = Path(__file__).parents[1] / "data" / "provinces.csv"


@dataclass(frozen=True)
class Province:
    code: str  # "54"
    iso: str  # "TH-54"
    name_th: str
    name_en: str
    short_th: str  # "พร", the two-letter code; collides with other abbreviations in free text
    region_th: str
    region_en: str
    aliases: tuple[str, ...]  # widen a search, never narrow it: ปากน้ำ is a place in many provinces

    @property
    def slug(self) -> str:
        return slugify(self.name_en)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_th if thai_is_read() else self.name_en

    @property
    def region(self) -> str:
        return self.region_th if thai_is_read() else self.region_en


def _read(path: Path) -> tuple[Province, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Province(
                code=row["code"],
                iso=row["iso_3166_2"],
                name_th=row["name_th"],
                name_en=row["name_en"],
                short_th=row["abbr_th"],
                region_th=row["region_th"],
                region_en=row["region_en"],
                aliases=tuple(filter(None, row["aliases"].split("|"))),
            )
            for row in csv.DictReader(lines)
        )


ALL = _read(CSV_PATH)
BY_CODE = {province.code: province for province in ALL}
BY_NAME_TH = {province.name_th: province for province in ALL}
# A pattern of any Thai name, the longest first.
ANY_NAME_TH = "|".join(sorted(BY_NAME_TH, key=len, reverse=True))
BY_SLUG = {province.slug: province for province in ALL}


def choices() -> list[tuple[str, str]]:
    """Code and Thai name for model fields; migrations hold this function's name, so keep it."""
    return [(province.code, province.name_th) for province in ALL]


def by_region() -> dict[str, list[Province]]:
    """Region name in the reader's language → its provinces, both in the order of the file."""
    regions: dict[str, list[Province]] = {}
    for province in ALL:
        regions.setdefault(province.region, []).append(province)
    return regions
