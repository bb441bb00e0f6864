"""The tools of tests/benchmarks/: they touch no real record, and what they invent is valid."""

import datetime
import itertools
import json
from collections import Counter
from urllib.parse import urlparse

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from certifications.models import Agency, AgencyName, Award, AwardEvent, LoadedRecord, Source
from certifications.reference import provinces, thai
from certifications.reference.states import State
from tests import make
from tests.benchmarks import database, fuzz, generate, lists

OFFICES = 60


def invented():
    """The invented offices, without the ministries and departments above them."""
    return Agency.objects.exclude(province="")


@pytest.fixture
def register(db):
    generate.fill(OFFICES)
    generate.rebuild_what_is_kept_in_step()


@pytest.mark.django_db
def test_a_real_agency_is_never_written_beside():
    code = min(database.real_codes())
    Agency.objects.create(code=code, name_th="กรมจริง", website="https://x.invented.example.test/")
    with pytest.raises(database.Refused, match=r"agencies\.csv"):
        database.refuse_real_records()


@pytest.mark.django_db
def test_an_agency_without_the_mark_of_an_invented_one_is_taken_for_real():
    body = make.agency(website="https://www.example.go.th/")
    with pytest.raises(database.Refused, match=body.code):
        database.refuse_real_records()


@pytest.mark.django_db
def test_loaded_records_are_never_written_beside():
    LoadedRecord.objects.create(kind="sources", key="x", object_id=1, values={})
    with pytest.raises(database.Refused, match="loaded"):
        database.refuse_real_records()


@pytest.mark.django_db
def test_the_data_files_are_enough_to_be_refused():
    call_command("load_records", verbosity=0)
    LoadedRecord.objects.all().delete()
    with pytest.raises(database.Refused):
        database.refuse_real_records()


def test_the_database_of_the_site_is_refused_however_its_address_is_written(monkeypatch, tmp_path):
    (tmp_path / "folder").mkdir()
    site = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "site.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", site)
    with pytest.raises(database.Refused, match="DATABASE_URL"):
        database.use(f"sqlite:///{tmp_path}/folder/../site.sqlite3")


def test_the_command_says_why_it_refuses_and_exits_with_2(monkeypatch, capsys, tmp_path):
    site = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "site.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", site)
    arguments = ["--offices", "10", "--database", f"sqlite:///{tmp_path}/site.sqlite3"]
    assert generate.main(arguments) == 2
    assert "DATABASE_URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("register")
def test_what_was_invented_is_not_taken_for_real():
    database.refuse_real_records()


@pytest.mark.usefixtures("register")
def test_each_invented_office_is_public_in_a_province_and_has_three_awards():
    awards = Counter(Award.objects.published().values_list("agency", flat=True))
    assert len(awards) == OFFICES
    assert set(awards.values()) == {3}
    assert set(awards) == set(invented().values_list("pk", flat=True))
    assert invented().certified().count() == OFFICES
    assert len(set(invented().values_list("province", flat=True))) > 20


@pytest.mark.usefixtures("register")
def test_invented_records_are_as_saving_them_one_by_one_would_have_left_them():
    for agency in Agency.objects.select_related("parent"):
        assert agency.name_th == thai.clean(agency.name_th)
        assert agency.sort_key == thai.sort_key(agency.name_th)
        above = agency.parent.path if agency.parent else ""
        assert agency.path == f"{above}{agency.code}/"
        agency.full_clean()
    for name in AgencyName.objects.all():
        name.full_clean()
    for award in Award.objects.select_related("agency", "event", "level"):
        award.full_clean()
    for event in AwardEvent.objects.all():
        event.full_clean()


@pytest.mark.usefixtures("register")
def test_nothing_invented_can_be_mistaken_for_a_record():
    assert not database.real_codes() & set(Agency.objects.values_list("code", flat=True))
    websites = [*Agency.objects.values_list("website", flat=True)]
    sources = [*Source.objects.values_list("url", flat=True)]
    hosts = [urlparse(address).hostname for address in websites + sources]
    assert {host.rpartition("example.test")[1:] for host in hosts} == {("example.test", "")}
    bodies = Agency.objects.filter(province="")
    assert all("(สมมติ)" in body.name_th and "(invented)" in body.name_en for body in bodies)


@pytest.mark.usefixtures("register")
def test_awards_are_renewed_about_every_three_years():
    for office in invented():
        years = [*office.awards.exclude(year=None).order_by("year").values_list("year", flat=True)]
        assert years[0] >= 2559
        assert years[-1] <= 2569
        assert all(1 <= later - earlier <= 5 for earlier, later in itertools.pairwise(years))


def test_a_larger_register_holds_every_kind_of_record(db):
    generate.fill(1_500)
    assert {place.code for place in provinces.ALL} == {
        *invented().values_list("province", flat=True)
    }
    assert {None, "basic", "advanced", "excellent"} == {
        *Award.objects.values_list("level__code", flat=True)
    }
    assert Award.objects.filter(year=None).exists()
    day = datetime.date(2026, 11, 22)
    states = {*Award.objects.with_state(day).values_list("state", flat=True)}
    assert states >= {State.IN_FORCE, State.LAPSED, State.SUSPENDED, State.WITHDRAWN}


def picture() -> list[tuple]:
    """What there is, without the numbers and times of one database."""
    agencies = Agency.objects.order_by("code").values_list("code", "name_th", "parent__code")
    facts = ("agency__code", "year", "level__code", "score", "event__code", "known_by")
    return [*agencies, *Award.objects.order_by("agency__code", "year").values_list(*facts)]


def invented_with(seed: int) -> list[tuple]:
    with transaction.atomic():
        generate.fill(OFFICES, seed)
        found = picture()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_invents_the_same_records_and_another_seed_others(db):
    assert invented_with(1) == invented_with(1) != invented_with(2)


@pytest.mark.usefixtures("register")
def test_malformed_questions_find_no_fault():
    outcome = fuzz.ask_all(fuzz.questions(300, seed=1))
    assert outcome.faults == []
    assert sum(outcome.statuses.values()) == 300
    assert outcome.statuses[400] > 10


@pytest.mark.usefixtures("register")
def test_a_fault_is_found(monkeypatch):
    monkeypatch.setattr("certifications.listing.results.listing", lambda _parameters: 1 / 0)
    outcome = fuzz.ask_all(fuzz.questions(20, seed=1))
    assert "ZeroDivisionError" in "".join(outcome.faults)


def test_questions_are_the_same_for_the_same_seed(db):
    first, second, other = ([*fuzz.questions(50, seed)] for seed in (1, 1, 2))
    assert first == second != other


def test_pasted_lists_are_scored_by_the_offices_that_a_text_names(tmp_path):
    text = "\ufeffข่าวสมมติ\nปี 2565 ระดับทอง จำนวน 2 ศูนย์ ได้แก่ โรงพยาบาลก และโรงพยาบาลข\nอื่นๆ"
    known = {"level": "excellent", "year_be": 2565}
    awards = [
        known | {"office": "โรงพยาบาลก", "as_written": "โรงพยาบาลก"},
        known | {"office": "โรงพยาบาลสมมติ", "as_written": "โรงพยาบาลสมมติ"},
    ]
    (tmp_path / "gold").mkdir()
    (tmp_path / "1.txt").write_text(text, encoding="utf-8")
    (tmp_path / "gold" / "1.json").write_text(json.dumps({"awards": awards}), encoding="utf-8")
    ((_name, found, offices),) = lists.cases(tmp_path)
    (paragraph,) = lists.paragraphs(found, offices)
    assert lists.score(paragraph, offices) == {
        "offices": 2,
        "right": 1,
        "levels": 1,
        "years": 1,
        "others": 1,
    }
