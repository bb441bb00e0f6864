"""Two persons with one record open: neither overwrites what the other saved, unseen."""

import datetime
import re

import html5lib
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from certifications import models
from certifications.audit import append_only
from certifications.audit.rows import row_of
from certifications.models import Agency, Award, Change
from tests import make
from tests.access.test_pages import hidden_fields, leave_unused, sign_in
from tests.decided import publish

pytestmark = pytest.mark.django_db

NOT_KNOWN = "ไม่ทราบว่าหน้านี้เปิดไว้เมื่อใด"
KEPT = "คงไว้ตามที่บันทึกล่าสุด"
CHOOSE = "โปรดเลือกค่าที่จะบันทึก"


def page_of(record) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


class Window:
    """A form as a browser without scripts holds it: what is in its fields is what it sends."""

    def __init__(self, client: Client, record) -> None:
        self.client, self.address = client, page_of(record)
        self.form = f"{record._meta.model_name}_form"
        self.read(client.get(self.address))

    def read(self, answer) -> None:
        self.text = answer.content.decode()
        tree = html5lib.parse(self.text, namespaceHTMLElements=False)
        form = next(one for one in tree.iter("form") if one.get("id") == self.form)
        self.fields: dict[str, list[str]] = {}
        for one in form.iter():
            name = one.get("name", "")
            if name and "__prefix__" not in name:
                for value in _values_of(one):
                    self.fields.setdefault(name, []).append(value)

    def type(self, **typed) -> "Window":
        """`recipients_0_name=…` for a field of a row."""
        for name, value in typed.items():
            real = re.sub(r"_(\d+)_", r"-\1-", name)
            self.fields[real] = value if isinstance(value, list) else [value]
        return self

    def choose(self, **chosen) -> "Window":
        for name, value in chosen.items():
            real = re.sub(r"_(\d+)_", r"-\1-", name)
            assert f'name="_choice-{real}"' in self.text, name
            self.fields[f"_choice-{real}"] = [value]
        return self

    def add_row(self, prefix: str, **values) -> "Window":
        (total,) = self.fields[f"{prefix}-TOTAL_FORMS"]
        self.fields[f"{prefix}-TOTAL_FORMS"] = [str(int(total) + 1)]
        for name, value in values.items():
            self.fields[f"{prefix}-{total}-{name}"] = [value]
        return self

    def save(self) -> bool:
        """Whether it was saved; else it is shown again."""
        answer = self.client.post(self.address, self.fields)
        assert answer.status_code in (200, 302), answer.content.decode()[:2000]
        if answer.status_code == 302:
            self.text = self.client.get(answer["Location"]).content.decode()
            return True
        self.read(answer)
        return False


def _values_of(one) -> list[str]:
    kind = one.get("type", "")
    if one.tag == "textarea":
        # As a browser sends it, without the line break that begins it.
        return [(one.text or "").removeprefix("\n").replace("\n", "\r\n")]
    if one.tag == "select":
        options = [
            option.get("value", option.text)
            for option in one.iter("option")
            if option.get("selected") is not None
        ]
        single = one.get("multiple") is None and [
            option.get("value", "") for option in one.iter("option")
        ]
        return options or (single or [])[:1]
    if one.tag != "input" or kind in ("submit", "button", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [one.get("value", "on")] if one.get("checked") is not None else []
    return [one.get("value", "")]


def person(name: str, group: str = "ผู้อนุมัติ") -> Client:
    client = Client()
    client.force_login(make.user(name, group))
    return client


@pytest.fixture
def somsri():
    return person("somsri")


@pytest.fixture
def somchai():
    return person("somchai")


@pytest.fixture
def office():
    return make.agency(name_th="สำนักงานสมมติ", phone="1", address="ชั้น 1\nถนนสมมติ")


@pytest.fixture
def draft(office):
    return make.award(office, 2565, published=False, level="advanced", score="81")


def ceremony():
    return make.event(2565, published=False, held_on=datetime.date(2022, 9, 28))


def criterion():
    facts = {"first_year": 2565, "last_year": 2565, "order": 1}
    return models.Criterion.objects.create(title_th="ด้านสมมติ", **facts)


# What each of two persons changes, of every kind of record that a form of the desk edits.
EDITS = {
    "agency": (lambda: make.agency(phone="1"), {"address": "ถนนใหม่"}, {"phone": "2"}),
    "award": (
        lambda: make.award(make.agency(), 2565, published=False),
        {"certificate_number": "ก 1/2565"},
        {"name_as_printed": "ชื่อที่พิมพ์"},
    ),
    "event": (ceremony, {"venue_th": "หอประชุม"}, {"held_on": "29 กันยายน 2565"}),
    "declaration": (
        lambda: make.declaration(2565, published=False),
        {"note": "เทียบแล้ว"},
        {"year": "2566"},
    ),
    "figure": (lambda: make.figure(666), {"count": "667"}, {"note": "ตามประกาศ"}),
    "criterion": (criterion, {"title_th": "ด้านใหม่"}, {"order": "2"}),
    "source": (make.source, {"title": "ประกาศ"}, {"published_on": "1 ตุลาคม 2565"}),
    "word": (
        lambda: models.SearchWord.objects.create(typed="สมม.", means="สมมติ"),
        {"means": "สมมุติ"},
        {"source": "พจนานุกรม"},
    ),
    "place": (
        lambda: models.PlaceName.objects.create(name="เกาะสมมติ", province="90"),
        {"province": "84"},
        {"source": "ราชกิจจานุเบกษา"},
    ),
    "succession": (
        lambda: models.AgencySuccession.objects.create(
            kind="renamed", predecessor=make.agency(), successor=make.agency(), source=make.source()
        ),
        {"kind": "merged"},
        {"happened_on": "1 ตุลาคม 2565"},
    ),
}


@pytest.mark.parametrize("kind", EDITS)
def test_two_persons_change_two_fields_of_one_record_and_both_stay(admin_client, kind):
    made, first, second = EDITS[kind]
    record, earlier = made(), Client()
    earlier.force_login(make.user("somsri", is_superuser=True))
    one, other = Window(earlier, record), Window(admin_client, record)
    assert one.type(**first).save()
    assert other.type(**second).save()
    assert KEPT in other.text and "somsri" in other.text
    again = Window(admin_client, record).fields
    assert {name: again[name] for name in first | second} == {
        name: [value] for name, value in (first | second).items()
    }


def test_two_tabs_of_one_person_are_two_windows(somsri, office):
    one, other = Window(somsri, office), Window(somsri, office)
    assert one.type(address="ถนนใหม่").save()
    assert other.type(phone="2").save()
    assert "somsri (บัญชีนี้ จากหน้าอื่น)" in other.text
    office.refresh_from_db()
    assert (office.address, office.phone) == ("ถนนใหม่", "2")


def test_nothing_is_said_where_nobody_else_saved(somsri, office):
    window = Window(somsri, office)
    make.agency(phone="3")  # other records do not matter
    assert window.type(phone="2").save()
    assert KEPT not in window.text


def test_what_two_typed_alike_is_no_conflict(somsri, somchai, draft):
    one, other = Window(somsri, draft), Window(somchai, draft)
    assert one.type(score="82").save()
    assert other.type(score="82.00", name_as_printed="ชื่อ").save()
    draft.refresh_from_db()
    assert (draft.score, draft.name_as_printed) == (82, "ชื่อ")


def test_a_field_that_was_not_touched_is_known_in_any_spelling(somsri, somchai, draft):
    """81 or 81.00, lines that end as a browser or a program ends them."""
    one, other = Window(somsri, draft), Window(somchai, draft)
    assert one.type(score="82").save()
    assert other.type(score="81.0").save()
    draft.refresh_from_db()
    assert draft.score == 82
    one, other = Window(somsri, draft.agency), Window(somchai, draft.agency)
    assert "\r\n" in other.fields["address"][0]
    assert one.type(address="ถนนใหม่").save()
    assert other.type(phone="2").save()
    draft.agency.refresh_from_db()
    assert draft.agency.address == "ถนนใหม่"


# --- two values for one field --------------------------------------------------------------------


def in_conflict(somsri, somchai, office) -> Window:
    one, other = Window(somsri, office), Window(somchai, office)
    assert one.type(phone="2").save()
    assert not other.type(phone="3", address="ถนนใหม่").save()
    return other


def test_two_values_for_one_field_are_both_shown_and_nothing_is_saved(somsri, somchai, office):
    window = in_conflict(somsri, somchai, office)
    assert window.fields["phone"] == ["3"]  # what was typed stays
    said = " ".join(window.text.split())
    assert "somsri เปลี่ยนค่านี้จาก “1” เป็น “2” เมื่อ" in said and CHOOSE in said
    assert "ใช้ค่าที่ somsri บันทึกไว้ “2”" in said and "ใช้ค่าที่กรอก “3”" in said
    office.refresh_from_db()
    assert (office.phone, office.address) == ("2", "ชั้น 1\nถนนสมมติ")


@pytest.mark.parametrize(("choice", "saved"), [("theirs", "2"), ("typed", "3")])
def test_the_value_that_is_chosen_is_saved(somsri, somchai, office, choice, saved):
    window = in_conflict(somsri, somchai, office)
    assert window.choose(phone=choice).save()
    office.refresh_from_db()
    assert (office.phone, office.address) == (saved, "ถนนใหม่")


def test_without_a_choice_it_is_asked_again(somsri, somchai, office):
    window = in_conflict(somsri, somchai, office)
    for _time in range(2):
        assert not window.save()
        assert "somsri เปลี่ยนค่านี้จาก “1” เป็น “2”" in window.text
    assert not window.type(phone="1").save()  # what it was before is a value like any other
    assert window.type(phone="2").save()  # the other's, typed: there is nothing to choose
    assert Agency.objects.get(pk=office.pk).phone == "2"


def test_a_choice_of_what_was_changed_once_more_is_asked_again(somsri, somchai, office):
    window = in_conflict(somsri, somchai, office)
    assert Window(somsri, office).type(phone="4").save()
    assert not window.choose(phone="typed").save()
    assert "จาก “1” เป็น “4”" in window.text
    assert window.choose(phone="theirs").save()
    assert Agency.objects.get(pk=office.pk).phone == "4"


def test_each_field_has_a_choice_of_its_own(somsri, somchai, office):
    one, other = Window(somsri, office), Window(somchai, office)
    assert one.type(phone="2", hours="8.30–16.30 น.", name_en="Office", province="54").save()
    assert not other.type(phone="3", hours="ทุกวัน", kind="department", province="55").save()
    assert other.fields["name_en"] == ["Office"] and KEPT in other.text
    assert other.text.count("_choice-") == 6
    assert "“แพร่”" in other.text and "“น่าน”" in other.text  # in words, not codes
    assert not other.choose(phone="theirs").save()
    assert other.choose(hours="typed", province="theirs").save()
    office.refresh_from_db()
    said = (office.phone, office.hours, office.name_en, office.kind, office.province)
    assert said == ("2", "ทุกวัน", "Office", "department", "54")


def test_what_cannot_be_saved_keeps_its_choice_and_what_was_merged(somsri, somchai, draft):
    one, other = Window(somsri, draft), Window(somchai, draft)
    assert one.type(certificate_number="ก 1", name_as_printed="ชื่อของหนึ่ง").save()
    assert not other.type(name_as_printed="ชื่อของสอง", score="999").save()
    assert other.fields["certificate_number"] == ["ก 1"]
    assert not other.choose(name_as_printed="typed").type(score="ไม่ใช่เลข").save()
    assert other.type(score="85", certificate_number="").save()
    draft.refresh_from_db()
    # Emptied by whoever saw it: the field was merged when the form was shown again.
    said = (draft.name_as_printed, draft.score, draft.certificate_number)
    assert said == ("ชื่อของสอง", 85, "")


def test_a_value_that_is_no_value_is_shown_beside_the_others(somsri, somchai, draft):
    one, other = Window(somsri, draft), Window(somchai, draft)
    assert one.type(score="82").save()
    assert not other.type(score="แปดสิบ").save()
    assert "ใช้ค่าที่กรอก “แปดสิบ”" in other.text
    assert not other.choose(score="typed").save()
    assert other.type(score="83").save()


def test_what_came_back_to_what_it_was_is_no_conflict(somsri, somchai, office):
    window = Window(somchai, office)
    assert Window(somsri, office).type(phone="2").save()
    assert Window(somsri, office).type(phone="1").save()
    assert window.type(phone="3").save()
    assert Agency.objects.get(pk=office.pk).phone == "3"


def test_what_a_command_changed_is_told_too(somchai, office):
    window = Window(somchai, office)
    Agency.objects.filter(pk=office.pk).update(phone="2")
    assert not window.type(phone="3").save()
    assert "นอกโปรแกรมทะเบียน เปลี่ยนค่านี้" in window.text


# --- versions that are none ----------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "", "x", "-1", "9" * 30, "beyond", "of another", "\0"])
def test_a_form_of_no_known_version_is_shown_again_with_what_was_typed(somsri, office, version):
    window = Window(somsri, office)
    latest = Change.objects.first().pk
    Agency.objects.filter(pk=office.pk).update(hours="ทุกวัน")
    make.agency()
    sent = {"beyond": str(latest + 1000), "of another": str(Change.objects.first().pk)}
    window.type(phone="2", _version=[] if version is None else sent.get(version, version))
    assert not window.save()
    assert NOT_KNOWN in window.text and window.fields["phone"] == ["2"]
    assert "ค่าที่บันทึกไว้ขณะนี้คือ “1”" in window.text and "“ทุกวัน”" in window.text
    assert Agency.objects.get(pk=office.pk).phone == "1"
    assert window.type(hours="ทุกวัน").save()
    assert Agency.objects.get(pk=office.pk).phone == "2"


def test_a_choice_or_a_mark_that_was_made_up_breaks_nothing(somsri, somchai, draft):
    draft.recipients.create(name="นายรับ")
    one, other = Window(somsri, draft), Window(somchai, draft)
    assert one.type(name_as_printed="ก").save()
    made_up = {"_since-score": "x", "_since-year": "9" * 25, "_gone-recipients-0-row": "1"}
    made_up |= {"_choice-name_as_printed": "x", "_gone-recipients-7-row": "-"}
    assert not other.type(name_as_printed="ข", **made_up).save()
    assert CHOOSE in other.text
    assert other.choose(name_as_printed="typed").save()
    assert draft.recipients.count() == 1


def test_a_form_of_a_record_that_has_no_changes_kept_is_saved(somsri, office):
    with append_only.lifted("invented"):
        Change.objects.all()._raw_delete("default")
    window = Window(somsri, office)
    assert window.fields["_version"] == ["0"]
    assert window.type(phone="2").save()


# --- sources -------------------------------------------------------------------------------------


def test_sources_that_two_persons_add_and_remove_are_all_heeded(somsri, somchai, draft):
    kept, removed, dropped = draft.sources.get(), make.source(), make.source(title="ที่นำออก")
    draft.sources.add(removed, dropped)
    one, other = Window(somsri, draft), Window(somchai, draft)
    mine, theirs = make.source(), make.source(title="ที่เพิ่ม")
    assert one.type(sources=[str(one.pk) for one in (kept, removed, theirs)]).save()
    assert other.type(sources=[str(one.pk) for one in (kept, dropped, mine)]).save()
    assert {*draft.sources.all()} == {kept, theirs, mine}
    said = " ".join(other.text.split())
    assert "แหล่งที่มา: เพิ่ม" in said and "แหล่งที่มา: นำออก" in said


# --- rows ----------------------------------------------------------------------------------------


@pytest.fixture
def received(draft):
    """A draft award with two recipients."""
    for order, name in enumerate(("นายหนึ่ง", "นายสอง"), 1):
        draft.recipients.create(order=order, name=name)
    return draft


def names(award) -> list[str]:
    return [*award.recipients.values_list("name", flat=True)]


def test_rows_that_two_persons_change_and_add_are_all_kept(somsri, somchai, received):
    one, other = Window(somsri, received), Window(somchai, received)
    one.type(recipients_0_position="ปลัด").add_row("recipients", order="3", name="นายสาม")
    assert one.save()
    other.type(recipients_0_name="นายหนึ่งเดียว", recipients_1_position="รองปลัด")
    assert other.add_row("recipients", order="4", name="นายสี่").save()
    assert names(received) == ["นายหนึ่งเดียว", "นายสอง", "นายสาม", "นายสี่"]
    assert [one.position for one in received.recipients.all()] == ["ปลัด", "รองปลัด", "", ""]
    assert "“นายสาม”" in other.text and "“ปลัด”" in other.text


@pytest.mark.parametrize(("choice", "saved"), [("theirs", "ปลัด"), ("typed", "อธิบดี")])
def test_one_field_of_one_row_is_chosen(somsri, somchai, received, choice, saved):
    one, other = Window(somsri, received), Window(somchai, received)
    assert one.type(recipients_0_position="ปลัด").save()
    other.type(recipients_0_position="อธิบดี", recipients_1_position="รองปลัด")
    assert not other.save() and not other.save()
    assert "ใช้ค่าที่ somsri บันทึกไว้ “ปลัด”" in other.text
    assert other.fields["recipients-0-position"] == ["อธิบดี"]
    assert other.choose(recipients_0_position=choice).save()
    assert [one.position for one in received.recipients.all()] == [saved, "รองปลัด"]


def test_a_row_that_was_deleted_and_not_touched_here_stays_deleted(somsri, somchai, received):
    one, other = Window(somsri, received), Window(somchai, received)
    assert one.type(recipients_0_DELETE="on").save()
    assert other.type(recipients_1_position="รองปลัด").save()
    assert names(received) == ["นายสอง"]
    assert received.recipients.get().position == "รองปลัด"
    assert "ลบ “นายหนึ่ง”" in other.text


@pytest.mark.parametrize(
    ("choice", "left"), [("theirs", ["นายสอง"]), ("typed", ["นายหนึ่งเดียว", "นายสอง"])]
)
def test_a_row_deleted_by_one_and_changed_by_another(somsri, somchai, received, choice, left):
    one, other = Window(somsri, received), Window(somchai, received)
    assert one.type(recipients_0_DELETE="on").save()
    other.type(recipients_0_name="นายหนึ่งเดียว", recipients_1_position="รองปลัด")
    assert not other.save() and not other.save()
    assert "somsri ลบแถวนี้เมื่อ" in other.text and "เพิ่มกลับตามที่กรอก" in other.text
    assert other.fields["recipients-1-name"] == ["นายหนึ่งเดียว"]
    assert other.choose(recipients_1_row=choice).save()
    assert names(received) == left


@pytest.mark.parametrize(
    ("choice", "left"), [("theirs", ["นายหนึ่ง", "นายสอง"]), ("typed", ["นายสอง"])]
)
def test_a_row_changed_by_one_and_deleted_by_another(somsri, somchai, received, choice, left):
    one, other = Window(somsri, received), Window(somchai, received)
    assert one.type(recipients_0_position="ปลัด").save()
    other.type(recipients_0_DELETE="on")
    assert not other.save() and not other.save()
    assert "ตำแหน่ง (ว่าง) → “ปลัด”" in other.text
    assert names(received) == ["นายหนึ่ง", "นายสอง"]
    assert other.choose(recipients_0_DELETE=choice).save()
    assert names(received) == left


def test_a_row_that_two_persons_add_alike_is_added_once(somsri, somchai, office):
    one, other = Window(somsri, office), Window(somchai, office)
    for window in (one, other):
        assert window.add_row("names", kind="short", name="สนง. สมมติ", until="", source="").save()
    assert office.names.get().name == "สนง. สมมติ"


def test_a_file_is_taken_along_where_rows_were_deleted(somsri, somchai, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event = ceremony()
    for number in (1, 2):
        content = SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.4 \n%%EOF")
        facts = {"kind": "document", "caption_th": f"เอกสาร {number}", "order": number}
        event.files.create(file=content, **facts)
    one, other = Window(somsri, event), Window(somchai, event)
    assert one.type(files_0_DELETE="on").save()
    other.add_row("files", kind="document", caption_th="เอกสารใหม่", order="3", caption_en="")
    other.type(files_2_file=SimpleUploadedFile("new.pdf", b"%PDF-1.4 new\n%%EOF"))
    assert other.save()
    captions = dict(event.files.values_list("caption_th", "file"))
    assert [*captions] == ["เอกสาร 2", "เอกสารใหม่"]
    assert b"new" in event.files.get(caption_th="เอกสารใหม่").file.read()


# --- by the way ----------------------------------------------------------------------------------


def test_a_form_sent_after_the_session_ended_is_merged_too(client, somchai, office):
    make.user("malee", "ผู้บันทึก")
    sign_in(client, "malee")
    window = Window(client, office)
    leave_unused(client)
    assert Window(somchai, office).type(phone="2", hours="ทุกวัน").save()
    sent = client.post(window.address, window.type(phone="3", name_en="Office").fields)
    sealed = hidden_fields(sent.text)["kept_form"][0]
    sign_in(client, "malee", kept_form=sealed)
    again = hidden_fields(client.get("/admin/resume/").text)
    window.read(client.post(window.address, again))
    assert "ยังไม่ได้บันทึก" in window.text and "somchai เปลี่ยนค่านี้" in window.text
    fields = window.fields
    assert (fields["phone"], fields["hours"], fields["name_en"]) == (["3"], ["ทุกวัน"], ["Office"])
    assert window.choose(phone="typed").save()
    office.refresh_from_db()
    assert (office.phone, office.hours, office.name_en) == ("3", "ทุกวัน", "Office")


def test_an_agency_that_an_award_was_moved_to_is_kept_with_its_rows(somsri, somchai, received):
    window = Window(somchai, received)
    assert Window(somsri, received).type(recipients_0_position="ปลัด").save()
    elsewhere = make.agency(name_th="สำนักงานใหม่")
    assert Window(somsri, received).type(agency=str(elsewhere.pk)).save()
    assert window.type(name_as_printed="ชื่อ").save()
    award = Award.objects.get(pk=received.pk)
    assert (award.agency, award.recipients.first().position) == (elsewhere, "ปลัด")


def test_rights_that_two_persons_give_are_all_given(admin_client):
    account = make.user("malee")
    recorder, approver = (Group.objects.get(name=f"ผู้{name}") for name in ("บันทึก", "อนุมัติ"))
    one, other = Window(admin_client, account), Window(admin_client, account)
    assert one.type(groups=[str(recorder.pk)], email="malee@example.test").save()
    assert other.type(groups=[str(approver.pk)], first_name="มาลี").save()
    account = get_user_model().objects.get(pk=account.pk)
    assert {*account.groups.all()} == {recorder, approver}
    assert (account.email, account.first_name) == ("malee@example.test", "มาลี")


def test_a_correction_of_what_is_public_is_of_what_stands_now(somsri, somchai):
    award = make.award(make.agency(), 2565, level="basic", score="71")
    window = Window(somchai, award)
    Award.objects.filter(pk=award.pk).update(score="72")
    assert window.type(name_as_printed="ชื่อ", _why="ตามประกาศ").save()
    assert row_of(models.ProposalItem.objects.get()).changed == {"name_as_printed": ("", "ชื่อ")}


def test_what_was_published_meanwhile_is_looked_at_again(somsri, received):
    window = Window(somsri, received)
    publish([received], by=make.user("malee"))
    assert not window.type(recipients_0_position="ปลัด").save()
    assert "malee เผยแพร่รายการนี้เมื่อ" in window.text
