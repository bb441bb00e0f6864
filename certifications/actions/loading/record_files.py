"""Parsing the data files: every row validated, in plain values, before anything is written.

A folder holds the seven files of READERS, in UTF-8. Values are what JSON can hold: text, whole
numbers, ISO dates, lists, None. References between files are by permanent code.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certifications.actions.loading import record_cells as cell
from certifications.models import Agency, AnnouncedFigure, Service
from certifications.models.agencies import CODE_REGEX
from certifications.models.events import EVENT_CODE_REGEX
from certifications.reference import people, provinces, thai
from certifications.reference.fields import web_address

NATIONWIDE = "ทั่วประเทศ"

COLUMNS = {
    "sources.csv": "url title publisher published_on",
    "levels.csv": "code rank name_th name_en colour_th colour_en min_score max_score "
    "meaning_th slogan_th",
    "agencies.csv": "code name_th name_en kind service parent_code province_code short_names "
    "other_names",
    "award_events.csv": "code year_be held_on starts_at title_th venue_th province_code online "
    "presider_th presider_position_th organizer sources note_th",
    "criteria.csv": "year_from_be year_to_be order title_th text_th sources",
    "awards.csv": "agency_code agency year_be known_by level received_by on_behalf_of sources",
    "announced_figures.csv": "year_from_be year_to_be body measure level count as_of note_th "
    "sources",
}

# English wordings of our own; a folder without them is as good.
OPTIONAL_COLUMNS = {"levels.csv": ["meaning_en"], "criteria.csv": ["title_en", "text_en"]}


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do about it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return _("%(file)s บรรทัด %(line)s: %(message)s") % vars(self)


class RecordFilesFaulty(Exception):
    """The files cannot be loaded; `faults` says why, one a row at most, in file order."""

    def __init__(self, faults: list[Fault]):
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True)
class Row:
    """One line of a file, ready to be written: its kind's permanent key and its values."""

    file: str
    line: int
    key: str
    values: dict


@dataclass
class Folder:
    """What has been read so far, for later files to refer to."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    agency_by_name: dict[str, str] = field(default_factory=dict)  # a name borne twice → ""

    def keys(self, file: str) -> set[str]:
        return {row.key for row in self.rows[file]}


def read_folder(path: Path) -> dict[str, list[Row]]:
    """The rows of every file in the order they must be written; RecordFilesFaulty otherwise."""
    folder = Folder(services=set(Service.objects.values_list("code", flat=True)))
    for file, read_row in READERS.items():
        _read_file(path / file, read_row, folder)
        if file == "agencies.csv":
            _learn_names(folder)
            _put_parents_first(folder)
    if folder.faults:
        raise RecordFilesFaulty(folder.faults)
    return folder.rows


def _read_file(path: Path, read_row: Callable, folder: Folder) -> None:
    rows = folder.rows[path.name] = []
    lines_by_key: dict[str, int] = {}
    for line, cells in _cells(path, folder.faults):
        try:
            key, values = read_row(cells, folder)
            if key in lines_by_key:
                raise cell.RowFaulty(_("ซ้ำกับบรรทัด %s ให้เหลือบรรทัดเดียว") % lines_by_key[key])
        except cell.RowFaulty as fault:
            folder.faults.append(Fault(path.name, line, str(fault)))
            continue
        lines_by_key[key] = line
        rows.append(Row(path.name, line, key, values))


def _cells(path: Path, faults: list[Fault]) -> Iterator[tuple[int, dict[str, str]]]:
    """First line and cleaned cells of each row; a file that is no such CSV is one fault."""
    text = _text(path, faults)
    if text is None:
        return
    # StringIO ends a line where a CSV does; splitlines would at unseen separators in a cell too.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [thai.clean(name) for name in next(reader, [])]
        missing = [name for name in COLUMNS[path.name].split() if name not in header]
        if missing:
            faults.append(Fault(path.name, 1, _("ไม่มีคอลัมน์ %s") % ", ".join(missing)))
            return
        line = reader.line_num + 1
        for row in reader:
            if len(row) == len(header):
                yield line, dict(zip(header, map(thai.clean, row), strict=True))
            elif row:
                message = _("จำนวนช่องไม่ตรงกับหัวตาราง ตรวจเครื่องหมายจุลภาคและอัญประกาศ")
                faults.append(Fault(path.name, line, message))
            line = reader.line_num + 1
    except csv.Error as fault:
        faults.append(Fault(path.name, line, _("อ่าน CSV ไม่ได้ (%s) ตรวจอัญประกาศในแถวนี้") % fault))


def _text(path: Path, faults: list[Fault]) -> str | None:
    """The file's text without its byte order mark; None, with a fault, when it is not UTF-8."""
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        return content.decode()
    except OSError:
        faults.append(Fault(path.name, 0, _("ไม่พบแฟ้มนี้ หรือเปิดอ่านไม่ได้ ตรวจชื่อโฟลเดอร์")))
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        message = _("ไม่ใช่ข้อความ UTF-8 ให้บันทึกใหม่เป็น “CSV UTF-8”")
        faults.append(Fault(path.name, line, message))
    return None


def _learn_names(folder: Folder) -> None:
    for row in folder.rows["agencies.csv"]:
        name = row.values["name_th"]
        folder.agency_by_name[name] = "" if name in folder.agency_by_name else row.key


def _put_parents_first(folder: Folder) -> None:
    """Order agencies from the top of the tree down; an unknown parent or a circle is a fault."""
    waiting, placed = list(folder.rows["agencies.csv"]), []
    known: set[str] = {""}
    all_codes = folder.keys("agencies.csv")
    while ready := [row for row in waiting if row.values["parent"] in known]:
        placed += ready
        known.update(row.key for row in ready)
        waiting = [row for row in waiting if row.key not in known]
    for row in waiting:
        parent = row.values["parent"]
        message = (
            _("สังกัดวนเป็นวง หน่วยงาน %s อยู่ใต้ตัวเอง") % row.key
            if parent in all_codes
            else _("ไม่มีหน่วยงานรหัสสังกัด %s ในแฟ้มนี้") % parent
        )
        folder.faults.append(Fault(row.file, row.line, message))
    folder.rows["agencies.csv"] = placed + waiting


def _sources(cells: dict, folder: Folder, *, needed: bool) -> list[str]:
    urls = sorted(set(cell.parts(cells, "sources")))
    if needed and not urls:
        raise cell.RowFaulty(_("ช่อง sources ว่าง ทุกข้อเท็จจริงต้องมีแหล่งที่มา"))
    for url in urls:
        if url not in folder.keys("sources.csv"):
            raise cell.RowFaulty(_("แหล่งที่มา %s ไม่มีใน sources.csv ให้เพิ่มที่นั่นก่อน") % url[:80])
    return urls


def _optional(cells: dict, file: str) -> dict[str, str]:
    return {name: cells[name] for name in OPTIONAL_COLUMNS[file] if name in cells}


# --- rows ----------------------------------------------------------------------------------------


def _read_source(cells: dict, folder: Folder) -> tuple[str, dict]:
    url = cell.needed_text(cells, "url")
    try:
        web_address(url)
    except ValidationError:
        raise cell.RowFaulty(_("ช่อง url ไม่ใช่ที่อยู่เว็บที่ใช้ได้")) from None
    values = {"url": url, "title": cells["title"], "publisher": cells["publisher"]}
    return url, values | {"published_on": cell.iso_date(cells, "published_on")}


def _read_level(cells: dict, folder: Folder) -> tuple[str, dict]:
    texts = ["code", "name_th", "name_en", "colour_th", "colour_en"]
    values = {name: cell.needed_text(cells, name) for name in texts}
    values |= {
        name: cell.whole(cells, name, most=1000) for name in ("rank", "min_score", "max_score")
    }
    values |= {name: cells[name] for name in ("meaning_th", "slogan_th")}
    if not values["min_score"] <= values["max_score"] <= 100:
        raise cell.RowFaulty(_("ช่วงคะแนนต้องอยู่ระหว่าง 0 ถึง 100 และต่ำสุดไม่มากกว่าสูงสุด"))
    return values["code"], values | _optional(cells, "levels.csv")


def _read_agency(cells: dict, folder: Folder) -> tuple[str, dict]:
    code = cell.needed_text(cells, "code")
    if not re.fullmatch(CODE_REGEX, code):
        raise cell.RowFaulty(_("รหัส “%s” ใช้ไม่ได้ ต้องเป็นตัวเลขหรืออักษรอังกฤษเล็กหกตัว") % code[:40])
    parent = cells["parent_code"]
    if parent == code:
        raise cell.RowFaulty(_("หน่วยงานสังกัดตัวเองไม่ได้"))
    return code, {
        "code": code,
        "name_th": cell.needed_text(cells, "name_th"),
        "name_en": cells["name_en"],
        "kind": cell.one_of(cells, "kind", set(Agency.Kind.values)),
        "service": cell.one_of(cells, "service", folder.services, blank=True),
        "parent": parent,
        "province": cell.one_of(cells, "province_code", set(provinces.BY_CODE), blank=True),
        "short_names": sorted(set(cell.parts(cells, "short_names"))),
        "other_names": sorted(set(cell.parts(cells, "other_names"))),
    }


def _read_event(cells: dict, folder: Folder) -> tuple[str, dict]:
    code = cell.needed_text(cells, "code")
    year = cell.year(cells, "year_be")
    if not re.fullmatch(EVENT_CODE_REGEX, code) or not code.startswith(str(year)):
        raise cell.RowFaulty(_("รหัสพิธี “%s” ต้องเป็นปีที่รับรอง เช่น 2565 หรือ 2565-2") % code[:40])
    return code, {
        "code": code,
        "year": year,
        "held_on": cell.iso_date(cells, "held_on"),
        "starts_at": cell.iso_time(cells, "starts_at"),
        "title_th": cell.needed_text(cells, "title_th"),
        "venue_th": cells["venue_th"],
        "province": cell.one_of(cells, "province_code", set(provinces.BY_CODE), blank=True),
        "is_online": {"1": True, "0": False, "": None}[
            cell.one_of(cells, "online", {"0", "1"}, blank=True)
        ],
        "presider": cells["presider_th"],
        "presider_position": cells["presider_position_th"],
        "organiser": cells["organizer"],
        "disagreements": cells["note_th"],
        "sources": _sources(cells, folder, needed=True),
    }


def _read_criterion(cells: dict, folder: Folder) -> tuple[str, dict]:
    first, last = cell.year(cells, "year_from_be"), cell.year(cells, "year_to_be")
    order = cell.whole(cells, "order", most=1000)
    if first > last:
        raise cell.RowFaulty(_("ปีแรกต้องไม่หลังปีสุดท้าย"))
    return f"{first}-{last}-{order}", {
        "first_year": first,
        "last_year": last,
        "order": order,
        "title_th": cell.needed_text(cells, "title_th"),
        "text_th": cells["text_th"],
        "sources": _sources(cells, folder, needed=True),
        **_optional(cells, "criteria.csv"),
    }


def _read_award(cells: dict, folder: Folder) -> tuple[str, dict]:
    code = cell.one_of(cells, "agency_code", folder.keys("agencies.csv"))
    name = cells["agency"]
    if folder.agency_by_name.get(name, code) not in (code, ""):
        raise cell.RowFaulty(_("รหัส %(code)s ไม่ใช่ของ “%(name)s”") % {"code": code, "name": name})
    year = cell.year(cells, "year_be") if cells["year_be"] else None
    known_by = cell.iso_date(cells, "known_by")
    if year is None and known_by is None:
        raise cell.RowFaulty(_("เมื่อช่อง year_be ว่าง ต้องกรอก known_by"))
    return f"{code}-{year or ''}", {
        "agency": code,
        "year": year,
        "event": str(year) if str(year) in folder.keys("award_events.csv") else "",
        "known_by": known_by,
        "level": cell.one_of(cells, "level", folder.keys("levels.csv"), blank=True),
        "recipients": _recipients(cells),
        "sources": _sources(cells, folder, needed=True),
    }


def _recipients(cells: dict) -> list[list[str]]:
    """[name, position, on behalf of, that person's position] of each who received the plaque."""
    received = [people.with_behalf(text) for text in cell.parts(cells, "received_by")]
    behalf = [people.name_and_position(text) for text in cell.parts(cells, "on_behalf_of")]
    if len(behalf) > 1 or (behalf and not received):
        raise cell.RowFaulty(_("ช่อง on_behalf_of ต้องมีคนเดียว และต้องมีผู้รับมอบ"))
    named = behalf[0] if behalf else ("", "")
    return [[name, post, *(said if any(said) else named)] for name, post, *said in received]


def _read_figure(cells: dict, folder: Folder) -> tuple[str, dict]:
    first, last = cell.year(cells, "year_from_be"), cell.year(cells, "year_to_be")
    if first > last:
        raise cell.RowFaulty(_("ปีแรกต้องไม่หลังปีสุดท้าย"))
    values = {
        "first_year": first,
        "last_year": last,
        "agency": _body(cells, folder),
        "measure": cell.one_of(cells, "measure", set(AnnouncedFigure.Measure.values)),
        "level": cell.one_of(cells, "level", folder.keys("levels.csv"), blank=True),
        "count": cell.whole(cells, "count"),
        "as_of": cell.iso_date(cells, "as_of"),
    }
    if values["measure"] in ("certified_to_date", "in_force") and values["as_of"] is None:
        raise cell.RowFaulty(_("ตัวเลขสะสมและตัวเลขการรับรองที่ยังมีผล ต้องกรอก as_of"))
    key = "-".join(str(value) if value is not None else "" for value in values.values())
    return key, values | {
        "note": cells["note_th"],
        "sources": _sources(cells, folder, needed=True),
    }


def _body(cells: dict, folder: Folder) -> str:
    """The code of the body a figure is about, "" for the whole country; the file names it."""
    name = cell.needed_text(cells, "body")
    if name == NATIONWIDE:
        return ""
    code = folder.agency_by_name.get(name)
    if not code:
        raise cell.RowFaulty(_("“%s” ไม่มีหรือมีมากกว่าหนึ่งใน agencies.csv") % name[:80])
    return code


READERS: dict[str, Callable[[dict, Folder], tuple[str, dict]]] = {
    "sources.csv": _read_source,
    "levels.csv": _read_level,
    "agencies.csv": _read_agency,
    "award_events.csv": _read_event,
    "criteria.csv": _read_criterion,
    "awards.csv": _read_award,
    "announced_figures.csv": _read_figure,
}

FILES_IN_ORDER = tuple(READERS)  # a file refers only to files before it
