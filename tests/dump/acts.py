"""What staff do before the dump, sent as their browsers send it, so that every page has something.

Invented bodies alone are acted upon; the real records stay as they were loaded.
"""

import contextlib
import io
import random
import re
from collections.abc import Iterator
from html import unescape
from unittest import mock

import xlsxwriter
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

DESK = "/admin/certifications"
SOURCE = "https://example.test/announced"
PASTED = """ระดับเป็นเลิศ จำนวน 2 ศูนย์ ได้แก่
๑. สำนักงานจัดหางานจังหวัดแพร่
๒. สำนักงานขนสงจังหวัดลำพูน
ระดับก้าวหน้า จำนวน 2 ศูนย์ ได้แก่
๓. ศูนย์บริการสมมติจังหวัดน่าน
๔. โรงพยาบาลสมมติ (สาขาสอง)
"""
# Name, province and level of the bodies that the acts below are done to.
INVENTED = (
    ("สำนักงานทดลองหนึ่งจังหวัดน่าน", "น่าน", "ระดับเป็นเลิศ"),
    ("สำนักงานทดลองสองจังหวัดตรัง", "ตรัง", "ระดับก้าวหน้า"),
    ("สำนักงานทดลองสามจังหวัดเลย", "เลย", "ระดับพื้นฐาน"),
    ("สำนักงานทดลองสี่จังหวัดยะลา", "ยะลา", "ระดับเป็นเลิศ"),
    ("สำนักงานทดลองห้าจังหวัดตาก", "ตาก", "ระดับก้าวหน้า"),
    ("สำนักงานทดลองหกจังหวัดสตูล", "สตูล", "ระดับพื้นฐาน"),
    ("สำนักงานทดลองเจ็ดจังหวัดพะเยา", "พะเยา", "ระดับเป็นเลิศ"),
)
YEAR = "2568"
# Neither of the two who act, so that the desk offers what only others may decide.
VISITOR = "visitor"
PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"invented"


class Unprepared(Exception):
    """An act of staff was not carried out: the pages after it would show too little."""


def record(model: str):
    return apps.get_model("certifications", model).objects


def act() -> None:
    """All of it, by two accounts, as two persons decide what is public."""
    first, second, _visitor = (signed_in(name) for name in ("first", "second", VISITOR))
    _intakes(first)
    bodies = _committed(first)
    published, merged, withdrawn, waiting, closed, renamed, succeeded = bodies
    _propose(first, "publication", [one for one in bodies if one != waiting])
    _accept(second)
    _propose(first, "withdrawal", [withdrawn])
    _accept(second)
    _propose(second, "publication", [waiting])
    _merge(first, merged, published)
    _change(first, closed, "close", on="1 ตุลาคม 2569", reason="ยุบเลิก")
    proof = {"on": "1 ตุลาคม 2569", "source": record("Source").get(url=SOURCE).pk}
    _change(first, renamed, "rename", name_th="สำนักงานทดลองชื่อใหม่", **proof)
    _change(first, succeeded, "succeed", kind="merged", successors=[published.agency.pk], **proof)
    _file_of_a_ceremony()
    _accepted_doubt()
    _declarations(second)


def signed_in(name: str) -> Client:
    accounts, client = get_user_model().objects, Client()
    known = accounts.filter(username=name).first()
    client.force_login(known or accounts.create_superuser(name, password=None))
    return client


def send(client: Client, address: str, typed: dict) -> None:
    """A form, which must be taken. The codes of new records are drawn alike in every run."""
    with mock.patch("secrets.choice", random.Random(address).choice):
        answer = client.post(address, typed)
    if answer.status_code != 302:
        text = re.sub(r"<[^>]*>|\s+", " ", answer.text)
        raise Unprepared(f"{address} answers {answer.status_code}: {' '.join(text.split())}")


# --- intakes -------------------------------------------------------------------------------------


def _hand_in(client: Client, **typed) -> int:
    """The key of the new intake."""
    send(client, f"{DESK}/intake/add/", {"year": YEAR, "source": SOURCE} | typed)
    return record("Intake").latest("pk").pk


def _intakes(client: Client) -> None:
    """One in each state that an intake stops in, but for those committed."""
    _hand_in(client, text=PASTED)
    _hand_in(client, file=_workbook("สองแผ่น.xlsx", {"ปี2567": ["ก"], "ปี2568": ["ข"]}))
    _hand_in(client, file=_csv("หัวไม่รู้จัก.csv", ["ก,ข", "สำนักงานหนึ่ง,1"]))
    abandoned = _hand_in(client, text="สำนักงานที่ทิ้ง")
    send(client, f"{DESK}/intake/{abandoned}/abandon/", {})
    undone = _commit(client, _hand_in(client, text="สำนักงานที่ย้อนกลับจังหวัดน่าน"))
    send(client, f"{DESK}/intake/{undone}/undo/", {"reason": "ทดลอง"})


def _committed(client: Client) -> list:
    """Drafts of the invented bodies, in their order."""
    lines = ["ชื่อหน่วยงาน,จังหวัด,ระดับ", *(",".join(row) for row in INVENTED)]
    _commit(client, _hand_in(client, file=_csv("ทดลอง.csv", lines)))
    awards = record("Award").select_related("agency")
    return [awards.get(agency__name_th=name) for name, _province, _level in INVENTED]


def _commit(client: Client, key: int) -> int:
    """Take every row as a new body, then write; the key of the intake."""
    page, intake = f"{DESK}/intake/{key}/", record("Intake")
    choices = {"act": "save"}
    for place in record("IntakeRow").filter(intake=key).values_list("place", flat=True):
        choices |= {f"decision-{place}": "create", f"was-{place}": "waiting"}
        choices[f"reason-{place}"] = "ทดลอง"
    send(client, f"{page}change/", choices)
    send(client, f"{page}commit/", {"version": intake.get(pk=key).version})
    if intake.get(pk=key).state != "committed":
        raise Unprepared(f"Intake {key} was not committed: {client.get(f'{page}change/').text}")
    return key


def _csv(name: str, lines: list[str]) -> ContentFile:
    return ContentFile("\n".join([*lines, ""]).encode(), name)


def _workbook(name: str, sheets: dict[str, list[str]]) -> ContentFile:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        for title, names in sheets.items():
            made.add_worksheet(title).write_column(0, 0, ["ชื่อหน่วยงาน", *names])
    return ContentFile(file.getvalue(), name)


# --- proposals, merges, acts ---------------------------------------------------------------------


def _propose(client: Client, what: str, awards: list) -> None:
    with _one_more("Proposal"):
        chosen = {"action": f"propose_{what}", "_selected_action": [one.pk for one in awards]}
        typed = chosen | {"_confirmed": "1", "reason": "ทดลอง"}
        send(client, f"{DESK}/award/", typed)


def _accept(client: Client) -> None:
    latest = record("Proposal").latest("pk")
    send(client, f"{DESK}/proposal/{latest.pk}/accept/", {"note": "ตรวจแล้ว"})
    latest.refresh_from_db()
    if latest.decision != "accepted":
        raise Unprepared(f"Proposal {latest.pk} was not accepted")


def _merge(client: Client, source, target) -> None:
    """The body of one award into that of another, with the choices that the page offers first."""
    address = f"{DESK}/agency/act/{source.agency.code}/merge/?into={target.agency.pk}"
    page = client.get(address).text
    offered = re.findall(r'name="(choose-[^"]+)" value="([^"]+)"', page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    choices = dict(reversed(offered))
    typed = choices | {"name_kind": "as_printed", "reason": "ระเบียนซ้ำ", "token": token[1]}
    with _one_more("MergeLog"):
        send(client, address, typed)


def _change(client: Client, award, what: str, **typed) -> None:
    """An act that is looked at first, then confirmed as it was shown."""
    address = f"{DESK}/agency/act/{award.agency.code}/{what}/"
    page = client.post(address, typed).text
    shown = re.findall(r'<input type="hidden" name="([^"_][^"]*)" value="([^"]*)"', page)
    confirmed = {unescape(name): unescape(value) for name, value in shown} | {"_confirm": "1"}
    send(client, address, confirmed)


@contextlib.contextmanager
def _one_more(model: str) -> Iterator[None]:
    before = record(model).count()
    yield
    if record(model).count() != before + 1:
        raise Unprepared(f"No {model} was made")


# --- what no page makes alone --------------------------------------------------------------------


def _file_of_a_ceremony() -> None:
    """A picture of the latest ceremony under a name that is no lot."""
    event = record("AwardEvent").filter(published_at__isnull=False).latest("code")
    name = default_storage.save(f"events/{event.code}/invented.png", ContentFile(PICTURE))
    record("EventFile").create(event=event, kind="photo", file=name, caption_th="ภาพทดลอง")


def _accepted_doubt() -> None:
    award = record("Award").earliest("pk")
    record("AcceptedDoubt").create(
        table="certifications.award",
        record_key=award.pk,
        record="ผลการรับรองทดลอง",
        code="level_lower",
        message="ข้อสงสัยทดลอง",
        reason="ตรวจแล้ว",
        by=get_user_model().objects.get(username="first"),
    )


def _declarations(visitor: Client) -> None:
    """That one department is named in full in every round that counts today."""
    by = get_user_model().objects.get(pk=visitor.session["_auth_user_id"])
    department = record("Agency").get(name_th="กรมการจัดหางาน")
    for year in (2567, 2568, 2569):
        declaration = record("RoundDeclaration").create(
            year=year,
            agency=department,
            note="เทียบกับบัญชีสมมติแล้ว",
            published_at=timezone.now(),
            published_by=by,
        )
        declaration.sources.add(record("Source").get(url=SOURCE))
