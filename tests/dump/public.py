"""What is asked of the public addresses: each page in both languages, each list in every way."""

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import urlencode

from django.apps import apps

from tests.dump.answers import Dump, Question, links

FORMATS = ("csv", "xlsx", "json", "atom")
LISTS = ("/agencies/", "/awards/")
STATES = (
    "in_force",
    "last_year",
    "lapsed",
    "suspended",
    "withdrawn",
    "not_yet_in_force",
    "year_unknown",
)
SORTS = ("name", "recent", "level")
DAYS = (
    "2016-12-31",
    "2022-09-28",
    "2565-12-31",
    "2023-01-01",
    "31 ธันวาคม 2567",
    "1 ม.ค. 68",
    "2025-12-31",
    "2026-01-01",
    "2026-12-31",
    "2027-01-01",
    "2030-01-01",
)
SEARCHES = (
    "จัดหางานแพร่",
    "จัดหางาน จ.แพร่",
    "กกจ. แพร่",
    "สนง.ขนส่ง ลำพูน",
    "รพ.ร้อยเอ็ด",
    "กปภ.อุดร",
    "การไฟฟ้า พัทยา",
    "ธกส",
    "โรงพยาบาล",
    "โรงพยาบาล ระดับทอง 2565",
    "ที่ดิน โคราช",
    "ขนสงลำพูน",
    "สรรพกร",
    "อำเภอ ปี 2563 ระดับเป็นเลิศ",
    "กระทรวงแรงงาน",
    "Phrae",
    "employment office",
    "Chiang Mai hospital",
    "๒๕๖๖",
    "ภูเก็ต เงิน",
    "ก",
    "%_",
    '"',
    "ร้านก๋วยเตี๋ยวไม่มีจริง",
    "xyzzy",
)
REFUSED = (
    ("province", "99"),
    ("service", "nothing"),
    ("level", "gold"),
    ("year", "twenty"),
    ("state", "good"),
    ("change", "lowered"),
    ("ministry", "222222"),
    ("department", "x"),
    ("on", "31 กุมภาพันธ์ 2565"),
    ("sort", "random"),
    ("page", "0"),
    ("page", "999"),
    ("format", "pdf"),
    ("q", "ก" * 201),
)
COMBINED = (
    {"province": ["54", "50"], "state": "in_force"},
    {"level": "excellent", "year": "2565", "sort": "recent"},
    {"q": "โรงพยาบาล", "level": "advanced", "on": "2022-12-01"},
    {"province": "unknown"},
    {"q": "แพร่", "sort": "name"},
    {"state": ["lapsed", "year_unknown"], "sort": "level", "page": "2"},
)
SINGLE_PAGES = (
    "/",
    "/agencies/",
    "/awards/",
    "/changes/",
    "/data/",
    "/events/",
    "/provinces/",
    "/about/",
    "/api/",
    "/opensearch.xml",
    "/agencies/suggest/",
)
FOR_PROGRAMS = (
    "/healthz",
    "/robots.txt",
    "/sitemap.xml",
    "/api/v1/",
    "/api/v1/openapi.json",
    "/api/v1/agencies/",
    "/api/v1/awards/",
    "/api/v1/events/",
    "/api/v1/levels/",
    "/api/v1/provinces/",
    "/api/v1/services/",
    "/data/datapackage.json",
    "/data/catalog.jsonld",
    *(
        f"/data/{name}.{kind}"
        for name in ("agencies", "awards", "events", "figures", "nothing")
        for kind in ("csv", "json")
    ),
)
NOWHERE = ("/nothing/", "/agencies/222222/", "/events/2599/", "/provinces/atlantis/", "/agencies")
FAULTS_OF_API = (
    "/api/v1/nothing/",
    "/api/v1/agencies/222222/",
    "/api/v1/agencies/x/",
    "/api/v1/events/2599/",
    "/api/v1/agencies/?page=0",
    "/api/v1/agencies/?page_size=101",
    "/api/v1/agencies/?level=gold&on=x",
)


def questions(dump: Dump) -> Iterator[Question]:
    """All of them; the sitemaps and the plain pages are asked first, for what they lead to."""
    yield from map(Question, FOR_PROGRAMS)
    yield from map(Question, _of_sitemaps(dump))
    yield from map(Question, in_both((*SINGLE_PAGES, *NOWHERE)))
    yield from map(Question, in_both(_of_records()))
    yield from map(Question, _of_lists())
    yield from map(Question, _of_the_past())
    yield from map(Question, in_both(_of_changes()))
    yield from _preferring()
    yield from map(Question, _led_to(dump))


def in_both(addresses) -> Iterator[str]:
    """The Thai page and the English."""
    for address in addresses:
        yield from (address, f"/en{address}")


def asked(path: str, **values) -> str:
    return f"{path}?{urlencode(values, doseq=True)}"


def _model(name: str):
    return apps.get_model("certifications", name).objects


# --- pages ---------------------------------------------------------------------------------------


def _of_sitemaps(dump: Dump) -> Iterator[str]:
    """The sitemaps that the index names, and every page that they name."""
    for sitemap in _locations(dump.ask(Question("/sitemap.xml"))):
        yield sitemap
        yield from _locations(dump.ask(Question(sitemap)))
    yield "/sitemap-nothing.xml"


def _locations(sitemap: bytes) -> list[str]:
    found = re.findall(r"<loc>https?://[^/<]+([^<]*)</loc>", sitemap.decode())
    return list(dict.fromkeys(found))


def _of_records() -> Iterator[str]:
    """Public or not: a draft, what was merged and what was withdrawn answer in their own way."""
    for code in _model("Agency").order_by("code").values_list("code", flat=True):
        yield f"/agencies/{code}/"
    for code in _model("AwardEvent").order_by("code").values_list("code", flat=True):
        yield f"/events/{code}/"
        yield asked(f"/events/{code}/", page=2)
    for file in _model("EventFile").select_related("event").order_by("pk"):
        yield f"/events/{file.event.code}/files/{file.pk}/"
        yield f"/events/{file.event.code}/files/{file.pk + 1}/"


# --- lists ---------------------------------------------------------------------------------------


def criteria() -> list[dict]:
    """One filter each, with every value that the records have of it."""
    agencies, awards = _model("Agency"), _model("Award")
    bodies = agencies.exclude(kind="office").order_by("code")
    values = {
        "province": agencies.order_by("province").values_list("province", flat=True).distinct(),
        "service": _model("Service").order_by("code").values_list("code", flat=True),
        "level": _model("CertificationLevel").order_by("code").values_list("code", flat=True),
        "year": awards.order_by("year").values_list("year", flat=True).distinct(),
        "ministry": bodies.filter(kind="ministry").values_list("code", flat=True),
        "department": bodies.exclude(kind="ministry").values_list("code", flat=True),
        "state": STATES,
        "change": ("raised",),
        "sort": SORTS,
        "page": range(1, 9),
        "q": SEARCHES,
    }
    single = [{name: value or "unknown"} for name in values for value in values[name]]
    return [*single, *COMBINED]


def _of_lists() -> Iterator[str]:
    every = criteria()
    refused = [dict([pair]) for pair in REFUSED]
    for values in [*every, *refused]:
        yield from in_both([asked("/agencies/", **values)])
        yield from (asked(f"/api/v1{path}", **values) for path in LISTS)
    for values in [*every[::4], *refused]:
        yield from in_both([asked("/awards/", **values)])
    yield from (asked(f"/api/v1{path}", page_size=10, page=n) for path in LISTS for n in (1, 2, 99))
    some = [{}, *COMBINED, *every[::20], *refused[::3]]
    for path, values, kind in product(LISTS, some, FORMATS):
        yield from in_both([asked(path, **({"format": kind} | values))])
    yield from in_both(asked("/agencies/suggest/", q=text) for text in SEARCHES)


def _of_the_past() -> Iterator[str]:
    """Around the ends of years, where what is in force lapses."""
    agencies = _model("Agency").order_by("code").values_list("code", flat=True)
    paths = [*(f"/agencies/{code}/" for code in agencies[::15]), "/agencies/", "/provinces/"]
    for day in (*DAYS, "x"):
        paths_of_day = [*paths, "/provinces/phrae/", "/provinces/bangkok/", "/awards/", "/"]
        yield from in_both(asked(path, on=day) for path in paths_of_day)
        yield from (asked(path, on=day, format=kind) for path in LISTS for kind in FORMATS)
        yield from (asked(f"/api/v1{path}", on=day) for path in LISTS)
        yield asked(f"/api/v1/agencies/{agencies[0]}/", on=day)


def _of_changes() -> Iterator[str]:
    codes = _model("Award").order_by("pk").values_list("agency__code", flat=True)
    chosen = [{}, {"page": 2}, {"page": 999}, {"since": "2026-11-26"}, {"since": "27 พ.ย. 2569"}]
    chosen += [{"since": "2026-11-26T09:01:00+07:00"}, {"since": "x"}, {"agency": "222222"}]
    chosen += [{"agency": code} for code in (codes[0], codes.last())]
    for values, kind in product(chosen, ("", "json", "atom", "pdf")):
        yield asked("/changes/", **(values | ({"format": kind} if kind else {})))


# --- the API -------------------------------------------------------------------------------------


def _preferring() -> Iterator[Question]:
    """Each record of the API; its faults in the language that the client prefers."""
    for model, path in (("Agency", "agencies"), ("AwardEvent", "events")):
        for code in _model(model).order_by("code").values_list("code", flat=True):
            yield Question(f"/api/v1/{path}/{code}/")
    for address in FAULTS_OF_API:
        yield Question(address)
        yield Question(address, (("Accept-Language", "en"),))
        yield Question(address, (("Accept", "text/html"),))
    yield Question("/api/v1/levels/", (("Origin", "https://elsewhere.test"),))
    yield Question("/data/agencies.csv", (("Origin", "https://elsewhere.test"),))


def _led_to(dump: Dump) -> Iterator[str]:
    """Where the pages without a question lead, one step on."""
    plain = [question.address for question in dump.asked if "?" not in question.address]
    found = (link for address in plain for link in links(dump.ask(Question(address)), address))
    yield from (link for link in dict.fromkeys(found) if not link.startswith("/static/"))
