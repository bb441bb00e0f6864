"""A score is for staff, unless a source that anyone can read prints it."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from certifications import models
from certifications.actions.decide import accept
from certifications.actions.propose import propose_publication
from certifications.audit.rows import row_of
from certifications.exports.versions import version_of
from tests import make
from tests.admin.test_admin import address

pytestmark = pytest.mark.django_db

SCORE = Decimal("83.57")
TOLD = re.compile(r"83\.57|83\.5699")  # a workbook has it as the nearest number of a computer
FIRST_SCORE = "80.75"  # no part of a number that stands on a page for another reason
PAGES = (
    "/",
    "/about/",
    "/data/",
    "/events/",
    "/events/2565/",
    "/provinces/",
    "/provinces/phrae/",
    "/agencies/",
    "/agencies/?sort=level&year=2565",
    "/agencies/suggest/?q=สมมติ",
    "/changes/",
    "/agencies/{code}/",
    "/changes/?agency={code}",
    *(f"/{rows}/?format={form}" for rows in ("agencies", "awards") for form in ("csv", "json")),
    *(f"/{rows}/?format={form}" for rows in ("agencies", "awards") for form in ("xlsx", "atom")),
    *(f"/changes/?format={form}" for form in ("json", "atom")),
)
IN_BOTH_LANGUAGES = (
    "/api/v1/agencies/",
    "/api/v1/agencies/{code}/",
    "/api/v1/awards/",
    "/api/v1/events/2565/",
    "/data/agencies.csv",
    "/data/awards.csv",
    "/data/awards.json",
    "/data/datapackage.json",
    "/sitemap.xml",
)


@pytest.fixture
def award():
    """Of an office that is certified, corrected twice, with a score that no source prints."""
    office = make.agency(name_th="สำนักงานสมมติแพร่", province="54")
    record = make.award(office, 2565, level="advanced", event=make.event(2565), score=FIRST_SCORE)
    with make.decided(make.user()):
        models.Award.objects.filter(pk=record.pk).update(score=SCORE)
    record.refresh_from_db()
    return record


def seen(client, code: str) -> dict[str, str]:
    """Address → all that it answers, what is packed in it too."""
    whole = [*PAGES, *(f"/en{page}" for page in PAGES), *IN_BOTH_LANGUAGES]
    return {page: _text_of(client, page.format(code=code)) for page in whole}


def _text_of(client, page: str) -> str:
    answer = client.get(page)
    content = b"".join(answer)
    assert answer.status_code in (200, 400), page  # agencies are in no feed, awards in no page
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def test_a_score_that_no_source_prints_is_on_no_public_byte(client, award):
    texts = seen(client, award.agency.code)
    told = [page for page, text in texts.items() if TOLD.search(text) or FIRST_SCORE in text]
    assert told == []


def test_it_is_seen_once_it_is_printed(client, award):
    with make.decided(make.user()):
        models.Award.objects.filter(pk=award.pk).update(score_is_printed=True)
    texts = seen(client, award.agency.code)
    shown = {page for page, text in texts.items() if TOLD.search(text)}
    for page in ("/agencies/{code}/", "/changes/", "/changes/?format=json", "/awards/?format=csv"):
        assert page in shown and f"/en{page}" in shown
    assert shown > {"/awards/?format=xlsx", "/data/awards.csv", "/api/v1/awards/"}
    assert not any(
        FIRST_SCORE in text for text in texts.values()
    )  # what it was before it was printed


def test_what_is_taken_to_be_printed_no_longer_is_seen_no_longer(client, award):
    for is_printed in (True, False):
        with make.decided(make.user()):
            models.Award.objects.filter(pk=award.pk).update(score_is_printed=is_printed)
    assert not any(map(TOLD.search, seen(client, award.agency.code).values()))


def test_the_version_of_a_row_does_not_tell_a_secret_score(award):
    before = version_of(award)
    award.score = Decimal("84.5")
    assert version_of(award) == before
    award.score_is_printed = True
    assert version_of(award) != before


def test_a_score_that_is_printed_is_given():
    award = make.award(score_is_printed=False)
    award.score_is_printed = True
    with pytest.raises(ValidationError, match="เมื่อแหล่งที่มาระบุคะแนนไว้ ต้องกรอกคะแนนด้วย"):
        award.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Award.objects.filter(pk=award.pk).update(score_is_printed=True)


def test_two_people_decide_that_a_public_score_is_printed(client, award):
    client.force_login(make.user(group="ผู้บันทึก"))
    facts = make.award_form(
        agency=award.agency.pk,
        event=award.event.pk,
        level=award.level.pk,
        score="83.57",
        score_is_printed="on",
        sources=[award.sources.get().pk],
        _why="แหล่งที่มาพิมพ์คะแนนไว้",
    )
    client.post(address(models.Award, "change", award.pk), facts | make.opened(award))
    award.refresh_from_db()
    item = models.ProposalItem.objects.get()
    assert not award.score_is_printed
    assert row_of(item).changed == {"score_is_printed": (False, True)}
    decider = make.user(group="ผู้อนุมัติ")
    client.force_login(decider)
    page = client.get(item.proposal.get_absolute_url()).text
    assert "แหล่งที่มาที่เปิดเผยระบุคะแนนไว้" in page and "ใช่" in page and "True" not in page
    accept(item.proposal, by=decider)
    award.refresh_from_db()
    assert award.public_score == SCORE


@pytest.mark.parametrize(
    ("is_printed", "words"),
    [(False, "เห็นเฉพาะเจ้าหน้าที่"), (True, "แหล่งที่มาระบุคะแนนไว้ จะแสดงต่อสาธารณะ")],
)
def test_the_decider_of_a_draft_is_told_whether_its_score_will_be_public(client, is_printed, words):
    facts = {"score": SCORE, "score_is_printed": is_printed, "published": False}
    proposal = propose_publication([make.award(**facts)], by=make.user())
    client.force_login(make.user(group="ผู้อนุมัติ"))
    assert words in client.get(proposal.get_absolute_url()).text


def test_what_was_proposed_without_the_score_being_printed_stays_so(award):
    proposal = make.correction(award, {"score": Decimal("84.5")}, by=make.user())
    accept(proposal, by=make.user(group="ผู้อนุมัติ"))
    award.refresh_from_db()
    assert (award.score, award.public_score) == (Decimal("84.5"), None)
