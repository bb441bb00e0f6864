"""A number that somebody printed names who printed it, whichever way it comes in."""

import io

import pytest
from django.core.management import CommandError, call_command

from certifications.models import Agency, AnnouncedFigure, Change, Source
from tests import make
from tests.actions.loading.test_records import NEWS, write_folder
from tests.admin.test_admin import address

pytestmark = pytest.mark.django_db

SENTENCE = "ตัวเลขที่ประกาศต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง"
FIGURE = {"first_year": "2565", "last_year": "2565", "measure": "certified", "count": "7777777"}


def figure_without_source(**facts) -> AnnouncedFigure:
    figure = make.figure(7_777_777, **facts)
    figure.sources.clear()
    return figure


def test_the_desk_refuses_a_figure_without_a_source_beside_the_field(client):
    client.force_login(make.user(group="ผู้บันทึก"))
    page = client.post(address(AnnouncedFigure, "add"), FIGURE)
    assert page.context["adminform"].form.errors["sources"] == [SENTENCE]
    client.post(address(AnnouncedFigure, "add"), FIGURE | {"sources": [make.source().pk]})
    assert AnnouncedFigure.objects.get().sources.count() == 1


def test_a_figure_keeps_its_last_source(client):
    figure = make.figure(7_777_777)
    client.force_login(make.user(group="ผู้บันทึก"))
    page = client.post(address(AnnouncedFigure, "change", figure.pk), FIGURE)
    assert page.context["adminform"].form.errors["sources"] == [SENTENCE]
    assert figure.sources.count() == 1


def test_one_written_past_the_form_is_on_no_page_and_makes_no_body_public(client):
    make.event(2565)
    department = make.department()
    figure = figure_without_source(agency=department)
    figure_without_source()
    assert not AnnouncedFigure.objects.published().exists()
    assert not Agency.objects.published().exists()
    assert client.get(department.get_absolute_url()).status_code == 404
    for page in ("/", "/about/", "/events/2565/", "/data/figures.json", "/changes/?format=json"):
        seen = b"".join(client.get(page)).decode()
        assert "7,777,777" not in seen and "7777777" not in seen, page
    figure.sources.add(make.source())
    assert client.get(department.get_absolute_url()).status_code == 200
    assert "7777777" in client.get("/changes/?format=json").text
    assert Change.objects.filter(table="certifications.announcedfigure").count() == 2


def test_check_records_names_a_figure_without_a_source():
    figure = figure_without_source()
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_records", stdout=output)
    assert SENTENCE in output.getvalue()
    assert address(AnnouncedFigure, "change", figure.pk) in output.getvalue()
    figure.sources.add(make.source())
    call_command("check_records", stdout=output)


def test_loading_refuses_a_new_figure_whose_sources_staff_have_renamed(tmp_path):
    folder = write_folder(tmp_path)
    call_command("load_records", folder, stdout=io.StringIO(), verbosity=0)
    Source.objects.filter(url=NEWS).update(url="https://example.test/renamed")
    folder = write_folder(tmp_path, ("announced_figures.csv", 2, {"count": "777"}))
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("load_records", folder, stdout=io.StringIO(), stderr=said, verbosity=0)
    assert SENTENCE in said.getvalue()
    assert not AnnouncedFigure.objects.filter(count=777).exists()
