"""What is measured: which addresses, against what they are held, and beside what of Datasette."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

FACETS = ("province", "service", "level", "year", "state", "ministry", "department")
EXPORT_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml",
}

# Offices → what is asked → the median in milliseconds not to be passed, by database.
TARGETS = {
    10_000: {
        "list": {"sqlite": 60, "postgresql": 60},
        "search": {"sqlite": 60, "postgresql": 60},
        "near search": {"sqlite": 150, "postgresql": 150},
        "office": {"sqlite": 30, "postgresql": 30},
    },
    100_000: {
        "list": {"sqlite": 300, "postgresql": 150},
        "search": {"sqlite": 60, "postgresql": 60},
        "near search": {"sqlite": 150, "postgresql": 150},
    },
}
UNCHANGED_TARGET = 5


@dataclass(frozen=True)
class Probe:
    """A kind of request. Several addresses are asked in turn."""

    name: str
    addresses: tuple[str, ...]
    media: str = "text/html"
    question: str = ""  # the key of its target
    rival: str = ""  # Datasette's query string for the same question
    text: str = ""  # what is searched, for icontains

    @property
    def is_file(self) -> bool:
        return self.media != "text/html"

    @property
    def warm_ups(self) -> int:
        """How many answers are thrown away before any is measured."""
        return 1 if self.is_file else 2


def probes(facts: dict) -> list[Probe]:
    """All that is measured in a database of which `facts` are known."""
    office_pages = tuple(f"/agencies/{code}/" for code in facts["offices"])
    plain = [
        _list("list", {}, rival={}),
        _list("list, page 2", {"page": "2"}),
        _list("list, highest level first", {"sort": "level"}),
        _list("list on a past day", {"on": "2024-12-31"}),
        _list(
            "province and level",
            {"province": "50", "level": "advanced"},
            rival={"province": "เชียงใหม่", "level": "ระดับก้าวหน้า"},
        ),
        _list("in force", {"state": "in_force"}, rival={"state": "in_force"}),
        _list("year", {"year": "2565"}, rival={"year": "2565"}),
        _list(
            "ministry", {"ministry": facts["ministry"]}, rival={"ministry": facts["ministry_name"]}
        ),
        *_searches(facts["spellings"]),
        Probe("office page", office_pages, question="office"),
        Probe("department page", (f"/agencies/{facts['department']}/",)),
        Probe("ceremony page", ("/events/2565/",)),
        Probe("province page", ("/provinces/chiang-mai/",)),
        Probe("provinces", ("/provinces/",)),
        Probe("front page", ("/",)),
    ]
    return [*plain, *_files()]


def _list(name: str, parameters: dict, rival: dict | None = None, **facts) -> Probe:
    address = "/agencies/" + (f"?{urlencode(parameters)}" if parameters else "")
    beside = "" if rival is None else rival_query(rival)
    return Probe(name, (address,), rival=beside, **({"question": "list"} | facts))


def rival_query(parameters: dict) -> str:
    """Datasette's parameters: the same filters, with the counts beside every value."""
    return urlencode([*parameters.items(), *(("_facet", facet) for facet in FACETS)])


def _searches(spellings: list[dict]) -> list[Probe]:
    """One search of each kind of spelling, and two that many offices answer to."""
    of_kind = {spelling["kind"]: spelling["text"] for spelling in reversed(spellings)}
    of_kind |= {"broad category": "โรงพยาบาล", "province": "เชียงใหม่"}
    return [
        _list(
            f"search: {kind}",
            {"q": text},
            rival={"_search": text},
            text=text,
            question="near search" if kind == "letter lost" else "search",
        )
        for kind, text in of_kind.items()
    ]


def _files() -> list[Probe]:
    """The same rows as files, and the interface for programs."""
    lists = [
        Probe(f"list as {kind}", (f"/agencies/?format={kind}",), media=media)
        for kind, media in EXPORT_TYPES.items()
    ]
    filtered = Probe(
        "province as csv", ("/agencies/?province=50&format=csv",), media=EXPORT_TYPES["csv"]
    )
    searched = f"/api/v1/agencies/?q={quote('จัดหางาน')}"
    api = [
        Probe("api list", ("/api/v1/agencies/",), media="application/json"),
        Probe("api search", (searched,), media="application/json"),
    ]
    awards = [
        Probe(f"awards as {kind}", (f"/awards/?format={kind}",), media=EXPORT_TYPES[kind])
        for kind in ("csv", "json")
    ]
    return [*lists, filtered, *api, *awards]
