"""The dump of every address: it notices what differs, forgets no address, masks no fact."""

import io
import subprocess
import sys
import zipfile

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from certifications import models
from tests import make
from tests.benchmarks.inprocess import as_in_production
from tests.dump import public, routes
from tests.dump.answers import Dump, Question, links, unpacked, written
from tests.dump.compare import compare

PAGE = Question("/agencies/?q=แพร่")
HTML = {"Content-Type": "text/html"}


def folder(path, **files):
    path.mkdir()
    for name, text in files.items():
        (path / name).write_text(text)
    return path


@pytest.fixture
def before(tmp_path):
    return folder(tmp_path / "before", one="/one/\n200\n\nหนึ่ง\n", two="/two/\n200\n\nสอง\n")


# --- comparing -----------------------------------------------------------------------------------


def test_two_that_are_equal_pass(tmp_path, before, capsys):
    after = folder(tmp_path / "after", one="/one/\n200\n\nหนึ่ง\n", two="/two/\n200\n\nสอง\n")
    assert compare(before, after) == 0
    assert capsys.readouterr().out == "2 addresses, 0 differ\n"


def test_a_changed_byte_is_told_with_its_address_and_line(tmp_path, before, capsys):
    after = folder(tmp_path / "after", one="/one/\n200\n\nหนึ่ง\n", two="/two/\n200\n\nสาม\n")
    assert compare(before, after) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["/two/", "  4 - สอง", "  4 + สาม", "2 addresses, 1 differ"]


def test_an_address_of_one_side_only_is_told(tmp_path, before, capsys):
    after = folder(tmp_path / "after", one="/one/\n200\n\nหนึ่ง\n", new="/new/\n200\n\n")
    assert compare(before, after) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["/new/: only after", "/two/: only before", "3 addresses, 2 differ"]


@pytest.mark.parametrize("sides", [(0, 1), (1, 0), (1, 1)])
def test_a_folder_that_holds_nothing_fails(tmp_path, before, capsys, sides):
    empty = [folder(tmp_path / "empty"), tmp_path / "nowhere"]
    chosen = [empty[place] if is_empty else before for place, is_empty in enumerate(sides)]
    assert compare(*chosen) == 1
    assert "holds no dump" in capsys.readouterr().out


def test_the_command_ends_with_the_outcome(tmp_path, before):
    command = [sys.executable, "-m", "tests.dump", "--compare", before]
    ends = [subprocess.run([*command, other]).returncode for other in (before, tmp_path / "none")]
    assert ends == [0, 1]


# --- every address -------------------------------------------------------------------------------


def all_of(tmp_path) -> Dump:
    dump = Dump(tmp_path / "dump")
    with as_in_production():
        for question in public.questions(dump):
            dump.ask(question)
    return dump


@pytest.mark.django_db
def test_no_public_route_is_forgotten(monkeypatch, tmp_path):
    """One search, one day, one format: that each list is asked in every way is the dump's own."""
    for name in ("SEARCHES", "DAYS", "REFUSED", "FORMATS"):
        monkeypatch.setattr(public, name, getattr(public, name)[:1])
    monkeypatch.setattr(public, "criteria", lambda: [{}])
    event = make.event()
    make.award(event=event)
    models.EventFile.objects.create(event=event, kind="document", file="x.pdf", caption_th="ก")
    dump = all_of(tmp_path)
    assert dump.faults == []
    assert routes.not_asked(dump.asked, with_desk=False) == []
    written_down = [path.read_text().partition("\n")[0] for path in dump.folder.iterdir()]
    assert sorted(written_down) == sorted(map(str, dump.asked))


urlpatterns = [
    path("asked/", HttpResponse, name="asked"),
    path("above/", include([path("<int:year>/", HttpResponse), path("other/", HttpResponse)])),
]


@override_settings(ROOT_URLCONF=__name__)
def test_a_route_that_nobody_asks_is_named():
    told = routes.not_asked([Question("/asked/?q=1"), Question("/above/2565/")])
    assert told == ["The dump does not know how to ask 'above/other/': see tests/dump/"]


# --- what is written -----------------------------------------------------------------------------


def test_what_is_drawn_by_lot_is_masked_and_nothing_else():
    def page(token: str, day: str) -> bytes:
        lot = f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        return f'{lot}<input name="day" value="{day}"> 27 พ.ย. 2569 10:00'.encode()

    def told(token: str, day: str, etag: str) -> bytes:
        return written(PAGE, 200, HTML | {"ETag": etag}, page(token, day))

    assert told("a1", "1", "x") == told("b2", "1", "y")
    assert told("a1", "1", "x") != told("a1", "2", "x")
    kept = told("a1", "1", "x").decode()
    assert kept.startswith(f"{PAGE}\n200\nContent-Type: text/html\nETag: (masked)\n\n")
    assert '<input name="day" value="1"> 27 พ.ย. 2569 10:00' in kept and "a1" not in kept


def test_status_and_headers_are_facts():
    page = written(PAGE, 200, HTML, b"")
    assert page != written(PAGE, 404, HTML, b"")
    assert page != written(PAGE, 200, HTML | {"Vary": "Cookie"}, b"")


def test_a_workbook_is_compared_by_its_cells_not_by_when_it_was_made():
    def book(made: str, cell: str) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as parts:
            stamp = '<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created>'
            parts.writestr("docProps/core.xml", stamp % made)
            parts.writestr("xl/sheet1.xml", cell)
        return unpacked(file.getvalue())

    assert book("2026-11-27T03:00:00Z", "ก") == book("2026-11-28T03:00:00Z", "ก")
    assert book("2026-11-27T03:00:00Z", "ก") != book("2026-11-27T03:00:00Z", "ข")


def test_names_of_files_are_safe_and_each_its_own():
    addresses = ["/a/?q=%s" % ("ก" * 500), "/a/?q=%s" % ("ข" * 500), "/../../etc", "/a?b=c/d", "/"]
    names = [Question(address).file_name for address in addresses]
    assert len(set(names)) == len(names)
    assert all(len(name) < 120 and "/" not in name and not name.startswith(".") for name in names)


def test_links_stay_on_the_site():
    page = (
        b'<a href="?page=2&amp;q=x"> <a href="/en/"> <a href="https://other.test/"> <a href="#a">'
    )
    assert links(page, "/agencies/") == ["/agencies/?page=2&q=x", "/en/"]
