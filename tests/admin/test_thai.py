"""Every page of the desk is in Thai: no English word is left, and the English side opens too."""

import datetime
import html
import json
import re
from collections import Counter, deque
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import django
import html5lib
import polib
import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django_otp.plugins.otp_totp.models import TOTPDevice

from certifications import models
from certifications.actions.propose import propose_publication
from certifications.admin.base.versions import Versioned
from certifications.models import agencies
from certifications.reference.states import StatusChange
from tests import make
from tests.access.test_pages import add_device, agency_form, hidden_fields, leave_unused, sign_in

pytestmark = pytest.mark.django_db

DJANGO = Path(django.__file__).parent

# Latin letters that stay Latin in a Thai sentence, and why.
ALLOWED = re.compile(
    "|".join(
        [
            r"GECC",  # the standard's own name
            r"https?://\S+|www\.\S+",  # addresses
            r"[\w.-]+@[\w.-]+",  # addresses of mail
            r"[\w-]*\.(?:csv|xlsx|pdf|jpg|png)\b",  # names and kinds of files
            r"หาดใหญ่ หรือ Hat Yai",  # how a place is written in English, as an example
            r"(?:Google|Microsoft) Authenticator",  # what one looks for in a shop for apps
            r"\b(?:Chrome|Firefox|Safari|Edge|Windows|Android|Linux)\b",  # likewise products
            r"\b(?:API|English)\b",  # of the public page that says nothing is there
            r"\b[a-z]{1,3}\d[a-z0-9]+\b|\b\d[a-z0-9]{5}\b",  # codes with digits
            r"@ ?\. ?\+ ?- ?_",
        ]
    )
)
LATIN = re.compile(r"[A-Za-z]{2,}|\b[A-Za-z]\b")
SHOWN_ATTRIBUTES = ["title", "aria-label", "alt", "placeholder"]
BUTTONS = {"submit", "button", "reset"}
NOT_SHOWN = {"script", "style", "head", "svg", "code"}  # secrets and recovery codes


# --- reading a page as a reader does -------------------------------------------------------------


def words_shown(page: str) -> list[str]:
    """Texts, titles, labels and what stands in fields; not what a program alone reads."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    title = tree.find("head/title")
    shown = [title.text] if title is not None else []
    _collect(tree.find("body"), shown)
    return [text for text in shown if text and text.strip()]


def _collect(element, shown: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in NOT_SHOWN or element.get("lang") == "en":
        return
    shown += [element.get(name) for name in SHOWN_ATTRIBUTES]
    if element.tag == "input" and element.get("type", "text") in BUTTONS | {"text", "url", "email"}:
        shown.append(element.get("value"))
    if formset := element.get("data-inline-formset"):
        shown += [json.loads(formset)["options"][name] for name in ("addText", "deleteText")]
    shown.append(element.text)
    for child in element:
        _collect(child, shown)
        shown.append(child.tail)


def english_on(page: str, known: set[str]) -> list[str]:
    found = []
    for text in words_shown(page):
        left = LATIN.findall(ALLOWED.sub(" ", text))
        if unknown := [word for word in left if word not in known]:
            found.append(f"{' '.join(unknown)} ← {' '.join(text.split())[:80]}")
    return found


def names_in_the_records() -> set[str]:
    """Names, codes and English names that are data: a page shows them as they were entered."""
    fields = [
        (models.Agency, ["code", "name_en"]),
        (models.Service, ["code", "name_en"]),
        (models.CertificationLevel, ["code", "name_en", "colour_en"]),
        (models.LoadedRecord, ["key"]),
        (models.SearchWord, ["typed", "means", "source"]),
        (models.PlaceName, ["name", "source"]),
        (Group.user_set.rel.related_model, ["username", "email"]),
    ]
    texts = (
        str(text)
        for model, names in fields
        for row in model.objects.values_list(*names)
        for text in row
    )
    return {word for text in texts for word in LATIN.findall(text)}


def test_the_reader_of_pages_sees_what_a_reader_sees():
    page = """<title>Title</title><body><p title="Tip">ไทย <b>Word</b> GECC</p><script>no()</script>
        <input value="Text"><input type="hidden" value="no"><input type="submit" value="Go">
        <img alt="True"><option value="no">Choice</option><i lang="en">no</i></body>"""
    found = " ".join(english_on(page, {"Choice"}))
    assert [
        word for word in ("Title", "Tip", "Word", "Text", "Go", "True") if word not in found
    ] == []
    assert "no" not in found and "GECC ←" not in found and "Choice ←" not in found


# --- one record of everything --------------------------------------------------------------------


@pytest.fixture(autouse=True)
def codes_without_letters(monkeypatch):
    """Permanent codes are drawn by chance: one of letters alone would look like a word."""
    monkeypatch.setattr(agencies, "CODE_ALPHABET", "23456789")


@pytest.fixture
def register():
    """One record of everything, so that every page has something to show."""
    level, source = make.level(), make.source(published_on=datetime.date(2022, 9, 29))
    ministry = make.ministry(name_th="กระทรวงสมมติ")
    office = make.agency(
        name_th="สำนักงานสมมติแพร่",
        parent=ministry,
        province="54",
        service=models.Service.objects.first(),
    )
    office.names.create(kind="short", name="สนพ.", source=source)
    event = make.event(2565, held_on=datetime.date(2022, 9, 28))
    award = make.award(office, 2565, level=level, event=event)
    award.recipients.create(name="นายสมมติ", order=1)
    make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    make.award(office, 2566, published=False)
    make.award(make.agency(name_th="สำนักงานที่ถูกถอน"), 2566)
    models.Award.objects.filter(year=2566, published_at__isnull=False).update(
        hidden_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        hidden_by=make.publisher(),
        hidden_reason="เหตุสมมติ",
    )
    make.event(2566, published=False)
    models.AgencySuccession.objects.create(
        kind="renamed", predecessor=make.agency(), successor=office, source=source
    )
    models.Criterion.objects.create(
        first_year=2565, last_year=2565, order=1, title_th="ด้านสมมติ"
    ).sources.add(source)
    values = {"name_th": "สมมติ", "short_names": ["สมม."], "recipients": []}
    models.LoadedRecord.objects.create(kind="agencies.csv", key="k", object_id=1, values=values)
    models.SearchWord.objects.create(typed="สมม.", means="สมมติ")
    models.PlaceName.objects.create(name="เกาะสมมติ", province="90")
    models.MissedQuery.objects.create(
        text="ร้านสมมติ", count=3, last_asked_on=datetime.date(2026, 1, 1)
    )
    make.declaration(2565, agency=ministry)
    make.figure(666, agency=ministry, as_of=datetime.date(2022, 9, 29))
    for kind in models.AccessEvent.Kind.values:
        models.AccessEvent.objects.create(kind=kind, account_name="somsri", by_name="somsri")
    draft = make.award(make.agency(name_th="สำนักงานที่เสนอ"), 2567, published=False)
    propose_publication([draft], by=make.user(first_name="สมชาย", username="สมชาย"))
    make.intake("ระดับพื้นฐาน จำนวน ๓ ศูนย์ ได้แก่\n1. สำนักงานสมมติแพร่\n2. สำนักงานสมมติน่าน")
    make.accepted_doubt(award)
    make.merge_log()


@pytest.fixture
def superuser(client, register):
    account = make.user("somsri", is_superuser=True)
    assert sign_in(client, "somsri").status_code == 302
    for path in ("award", "agency"):  # something done, for histories and the list of what was done
        record = getattr(models, path.title()).objects.first()
        for flag, said in [(1, [{"added": {}}]), (2, [{"changed": {"fields": ["ปี"]}}])]:
            LogEntry.objects.log_actions(account.pk, [record], flag, said)
    return client


# --- walking through the desk --------------------------------------------------------------------

STRANGER = "ฅฅฅฅ ไม่มีคำนี้"
LARGEST = 1500


def links_of(page: str, address: str):
    for link in re.findall(r'<a\b[^>]*?href="([^"]+)"', page):
        yield urljoin(address, html.unescape(link))


def as_walked(address: str) -> str:
    """One choice of a list at a time, in one order: what more choices show is the same page."""
    parts = urlsplit(address)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if name not in {"o", "next", "_changelist_filters"}
    ]
    return parts.path + (f"?{urlencode(query[:1])}" if query else "")


def walk(client, start: str):
    """Every page that links lead to from the desk's first page: address and answer."""
    seen, waiting, choices = {start}, deque([start]), Counter()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, follow=True)
        yield address, answer
        if "text/html" not in answer.get("Content-Type", ""):
            continue
        for found in map(as_walked, links_of(answer.text, address)):
            # Three records of a kind, and three values of a filter, are as good as hundreds.
            choice = re.sub(r"/\d+/", "/#/", found.partition("=")[0])
            if found.startswith(start) and found not in seen and choices[choice] < 3:
                seen.add(found)
                waiting.append(found)
                choices[choice] += 1
        assert len(seen) < LARGEST, "the walk has no end"


def more_addresses() -> list[str]:
    """Pages that no link leads to, of each list: searches, filters, faulty keys, deletion."""
    addresses = ["/admin/auth/", "/admin/certifications/", "/admin/auth/user/add/?_popup=1"]
    for model in admin.site._registry:
        record = model._default_manager.first()
        named = f"{model._meta.app_label}_{model._meta.model_name}"
        the_list = reverse(f"admin:{named}_changelist")
        addresses += [the_list, f"{the_list}?{urlencode({'q': STRANGER})}", f"{the_list}?e=1"]
        addresses += [f"{the_list}?_popup=1", f"{the_list}?all=", reverse(f"admin:{named}_add")]
        for page in ("change", "history", "delete"):
            addresses += [reverse(f"admin:{named}_{page}", args=[key]) for key in (record.pk, "0")]
    return addresses


def check(pages) -> None:
    known, wrong, number = names_in_the_records(), [], 0
    for address, answer in pages:
        assert answer.status_code < 500, address
        number += 1
        if "text/html" in answer.get("Content-Type", ""):
            wrong += [f"{address}: {said}" for said in english_on(answer.text, known)]
    assert not wrong, "\n".join(wrong)
    assert number


def test_every_page_that_links_lead_to_is_in_thai(superuser):
    pages = list(walk(superuser, "/admin/"))
    assert len(pages) > 100
    check(pages)


def test_searches_filters_deletions_and_faulty_keys_are_answered_in_thai(superuser):
    check((address, superuser.get(address, follow=True)) for address in more_addresses())


@pytest.mark.parametrize("group", ["ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ"])
def test_what_other_roles_are_shown_is_in_thai(client, register, group):
    make.user("somsri", group)
    sign_in(client, "somsri")
    check(walk(client, "/admin/"))


def test_an_account_without_any_right_is_told_so_in_thai(client, register):
    make.user("somsri")
    sign_in(client, "somsri")
    check(walk(client, "/admin/"))
    assert "ยังไม่มีสิทธิ์" in client.get("/admin/").text


def faulty_posts():
    """Of every form: nothing filled in, and what cannot be in every field."""
    for model, desk in admin.site._registry.items():
        named = f"{model._meta.app_label}_{model._meta.model_name}"
        record = model._default_manager.first()
        fields = [field.name for field in model._meta.get_fields() if not field.auto_created]
        nonsense = dict.fromkeys(fields, "ที่ไม่มี 9999999") | {"code": "ก ข", "username": "ก ข"}
        nonsense |= {"password1": "123", "password2": "1234", "usable_password": "true"}
        for page, *args in [("add",), ("change", record.pk)]:
            address = reverse(f"admin:{named}_{page}", args=args)
            yield address, {}
            yield address, nonsense
            yield address, nonsense | _formsets("0")
            yield address, nonsense | _formsets("1")
            if page == "change" and isinstance(desk, Versioned):
                yield address, nonsense | _formsets("1") | make.opened(record)
        yield reverse(f"admin:{named}_changelist"), {"action": "", "index": "0"}
        yield reverse(f"admin:{named}_changelist"), {"action": "x", "_selected_action": record.pk}


def _formsets(total: str) -> dict:
    counts = {
        "TOTAL_FORMS": total,
        "INITIAL_FORMS": "0",
        "MIN_NUM_FORMS": "0",
        "MAX_NUM_FORMS": "9",
    }
    facts = {}
    for prefix in ("recipients", "status_changes", "names", "files"):
        facts |= {f"{prefix}-{name}": value for name, value in counts.items()}
        for field in ("kind", "name", "order", "change", "changed_on", "reason", "source", "file"):
            facts[f"{prefix}-0-{field}"] = "ที่ไม่มี"
    return facts


def test_faulty_forms_are_answered_in_thai(superuser):
    check(
        (address, superuser.post(address, facts, follow=True)) for address, facts in faulty_posts()
    )


def test_every_action_on_chosen_rows_answers_in_thai(superuser, rf):
    pages = []
    for model, desk in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        request = rf.get(address)
        request.user = Group.user_set.rel.related_model.objects.get(username="somsri")
        for action in desk.get_actions(request):
            for record in model._default_manager.all()[:3]:
                facts = {"action": action, "_selected_action": record.pk, "index": "0"}
                pages.append((f"{address} {action}", superuser.post(address, facts, follow=True)))
    assert pages
    check(pages)


def test_what_is_said_after_saving_and_deleting_is_in_thai(superuser):
    pages = []
    for more in ({"_save": "1"}, {"_continue": "1"}, {"_addanother": "1"}):
        facts = agency_form(name_th=f"สำนักงานใหม่ {len(pages)}") | more
        answer = superuser.post("/admin/certifications/agency/add/", facts, follow=True)
        assert answer.redirect_chain, answer.context["errors"]
        pages.append(("add", answer))
    office = models.Agency.objects.get(name_th="สำนักงานใหม่ 0")
    address = reverse("admin:certifications_agency_change", args=[office.pk])
    for more in ({"_save": "1"}, {"_continue": "1"}, {"_addanother": "1"}):
        facts = agency_form(name_th="สำนักงานที่แก้") | more | {"names-TOTAL_FORMS": 0}
        facts |= make.opened(office)
        pages.append(("change", superuser.post(address, facts, follow=True)))
    pages.append(
        ("history", superuser.get(reverse("admin:certifications_agency_history", args=[office.pk])))
    )
    delete = reverse("admin:certifications_agency_delete", args=[office.pk])
    pages.append(("delete", superuser.get(delete)))
    pages.append(("deleted", superuser.post(delete, {"post": "yes"}, follow=True)))
    check(pages)


def test_the_pages_of_access_are_in_thai(client, register):
    account = make.user("somsri", "ผู้อนุมัติ")
    pages = [("login", client.get("/admin/login/"))]
    pages.append(("empty", client.post("/admin/login/", {"username": "", "password": ""})))
    pages.append(("refused", sign_in(client, "somsri", "wrong")))
    outsider = make.user("somchai", is_staff=False)
    client.force_login(outsider)
    pages.append(("no staff", client.get("/admin/", follow=True)))
    client.force_login(account)
    pages.append(("add", client.get("/admin/second-factor/add/")))
    pages.append(("wrong", client.post("/admin/second-factor/add/", {"code": "1"})))
    TOTPDevice.objects.update(throttling_failure_count=0)
    add_device(client, account)
    pages.append(("codes", client.post("/admin/recovery-codes/", follow=True)))
    pages.append(("account", client.get("/admin/account/")))
    pages.append(("closed", client.post("/admin/sessions/close/", {"session": "x"}, follow=True)))
    change = "/admin/password_change/"
    pages.append(("password", client.get(change)))
    pages.append(("password empty", client.post(change, {})))
    for new, again in [("short", "other"), ("1234567", "1234567"), ("somsri", "somsri")]:
        facts = {"old_password": "wrong", "new_password1": new, "new_password2": again}
        pages.append((f"password {new}", client.post(change, facts)))
    facts = {"old_password": "only-for-tests", "new_password1": "ประโยคยาวที่จำได้เอง"}
    facts["new_password2"] = facts["new_password1"]
    pages.append(("password changed", client.post(change, facts, follow=True)))
    leave_unused(client)
    late = client.post("/admin/certifications/agency/add/", agency_form())
    pages.append(("too late", late))
    sealed = hidden_fields(late.text)["kept_form"][0]
    pages.append(("timed out", client.get("/admin/login/?timed_out=1")))
    asked = sign_in(client, "somsri", facts["new_password1"], kept_form=sealed)
    pages.append(("second factor", client.get(asked["Location"], follow=True)))
    pages.append(("second factor empty", client.post("/admin/second-factor/", {"code": ""})))
    pages.append(("second factor wrong", client.post("/admin/second-factor/", {"code": "000000"})))
    TOTPDevice.objects.all().delete()
    account.refresh_from_db()
    client.force_login(account)
    session = client.session
    session["_kept_form"] = sealed
    session.save()
    pages.append(("kept", client.get("/admin/")))
    pages.append(("resume", client.get("/admin/resume/")))
    again = hidden_fields(client.get("/admin/resume/").text)
    pages.append(("look again", client.post("/admin/certifications/agency/add/", again)))
    pages.append(("logged out", client.post("/admin/logout/")))
    for _attempt in range(6):
        locked = sign_in(client, "somsri", "wrong")
    pages.append(("locked", locked))
    assert [name for name, answer in pages if answer.status_code == 302] == []
    check(pages)


def test_pages_that_say_something_is_wrong_are_in_thai(superuser, client):
    client.raise_request_exception = False
    pages = [("nothing here", client.get("/admin/nothing-here/"))]
    client.force_login(make.user("reader", "ผู้อ่าน"))
    pages.append(("forbidden", client.get("/admin/certifications/award/add/")))
    assert pages[1][1].status_code == 403
    check(pages)
    for template in ("500.html", "403_csrf.html", "400.html", "403.html"):
        assert english_on(render_to_string(template), set()) == [], template


# --- the scripts ---------------------------------------------------------------------------------


def script_catalogue(client, address: str) -> dict:
    text = client.get(address).text
    return json.loads(re.search(r"const newcatalog = (\{.*?\});\n", text, re.S)[1])


def sentences_of_scripts() -> set[str]:
    """What the scripts of Django's admin ask the catalogue for."""
    asked = re.compile(r"\bn?gettext\(\s*(['\"])(.+?)\1\s*[,)]")
    return {
        text
        for script in (DJANGO / "contrib/admin/static/admin/js").rglob("*.js")
        if "vendor" not in script.parts
        for _quote, text in asked.findall(script.read_text("utf-8"))
    }


def test_the_scripts_say_everything_in_thai(superuser):
    catalogue = script_catalogue(superuser, "/admin/jsi18n/")
    asked = sentences_of_scripts()
    assert len(asked) > 40
    assert sorted(asked - set(catalogue)) == []
    said = [catalogue[text] for text in asked]
    plain = [text if isinstance(text, str) else text[0] for text in said]
    assert [text for text in plain if LATIN.search(re.sub(r"%(\(\w+\))?s", "", text))] == []


def test_fields_that_search_speak_thai(superuser):
    page = superuser.get(reverse("admin:certifications_award_add")).text
    assert "select2/i18n/th.js" in page


# --- the catalogue -------------------------------------------------------------------------------

# Sentences of Django that no page of ours can show: names of languages, its first page on a new
# machine, why a form was refused (ours stands in its place), words of developers' screens.
NEVER_SHOWN = re.compile(
    r"docs\.djangoproject|You are seeing th|If you have configured|If you are using the <meta"
    r"|The install worked|Django Documentation|Topics, references|Tutorial|Get started"
    r"|Django Community|Connect, get help|Django: the Web|given format|allow_empty|^Syndication$"
)


def sentences(folder: str):
    catalogue = polib.pofile(str(DJANGO / folder / "locale/en/LC_MESSAGES/django.po"))
    return [entry for entry in catalogue if not NEVER_SHOWN.search(entry.msgid)]


@pytest.mark.parametrize(
    "folder", ["conf", "contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/sessions"]
)
def test_every_sentence_of_django_has_its_thai(folder):
    languages = {name for _code, name in django.conf.global_settings.LANGUAGES}
    with translation.override("th"):
        left = [
            entry.msgid
            for entry in sentences(folder)
            if LATIN.search(re.sub(r"%\(\w+\)\w|\{\w*\}|<[^>]+>", "", entry.msgid))
            and entry.msgid not in languages
            and _in_thai(entry) in (entry.msgid, entry.msgid_plural)
        ]
    assert not left, "\n".join(left)


def _in_thai(entry) -> str:
    if entry.msgid_plural:
        return translation.ngettext(entry.msgid, entry.msgid_plural, 2)
    if entry.msgctxt:
        return translation.pgettext(entry.msgctxt, entry.msgid)
    return translation.gettext(entry.msgid)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_foreign_catalogue_says_what_is_written(domain):
    folder = Path(models.__file__).parents[1] / "locale_foreign/th/LC_MESSAGES"
    written = polib.pofile(str(folder / f"{domain}.po"))
    compiled = polib.mofile(str(folder / f"{domain}.mo"))
    assert len(written) > 50

    def pairs(catalogue):
        return {(e.msgctxt or "", e.msgid): e.msgstr or e.msgstr_plural[0] for e in catalogue}

    assert pairs(written) == pairs(compiled)


# --- English -------------------------------------------------------------------------------------


def test_the_english_side_of_the_desk_opens_everywhere(superuser):
    pages = list(walk(superuser, "/en/admin/"))
    assert len(pages) > 100
    # A record that is not public has no public page to be looked at.
    looked_at = [(address, answer) for address, answer in pages if "/admin/r/" not in address]
    assert [address for address, answer in looked_at if answer.status_code != 200] == []
