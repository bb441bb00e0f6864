"""Loading a folder of data files: what is new, what only the file changed, what staff changed."""

import csv
import datetime
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from certifications.actions.loading.record_files import COLUMNS, RecordFilesFaulty
from certifications.actions.loading.records import Kept, load_records
from certifications.management.commands import load_records as command
from certifications.models import (
    Agency,
    AgencyName,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardRecipient,
    CertificationLevel,
    Change,
    Criterion,
    LoadedRecord,
    Service,
    Source,
)
from tests import make

pytestmark = pytest.mark.django_db

NEWS = "https://example.test/news"
LIST = "https://example.test/list"
UNUSED = "https://example.test/unused"
MINISTRY, DEPARTMENT, OTHER_DEPARTMENT = "mmmmmm", "dddddd", "nnnnnn"
OFFICE, NEW_OFFICE = "ffffff", "pppppp"

# The first of each is line 2 of its file; cells not named are empty.
ROWS = {
    "sources.csv": [
        {"url": NEWS, "title": "ข่าวสมมติ", "publisher": "สำนักข่าว", "published_on": "2022-09-29"},
        {"url": LIST, "title": "บัญชีสมมติ"},
        {"url": UNUSED},
    ],
    "levels.csv": [
        dict(zip(COLUMNS["levels.csv"].split(), cells.split("|"), strict=True))
        for cells in (
            "basic|1|ระดับพื้นฐาน|Basic|ฟ้า|Blue|70|79|สะดวก|คำขวัญ",
            "advanced|2|ระดับก้าวหน้า|Advanced|เงิน|Silver|80|89||",
            "excellent|3|ระดับเป็นเลิศ|Excellent|ทอง|Gold|90|100||",
        )
    ],
    "agencies.csv": [
        {"code": MINISTRY, "name_th": "กระทรวงสมมติ", "kind": "ministry"},
        {
            "code": DEPARTMENT,
            "name_th": "กรมสมมติ",
            "kind": "department",
            "parent_code": MINISTRY,
            "short_names": "กส.|DOS",
        },
        {
            "code": OFFICE,
            "name_th": "สำนักงานสมมติจังหวัดแพร่",
            "name_en": "Phrae Office",
            "kind": "office",
            "service": "employment",
            "parent_code": DEPARTMENT,
            "province_code": "54",
            "short_names": "สส.พร.",
            "other_names": "สนง.สมมติแพร่",
        },
        {
            "code": OTHER_DEPARTMENT,
            "name_th": "กรมอื่น",
            "kind": "department",
            "parent_code": MINISTRY,
        },
        {"code": NEW_OFFICE, "name_th": "สำนักงานน่าน", "kind": "office", "parent_code": DEPARTMENT},
    ],
    "award_events.csv": [
        {
            "code": "2565",
            "year_be": "2565",
            "held_on": "2022-09-28",
            "starts_at": "13:00",
            "title_th": "พิธีมอบ 2565",
            "venue_th": "ห้องประชุมสมมติ",
            "province_code": "10",
            "online": "0",
            "presider_th": "นายประธาน",
            "presider_position_th": "รัฐมนตรี",
            "organizer": "สำนักงานผู้จัด",
            "sources": NEWS,
            "note_th": "แหล่งหนึ่งระบุ 10:00",
        }
    ],
    "criteria.csv": [
        {
            "year_from_be": "2565",
            "year_to_be": "2566",
            "order": "1",
            "title_th": "ด้านสถานที่",
            "text_th": "เข้าถึงง่าย",
            "sources": NEWS,
        }
    ],
    "awards.csv": [
        {
            "agency_code": OFFICE,
            "agency": "สำนักงานสมมติจังหวัดแพร่",
            "year_be": "2565",
            "level": "basic",
            "received_by": "นายผู้รับ (ผู้ตรวจราชการกรม)",
            "on_behalf_of": "นายอธิบดี (อธิบดีกรมสมมติ)",
            "sources": NEWS,
        },
        {"agency_code": OTHER_DEPARTMENT, "known_by": "2022-09-29", "sources": f"{LIST}|{NEWS}"},
    ],
    "announced_figures.csv": [
        {
            "year_from_be": "2565",
            "year_to_be": "2565",
            "body": "ทั่วประเทศ",
            "measure": "certified",
            "count": "666",
            "sources": NEWS,
        },
        {
            "year_from_be": "2559",
            "year_to_be": "2565",
            "body": "กรมสมมติ",
            "measure": "certified_to_date",
            "level": "basic",
            "count": "7",
            "as_of": "2022-09-29",
            "note_th": "ตามข่าว",
            "sources": NEWS,
        },
    ],
}
ROWS_PER_FILE = Counter({file: len(rows) for file, rows in ROWS.items()})

Edit = tuple[str, int, dict[str, str]]  # file, line, the cells that differ; a next line is added


def write_folder(folder: Path, *edits: Edit) -> Path:
    """The seven files of ROWS with some lines edited."""
    rows = {file: [dict(row) for row in default] for file, default in ROWS.items()}
    for file, line, cells in edits:
        if line - 2 == len(rows[file]):
            rows[file].append({})
        rows[file][line - 2] |= cells
    folder.mkdir(exist_ok=True)
    for file, lines in rows.items():
        with (folder / file).open("w", encoding="utf-8", newline="") as opened:
            columns = dict.fromkeys(
                [*COLUMNS[file].split(), *(name for row in lines for name in row)]
            )
            writer = csv.DictWriter(opened, list(columns), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
    return folder


def dump() -> dict[str, list]:
    """Every row of every table of the register, times of writing included."""
    models = apps.get_app_config("certifications").get_models(include_auto_created=True)
    return {model._meta.db_table: list(model.objects.order_by("pk").values()) for model in models}


@pytest.fixture
def load(tmp_path):
    """Load the folder of ROWS, edited, once more into the same register."""

    def load(*edits: Edit):
        return load_records(write_folder(tmp_path, *edits), by=make.publisher())

    return load


def run(folder: Path) -> str:
    """What the command says."""
    output = io.StringIO()
    call_command("load_records", str(folder), stdout=output)
    return output.getvalue()


def office() -> Agency:
    return Agency.objects.get(code=OFFICE)


# --- a first load --------------------------------------------------------------------------------


def test_every_change_says_by_which_letter_the_files_were_loaded(tmp_path):
    folder, quiet = str(write_folder(tmp_path)), {"stdout": io.StringIO(), "verbosity": 0}
    call_command("load_records", folder, letter="นร 0105/1", **quiet)
    reasons = Change.objects.filter(table="certifications.award").values_list("why", flat=True)
    assert {*reasons} == {"load_records นร 0105/1"}


def test_a_first_load_creates_a_record_for_every_row(load):
    report = load()

    assert report.created == ROWS_PER_FILE
    assert (report.updated, report.unchanged, report.kept, report.gone) == ({}, {}, [], [])
    models = (Source, CertificationLevel, Agency, AwardEvent, Criterion, Award, AnnouncedFigure)
    assert [model.objects.count() for model in models] == list(ROWS_PER_FILE.values())


def test_an_agency_has_what_its_row_says(load):
    load()

    agency = office()
    assert (agency.name_th, agency.name_en) == ("สำนักงานสมมติจังหวัดแพร่", "Phrae Office")
    assert (agency.kind, agency.service.code, agency.province) == ("office", "employment", "54")
    assert agency.path == f"{MINISTRY}/{DEPARTMENT}/{OFFICE}/"
    names = set(agency.names.values_list("kind", "name"))
    assert names == {("short", "สส.พร."), ("as_printed", "สนง.สมมติแพร่")}


def test_an_award_has_its_ceremony_level_recipients_and_sources(load):
    load()

    award = Award.objects.get(agency__code=OFFICE)
    assert (award.year, award.event.code, award.level.code) == (2565, "2565", "basic")
    person = award.recipients.get()
    assert (person.name, person.position) == ("นายผู้รับ", "ผู้ตรวจราชการกรม")
    assert (person.on_behalf_of, person.on_behalf_of_position) == ("นายอธิบดี", "อธิบดีกรมสมมติ")
    assert [source.url for source in award.sources.all()] == [NEWS]


def test_an_award_without_a_year_has_the_day_it_was_known_by_and_no_ceremony(load):
    load()

    award = Award.objects.get(agency__code=OTHER_DEPARTMENT)
    assert (award.year, award.event, award.level) == (None, None, None)
    assert award.known_by == datetime.date(2022, 9, 29)
    assert {source.url for source in award.sources.all()} == {LIST, NEWS}


def test_a_ceremony_a_viewpoint_and_figures_have_what_their_rows_say(load):
    load()

    event = AwardEvent.objects.get()
    assert (event.held_on, event.starts_at) == (datetime.date(2022, 9, 28), datetime.time(13))
    assert (event.venue_th, event.province, event.is_online) == ("ห้องประชุมสมมติ", "10", False)
    assert (event.presider, event.presider_position) == ("นายประธาน", "รัฐมนตรี")
    assert (event.organiser, event.disagreements) == ("สำนักงานผู้จัด", "แหล่งหนึ่งระบุ 10:00")
    criterion = Criterion.objects.get()
    assert (criterion.first_year, criterion.last_year, criterion.order) == (2565, 2566, 1)
    assert (criterion.title_th, criterion.text_th) == ("ด้านสถานที่", "เข้าถึงง่าย")
    nationwide = AnnouncedFigure.objects.get(count=666)
    assert (nationwide.agency, nationwide.level, nationwide.as_of) == (None, None, None)
    to_date = AnnouncedFigure.objects.get(count=7)
    assert (to_date.agency.code, to_date.level.code) == (DEPARTMENT, "basic")
    assert (to_date.measure, to_date.as_of) == ("certified_to_date", datetime.date(2022, 9, 29))


def test_several_recipients_keep_their_order(load):
    load(("awards.csv", 2, {"received_by": "นายหนึ่ง (ก)|นายสอง|นายสาม (ค (ชั้นสูง))"}))

    people = AwardRecipient.objects.order_by("order").values_list("name", "position")
    assert list(people) == [("นายหนึ่ง", "ก"), ("นายสอง", ""), ("นายสาม", "ค (ชั้นสูง)")]


def test_each_recipient_may_be_there_on_behalf_of_another(load):
    load(("awards.csv", 2, {"received_by": "นายหนึ่ง (ก) แทน นายสอง (ข)|นายสาม", "on_behalf_of": ""}))

    told = ("name", "position", "on_behalf_of", "on_behalf_of_position")
    people = AwardRecipient.objects.order_by("order").values_list(*told)
    assert list(people) == [("นายหนึ่ง", "ก", "นายสอง", "ข"), ("นายสาม", "", "", "")]


def test_a_parent_may_stand_below_its_children_in_the_file(load):
    load(
        ("agencies.csv", 2, {"code": NEW_OFFICE, "parent_code": DEPARTMENT, "kind": "office"}),
        ("agencies.csv", 6, {"code": MINISTRY, "parent_code": "", "kind": "ministry"}),
    )

    assert Agency.objects.get(code=NEW_OFFICE).path == f"{MINISTRY}/{DEPARTMENT}/{NEW_OFFICE}/"


def test_what_the_command_loads_is_public_in_the_name_of_load_records(tmp_path):
    run(write_folder(tmp_path))

    for record in [*Award.objects.all(), *AwardEvent.objects.all()]:
        assert record.is_public
        assert record.published_by.username == "load_records"
    codes = {agency.code for agency in Agency.objects.published()}
    assert codes == {MINISTRY, DEPARTMENT, OFFICE, OTHER_DEPARTMENT}


def test_a_refused_load_leaves_no_account_behind(tmp_path):
    folder = write_folder(tmp_path, ("announced_figures.csv", 3, {"count": "เจ็ด"}))

    with pytest.raises(CommandError):
        run(folder)

    assert not get_user_model().objects.exists()


def test_nobody_can_log_in_as_load_records(tmp_path):
    run(write_folder(tmp_path))

    account = get_user_model().objects.get(username="load_records")
    assert not account.is_active
    assert not account.is_staff
    assert not account.has_usable_password()


def test_the_command_says_how_many_records_it_added_by_file(tmp_path):
    output = run(write_folder(tmp_path))

    assert "agencies.csv: เพิ่ม 5 ปรับปรุง 0 คงเดิม 0" in output
    assert "announced_figures.csv: เพิ่ม 2 ปรับปรุง 0 คงเดิม 0" in output


def test_progress_is_told_after_each_row(tmp_path):
    told = []
    folder = write_folder(tmp_path)
    load_records(folder, by=make.publisher(), progress=lambda *numbers: told.append(numbers))

    total = ROWS_PER_FILE.total()
    assert told == [(done, total) for done in range(1, total + 1)]


def test_an_interruption_at_the_last_row_leaves_nothing_behind(tmp_path):
    def interrupt(done, total):
        if done == total:
            raise KeyboardInterrupt

    publisher, before = make.publisher(), dump()
    with pytest.raises(KeyboardInterrupt):
        load_records(write_folder(tmp_path), by=publisher, progress=interrupt)

    assert dump() == before


def test_a_clash_with_someone_saving_at_the_same_time_is_said_plainly(tmp_path, monkeypatch):
    def clash(*args, **kwargs):
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(command, "load_records", clash)
    with pytest.raises(CommandError, match="สั่งใหม่อีกครั้ง"):
        run(write_folder(tmp_path))


# --- a second load -------------------------------------------------------------------------------


def test_a_second_load_of_the_same_files_changes_nothing(load):
    load()
    before = dump()

    report = load()

    assert dump() == before
    assert report.unchanged == ROWS_PER_FILE
    assert (report.created, report.updated, report.kept, report.gone) == ({}, {}, [], [])


def test_a_second_command_says_nothing_changed(tmp_path):
    run(write_folder(tmp_path))
    before = dump()

    output = run(tmp_path)

    assert dump() == before
    assert "agencies.csv: เพิ่ม 0 ปรับปรุง 0 คงเดิม 5" in output
    assert "คงค่าที่เจ้าหน้าที่แก้ไว้" not in output
    assert get_user_model().objects.filter(username="load_records").count() == 1


def test_a_new_row_is_added_beside_the_old_ones(load):
    load()
    new = {"agency_code": NEW_OFFICE, "year_be": "2565", "level": "advanced", "sources": NEWS}

    report = load(("awards.csv", 4, new))

    assert report.created == {"awards.csv": 1}
    assert Award.objects.get(agency__code=NEW_OFFICE).is_public


def test_a_row_dropped_from_its_file_stays_in_the_register(load, tmp_path):
    load()
    before = dump()
    figures = tmp_path / "announced_figures.csv"
    figures.write_text("".join(figures.read_text("utf-8").splitlines(True)[:-1]), "utf-8")

    report = load_records(tmp_path, by=make.publisher())

    assert dump() == before
    (dropped,) = report.dropped
    assert dropped.startswith("announced_figures.csv ")


# --- file, last loaded, database: three ways -----------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A cell of ROWS and other values for it: one in a newer file, one from staff, a third."""

    file: str
    line: int
    column: str
    field: str
    in_file: object
    by_staff: object
    later: object

    def edit(self, value: object) -> Edit:
        return self.file, self.line, {self.column: as_written(value)}

    def record(self):
        models = {
            "sources.csv": Source.objects.filter(url=NEWS),
            "levels.csv": CertificationLevel.objects.filter(code="basic"),
            "agencies.csv": Agency.objects.filter(code=OFFICE),
            "award_events.csv": AwardEvent.objects.filter(code="2565"),
            "criteria.csv": Criterion.objects.all(),
            "awards.csv": Award.objects.filter(
                agency__code=OFFICE if self.line == 2 else OTHER_DEPARTMENT
            ),
            "announced_figures.csv": AnnouncedFigure.objects.filter(count=7),
        }
        return models[self.file].get()

    def held(self) -> object:
        return value_of(self.record(), self.field)


def as_written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return "|".join(f"{v[0]} ({v[1]})" if isinstance(v, list) else v for v in value)
    return "" if value is None else str(value)


NAME_KINDS = {"short_names": AgencyName.Kind.SHORT, "other_names": AgencyName.Kind.AS_PRINTED}
REFERENCES = {"parent": Agency, "service": Service, "level": CertificationLevel}
PERSON = ("name", "position", "on_behalf_of", "on_behalf_of_position")


def value_of(record, field: str) -> object:
    if field in NAME_KINDS:
        return sorted(name.name for name in record.names.filter(kind=NAME_KINDS[field]))
    if field == "recipients":
        return [[getattr(person, name) for name in PERSON] for person in record.recipients.all()]
    if field == "sources":
        return sorted(source.url for source in record.sources.all())
    value = getattr(record, field)
    if field in REFERENCES:
        return value.code if value else ""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value


def staff_set(record, field: str, value: object) -> None:
    if field in NAME_KINDS:
        record.names.filter(kind=NAME_KINDS[field]).delete()
        for name in value:
            record.names.create(kind=NAME_KINDS[field], name=name)
    elif field == "recipients":
        record.recipients.all().delete()
        for order, person in enumerate(value, start=1):
            record.recipients.create(order=order, **dict(zip(PERSON, person, strict=True)))
    elif field == "sources":
        record.sources.set(Source.objects.filter(url__in=value))
    else:
        if field in REFERENCES:
            value = REFERENCES[field].objects.get(code=value) if value else None
        setattr(record, field, value)
        record.save()


BEHALF = ["นายอธิบดี", "อธิบดีกรมสมมติ"]
CELLS = [
    Cell("sources.csv", 2, "title", "title", "ใหม่", "แก้", "ที่สาม"),
    Cell("sources.csv", 2, "published_on", "published_on", "2022-10-01", "2022-10-02", ""),
    Cell("levels.csv", 2, "colour_th", "colour_th", "คราม", "น้ำเงิน", "ฟ้าอ่อน"),
    Cell("levels.csv", 2, "min_score", "min_score", 60, 65, 50),
    Cell("agencies.csv", 4, "name_th", "name_th", "ศูนย์ใหม่", "ศูนย์แก้", "ศูนย์ที่สาม"),
    Cell("agencies.csv", 4, "name_en", "name_en", "", "Edited", "Third"),
    Cell("agencies.csv", 4, "kind", "kind", "university", "department", "local_government"),
    Cell("agencies.csv", 4, "province_code", "province", "", "55", "50"),
    Cell("agencies.csv", 4, "parent_code", "parent", OTHER_DEPARTMENT, MINISTRY, ""),
    Cell("agencies.csv", 4, "service", "service", "land", "", "health"),
    Cell("agencies.csv", 4, "short_names", "short_names", ["ก.", "ข."], ["ค."], []),
    Cell("agencies.csv", 4, "other_names", "other_names", [], ["ชื่อเพิ่ม", "ชื่อแก้"], ["ชื่อที่สาม"]),
    Cell("award_events.csv", 2, "held_on", "held_on", "2022-09-29", "2022-09-30", "2022-10-01"),
    Cell("award_events.csv", 2, "starts_at", "starts_at", "13:30:00", "10:00:00", "09:00:00"),
    Cell("award_events.csv", 2, "venue_th", "venue_th", "ใหม่", "แก้", ""),
    Cell("award_events.csv", 2, "online", "is_online", True, None, False),
    Cell("award_events.csv", 2, "organizer", "organiser", "ใหม่", "แก้", ""),
    Cell("award_events.csv", 2, "note_th", "disagreements", "ใหม่", "แก้", ""),
    Cell("award_events.csv", 2, "sources", "sources", [LIST, NEWS], [LIST], [UNUSED]),
    Cell("criteria.csv", 2, "title_th", "title_th", "ใหม่", "แก้", "ที่สาม"),
    Cell("criteria.csv", 2, "sources", "sources", [LIST, NEWS], [LIST], [UNUSED]),
    Cell("awards.csv", 2, "level", "level", "advanced", "excellent", ""),
    Cell("awards.csv", 3, "known_by", "known_by", "2022-10-01", "2022-10-02", "2022-10-03"),
    Cell(
        "awards.csv",
        2,
        "received_by",
        "recipients",
        [["นายใหม่", "ก", *BEHALF], ["นายเพิ่ม", "ข", *BEHALF]],
        [["นายแก้", "ค", "", ""]],
        [["นายสาม", "ง", *BEHALF]],
    ),
    Cell("awards.csv", 2, "sources", "sources", [LIST, NEWS], [LIST], [UNUSED]),
    Cell("announced_figures.csv", 3, "note_th", "note", "ใหม่", "แก้", ""),
    Cell("announced_figures.csv", 3, "sources", "sources", [LIST, NEWS], [LIST], [UNUSED]),
]


def over(cells: list[Cell]):
    params = [pytest.param(cell, id=f"{cell.file} {cell.field}") for cell in cells]
    return pytest.mark.parametrize("cell", params)


every_field = over(CELLS)
# How fields stand to one another is the same for all; these are one of each sort of value.
SORTS = {
    "name_th",
    "min_score",
    "published_on",
    "is_online",
    "parent",
    "level",
    "service",
    "short_names",
    "other_names",
    "recipients",
    "sources",
}
every_sort = over([cell for cell in CELLS if cell.field in SORTS])


@every_field
def test_what_only_the_file_changed_is_updated(load, cell):
    load()

    report = load(cell.edit(cell.in_file))

    assert cell.held() == cell.in_file
    assert report.updated == {cell.file: 1}
    assert (report.created, report.kept) == ({}, [])
    before = dump()
    assert load(cell.edit(cell.in_file)).updated == {}
    assert dump() == before


@every_field
def test_what_only_staff_changed_is_kept_and_reported(load, cell):
    load()
    loaded = cell.held()
    staff_set(cell.record(), cell.field, cell.by_staff)

    report = load()

    assert cell.held() == cell.by_staff
    assert report.updated == {}
    assert report.kept == [Kept(str(cell.record()), cell.field, loaded, cell.by_staff)]


@every_sort
def test_what_file_and_staff_changed_differently_is_kept_and_reported(load, cell):
    load()
    staff_set(cell.record(), cell.field, cell.by_staff)

    report = load(cell.edit(cell.in_file))

    assert cell.held() == cell.by_staff
    assert report.updated == {}
    assert report.kept == [Kept(str(cell.record()), cell.field, cell.in_file, cell.by_staff)]


@every_sort
def test_what_file_and_staff_changed_alike_is_quiet(load, cell):
    load()
    staff_set(cell.record(), cell.field, cell.in_file)
    before = dump()

    report = load(cell.edit(cell.in_file))

    assert (report.updated, report.kept) == ({}, [])
    assert cell.held() == cell.in_file
    del before["certifications_loadedrecord"]
    assert {table: rows for table, rows in dump().items() if table in before} == before


@every_sort
def test_a_kept_value_outlives_later_changes_of_the_file(load, cell):
    load()
    staff_set(cell.record(), cell.field, cell.by_staff)
    load(cell.edit(cell.in_file))

    report = load(cell.edit(cell.later))

    assert cell.held() == cell.by_staff
    assert [(kept.field, kept.in_database) for kept in report.kept] == [(cell.field, cell.by_staff)]
    assert as_written(report.kept[0].in_file) == as_written(cell.later)


def test_a_value_that_staff_take_back_follows_the_file_again(load):
    load()
    staff_set(office(), "name_en", "Edited")
    load(("agencies.csv", 4, {"name_en": "New"}))
    staff_set(office(), "name_en", "Phrae Office")

    report = load(("agencies.csv", 4, {"name_en": "Newer"}))

    assert office().name_en == "Newer"
    assert report.kept == []


def test_a_value_on_which_staff_and_file_came_to_agree_follows_the_file_again(load):
    load()
    staff_set(office(), "name_en", "Edited")
    load(("agencies.csv", 4, {"name_en": "Edited"}))

    report = load(("agencies.csv", 4, {"name_en": "Newer"}))

    assert office().name_en == "Newer"
    assert report.kept == []


def test_a_kept_field_does_not_hold_back_the_other_fields_of_its_row(load):
    load()
    staff_set(office(), "name_en", "Edited")

    report = load(("agencies.csv", 4, {"province_code": "55", "service": "land"}))

    agency = office()
    assert (agency.name_en, agency.province, agency.service.code) == ("Edited", "55", "land")
    assert report.updated == {"agencies.csv": 1}
    assert [kept.field for kept in report.kept] == ["name_en"]


def test_what_staff_added_and_no_file_mentions_is_not_touched(load):
    load()
    staff_set(office(), "phone", "0 5451 1111")
    office().names.create(kind=AgencyName.Kind.FORMER, name="ชื่อเดิม")

    report = load(("agencies.csv", 4, {"other_names": "ชื่อใหม่"}))

    assert office().phone == "0 5451 1111"
    assert set(office().names.values_list("name", flat=True)) == {"ชื่อเดิม", "สส.พร.", "ชื่อใหม่"}
    assert report.kept == []


ENGLISH = ("criteria.csv", 2, {"title_en": "Place"})


def test_a_column_that_the_file_has_gained_fills_what_is_empty(load):
    load()

    report = load(ENGLISH)

    assert Criterion.objects.get().title_en == "Place"
    assert report.updated == {"criteria.csv": 1}
    assert load(ENGLISH).updated == {}


def test_a_column_that_the_file_has_gained_leaves_what_staff_wrote(load):
    load()
    staff_set(Criterion.objects.get(), "title_en", "Premises")

    for _time in range(2):
        report = load(ENGLISH)

        assert Criterion.objects.get().title_en == "Premises"
        criterion = str(Criterion.objects.get())
        assert report.kept == [Kept(criterion, "title_en", "Place", "Premises")]


def test_an_updated_award_stays_public_as_it_was(load):
    load()
    before = Award.objects.get(year=2565).published_at

    load(("awards.csv", 2, {"level": "advanced"}))

    assert Award.objects.get(year=2565).published_at == before


def test_an_award_that_staff_withdrew_from_view_is_not_brought_back(load):
    load()
    staff = make.user()
    Award.objects.filter(year=2565).update(
        hidden_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        hidden_by=staff,
        hidden_reason="ซ้ำ",
    )

    load(("awards.csv", 2, {"level": "advanced"}))

    assert not Award.objects.get(year=2565).is_public


# --- renamed, moved, deleted, entered before -----------------------------------------------------


def test_a_renamed_agency_is_found_by_its_code_and_its_new_name_kept(tmp_path):
    run(write_folder(tmp_path))
    address = office().get_absolute_url()
    staff_set(office(), "name_th", "สำนักงานที่เปลี่ยนชื่อแล้ว")

    output = run(tmp_path)

    assert Agency.objects.count() == 5
    assert office().name_th == "สำนักงานที่เปลี่ยนชื่อแล้ว"
    assert office().get_absolute_url() == address
    assert (
        "คงค่าที่เจ้าหน้าที่แก้ไว้: สำนักงานที่เปลี่ยนชื่อแล้ว ช่อง name_th "
        "ในแฟ้ม “สำนักงานสมมติจังหวัดแพร่” ในทะเบียน “สำนักงานที่เปลี่ยนชื่อแล้ว”"
    ) in output


def test_an_agency_renamed_in_the_file_keeps_its_code_and_awards(load):
    load()

    load(
        ("agencies.csv", 4, {"name_th": "ชื่อใหม่ในแฟ้ม"}),
        ("awards.csv", 2, {"agency": "ชื่อใหม่ในแฟ้ม"}),
    )

    assert Agency.objects.count() == 5
    assert office().name_th == "ชื่อใหม่ในแฟ้ม"
    assert office().awards.count() == 1


def test_a_department_moved_in_the_file_takes_its_offices_along(load):
    load()

    load(("agencies.csv", 3, {"parent_code": OTHER_DEPARTMENT}))

    above = f"{MINISTRY}/{OTHER_DEPARTMENT}/{DEPARTMENT}/"
    paths = dict(Agency.objects.values_list("code", "path"))
    assert paths[DEPARTMENT] == above
    assert paths[OFFICE] == f"{above}{OFFICE}/"
    assert paths[NEW_OFFICE] == f"{above}{NEW_OFFICE}/"


def test_parent_and_child_may_change_places_in_the_file(load):
    load()

    load(
        ("agencies.csv", 3, {"parent_code": OFFICE}),
        ("agencies.csv", 4, {"parent_code": MINISTRY}),
    )

    assert Agency.objects.get(code=DEPARTMENT).path == f"{MINISTRY}/{OFFICE}/{DEPARTMENT}/"


@pytest.mark.parametrize(
    ("record", "row"),
    [
        pytest.param(
            lambda: AnnouncedFigure.objects.get(count=666),
            "announced_figures.csv 2565",
            id="figure",
        ),
        pytest.param(lambda: Criterion.objects.get(), "criteria.csv 2565-2566-1", id="viewpoint"),
        pytest.param(
            lambda: Agency.objects.get(code=NEW_OFFICE), f"agencies.csv {NEW_OFFICE}", id="agency"
        ),
        pytest.param(lambda: Source.objects.get(url=UNUSED), f"sources.csv {UNUSED}", id="source"),
    ],
)
def test_a_record_that_staff_deleted_is_reported_and_not_brought_back(tmp_path, record, row):
    run(write_folder(tmp_path))
    record().delete()
    before = dump()

    for _time in range(2):
        assert f"เจ้าหน้าที่ลบไปแล้ว จึงไม่เพิ่มกลับ: {row}" in run(tmp_path)
        assert dump() == before


def test_records_that_staff_entered_beforehand_are_matched_and_not_doubled(load):
    source = Source.objects.create(url=NEWS, title="ชื่อที่เจ้าหน้าที่ให้")
    agency = make.agency(code=OFFICE, name_th="ชื่อที่เจ้าหน้าที่ให้")
    award = make.award(agency, 2565, level="excellent")
    event = make.event(2565, title_th="พิธีที่เจ้าหน้าที่ตั้ง")
    figure = make.figure(666)

    report = load()

    assert Source.objects.get(url=NEWS) == source
    assert Agency.objects.get(code=OFFICE) == agency
    assert Award.objects.get(agency=agency) == award
    assert AwardEvent.objects.get(year=2565) == event
    assert AnnouncedFigure.objects.get(count=666) == figure
    assert report.created["agencies.csv"] == ROWS_PER_FILE["agencies.csv"] - 1
    assert report.created["awards.csv"] == ROWS_PER_FILE["awards.csv"] - 1


def test_what_staff_entered_beforehand_is_kept_and_the_differences_reported(load):
    agency = make.agency(code=OFFICE, name_th="ชื่อที่เจ้าหน้าที่ให้", province="54")
    award = make.award(agency, 2565, level="excellent")

    for _time in range(2):
        kept = load().kept

        award.refresh_from_db()
        assert award.level.code == "excellent"
        assert office().name_th == "ชื่อที่เจ้าหน้าที่ให้"
        assert Kept(str(award), "level", "basic", "excellent") in kept
        name = Kept(str(agency), "name_th", "สำนักงานสมมติจังหวัดแพร่", "ชื่อที่เจ้าหน้าที่ให้")
        assert name in kept
        assert "province" not in {difference.field for difference in kept}


def test_an_award_of_unknown_year_that_staff_entered_is_matched_by_its_agency(load):
    agency = make.agency(code=OTHER_DEPARTMENT, name_th="กรมอื่น")
    award = make.award(agency, None)

    load()

    assert Award.objects.get(agency=agency) == award


def test_what_was_loaded_is_remembered_for_every_row(load):
    load()

    remembered = Counter(LoadedRecord.objects.values_list("kind", flat=True))
    assert remembered == ROWS_PER_FILE


def test_one_faulty_row_leaves_a_loaded_register_as_it_was(load):
    load()
    before = dump()

    with pytest.raises(RecordFilesFaulty):
        load(
            ("agencies.csv", 4, {"name_th": "ชื่อใหม่"}),
            ("announced_figures.csv", 3, {"count": "เจ็ด"}),
        )

    assert dump() == before
