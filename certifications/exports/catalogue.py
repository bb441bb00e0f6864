"""The data catalogue: Frictionless data package, DCAT, CKAN fields."""

import datetime
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone, translation

from certifications.exports import licence
from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.columns.column import ADDRESS, YES_NO, Column
from certifications.exports.columns.events import EVENTS
from certifications.exports.columns.figures import FIGURES
from certifications.models import Agency, Award, AwardEvent, AwardStatusChange
from certifications.reference.language import thai_is_read

NAME = "gecc-register"
# Catalogues show both languages side by side, so both stand here.
TITLE_TH = "ทะเบียนศูนย์ราชการสะดวกที่ได้รับการรับรองมาตรฐาน (GECC)"
TITLE_EN = "Register of certified Government Easy Contact Centers (GECC), Thailand"
ABOUT_TH = (
    "หน่วยงานของรัฐไทยที่ได้รับการรับรองมาตรฐานศูนย์ราชการสะดวก (GECC) ตั้งแต่ พ.ศ. 2559 พร้อมระดับ ปี "
    "สถานะ พิธีมอบ และแหล่งที่มา รวบรวมจากประกาศและข่าว ยังไม่ครบทุกแห่ง การไม่พบชื่อไม่ได้แปลว่า"
    "หน่วยงานนั้นไม่ได้รับการรับรอง"
)
ABOUT_EN = (
    "Thai government offices certified under the GECC standard for convenient service since B.E. "
    "2559 (2016), with level, year, state, ceremony and sources. Gathered from announcements and "
    "news; not complete: a name not found here does not mean an office is not certified."
)
LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
KEYWORDS = ["ศูนย์ราชการสะดวก", "GECC", "การรับรองมาตรฐาน", "บริการภาครัฐ", "public services"]


@dataclass(frozen=True)
class File:
    """One table of the register, handed out whole as CSV and as JSON."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # the columns that tell its rows apart
    title_th: str
    title_en: str
    leads_to: tuple[tuple[str, str, str], ...] = ()  # column, file, column there

    @property
    def title(self) -> str:
        return self.title_th if thai_is_read() else self.title_en


FILES = (
    File(
        "agencies",
        AGENCIES,
        ("code",),
        "หน่วยงานที่ได้รับการรับรอง หนึ่งแถวหนึ่งหน่วยงาน",
        "Certified agencies, a row an agency",
        (("event_code", "events", "code"),),
    ),
    File(
        "awards",
        AWARDS,
        (),  # an award of unknown year has no year to be told apart by
        "ผลการรับรอง หนึ่งแถวหนึ่งหน่วยงานในหนึ่งปี",
        "Awards, a row an agency in a year",
        (("agency_code", "agencies", "code"), ("event_code", "events", "code")),
    ),
    File(
        "events",
        EVENTS,
        ("code",),
        "พิธีมอบโล่และตรารับรอง",
        "Award ceremonies",
    ),
    File(
        "figures",
        FIGURES,
        (),
        "ตัวเลขที่ประกาศ พร้อมแหล่งที่มาที่ไม่ตรงกัน",
        "Announced figures, with sources that disagree",
    ),
)
BY_NAME = {file.name: file for file in FILES}


def last_changed() -> datetime.datetime | None:
    """When anything public last changed, was published or was taken from view. Four queries."""
    moments = [
        *_latest(Award.objects.filter(published_at__isnull=False)),
        *_latest(AwardEvent.objects.filter(published_at__isnull=False)),
        Agency.objects.certified().aggregate(at=Max("updated_at"))["at"],
        AwardStatusChange.objects.aggregate(at=Max("recorded_at"))["at"],
    ]
    return max(filter(None, moments), default=None)


def _latest(records) -> list[datetime.datetime | None]:
    fields = ("updated_at", "published_at", "hidden_at")
    return list(records.aggregate(**{field: Max(field) for field in fields}).values())


# --- Frictionless --------------------------------------------------------------------------------


def data_package(site: str, changed: datetime.datetime | None) -> dict:
    """A Data Package (v1 profile, tabular): every file with its columns, types and keys."""
    package = {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": TITLE_EN,
        "description": f"{TITLE_TH}\n\n{ABOUT_TH}\n\n{ABOUT_EN}",
        "homepage": f"{site}/data/",
        "version": (changed or timezone.now()).astimezone(datetime.UTC).strftime("%Y.%m.%d"),
        "licenses": [{"name": "DGA-OGL", "title": licence.NAME, "path": licence.URL}],
        "contributors": [{"title": licence.owner().name, "role": "publisher"}],
        "keywords": KEYWORDS,
        "resources": [_resource(file, site) for file in FILES],
    }
    if changed:
        package["created"] = changed.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return package


def _resource(file: File, site: str) -> dict:
    schema: dict = {"fields": [_field(column) for column in file.columns], "missingValues": [""]}
    if file.key:
        schema["primaryKey"] = list(file.key)
    if file.leads_to:
        schema["foreignKeys"] = [
            {"fields": here, "reference": {"resource": other, "fields": there}}
            for here, other, there in file.leads_to
        ]
    return {
        "profile": "tabular-data-resource",
        "name": file.name,
        "path": f"{site}/data/{file.name}.csv",
        "title": f"{file.title_th} · {file.title_en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        "schema": schema,
    }


def _field(column: Column) -> dict:
    field = {
        "name": column.name,
        "type": "string" if column.type == ADDRESS else column.type,
        "title": f"{column.title_th} · {column.title_en}",
    }
    if column.type == ADDRESS:
        field["format"] = "uri"
    if column.type == YES_NO:
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.about_th:
        field["description"] = f"{column.about_th}\n\n{column.about_en}"
    constraints: dict = {"required": True} if column.always else {}
    if column.choices:
        constraints["enum"] = list(column.choices.values)
    return field | ({"constraints": constraints} if constraints else {})


# --- DCAT, with the fields Thailand's Government Data Catalog asks for ----------------------------


def dcat(site: str, changed: datetime.datetime | None) -> dict:
    """A DCAT 3 dataset as JSON-LD; `gdc:` holds the Thai catalogue's mandatory fields by name."""
    here = f"{site}/data/"
    owner = licence.owner()
    dataset = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "gdc": f"{here}#",
        },
        "@id": f"{here}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": NAME,
        "dct:title": _languages(TITLE_TH, TITLE_EN),
        "dct:description": _languages(ABOUT_TH, ABOUT_EN),
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": owner.name},
        "dcat:contactPoint": _contact(owner),
        "dct:license": {"@id": licence.URL},
        "dct:accrualPeriodicity": {
            "@id": "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
        },
        "dct:spatial": {"@id": "http://www.wikidata.org/entity/Q869"},  # Thailand
        "dct:language": [{"@id": LANGUAGE + code} for code in ("th", "en")],
        "dcat:keyword": KEYWORDS,
        "dcat:landingPage": {"@id": here},
        "dct:conformsTo": {"@id": f"{here}datapackage.json"},
        "dcat:distribution": [
            _distribution(here, file, ending) for file in FILES for ending in ("csv", "json")
        ],
    }
    if changed:
        dataset["dct:modified"] = {
            "@type": "xsd:dateTime",
            "@value": changed.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        }
    return dataset | {f"gdc:{name}": value for name, value in thai_catalogue(here).items()}


def thai_catalogue(here: str) -> dict:
    """The mandatory metadata of the Government Data Catalog, by the names its CKAN form has.

    The values are of that form's fixed lists, in Thai whatever language is read.
    """
    with translation.override("th"):
        owner = licence.owner()
        return {
            "data_type": "ข้อมูลระเบียน",
            "title": TITLE_TH,
            "owner_org": owner.name,
            "maintainer": owner.contact,
            "maintainer_email": owner.email or "ยังไม่ระบุ",
            "tag_string": ", ".join(KEYWORDS),
            "notes": ABOUT_TH,
            "objective": "ให้ประชาชน สื่อมวลชน และหน่วยงานของรัฐตรวจสอบและใช้ผลการรับรองได้โดยเสรี",
            "update_frequency_unit": "ปี",
            "update_frequency_interval": 1,
            "geo_coverage": "จังหวัด",
            "data_source": "ประกาศและข่าวที่เผยแพร่ต่อสาธารณะ ระบุรายรายการในคอลัมน์ sources",
            "data_format": ["CSV", "JSON"],
            "data_category": "ข้อมูลสาธารณะ",
            "license_id": licence.NAME,
            "url": here,
        }


def _distribution(here: str, file: File, ending: str) -> dict:
    address = f"{here}{file.name}.{ending}"
    media = {"csv": "text/csv", "json": "application/json"}[ending]
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _languages(file.title_th, file.title_en),
        "dcat:downloadURL": {"@id": address},
        "dcat:accessURL": {"@id": here},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dct:format": ending.upper(),
        "dct:license": {"@id": licence.URL},
    }


def _contact(owner: licence.Owner) -> dict:
    card = {"@type": "vcard:Organization", "vcard:fn": owner.contact}
    return card | ({"vcard:hasEmail": {"@id": f"mailto:{owner.email}"}} if owner.email else {})


def _languages(thai: str, english: str) -> list[dict]:
    return [{"@language": "th", "@value": thai}, {"@language": "en", "@value": english}]
