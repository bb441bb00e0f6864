"""Malformed questions to every public list, in search of an answer that is no answer:

    python -m tests.benchmarks.fuzz --number 20000 --seed 7

In this process, on the real data files in a database in memory. Exit code 1 when anything answered
500 or worse, raised, or took longer than a bounded question may.
"""

import argparse
import contextlib
import heapq
import io
import logging
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.models import Agency
from tests.benchmarks.database import use
from tests.benchmarks.inprocess import as_in_production, read

LISTS = {  # path → how often it is asked, against the others
    "/agencies/": 8,
    "/en/agencies/": 2,
    "/awards/": 4,
    "/api/v1/agencies/": 4,
    "/api/v1/awards/": 4,
    "/api/v1/events/": 1,
    "/events/": 1,
    "/events/2565/": 1,
    "/provinces/": 1,
    "/provinces/phrae/": 1,
    "/statistics/": 1,
    "/": 1,
}
SHARE_OF_AGENCY_PAGES = 0.05
SLOWEST_SHOWN = 10
TOO_SLOW = 2.0  # seconds: no question of a few hundred records may cost as much

NAMES = (
    "q",
    "province",
    "service",
    "level",
    "year",
    "state",
    "ministry",
    "department",
    "on",
    "sort",
    "page",
    "format",
    "page_size",
    "ordering",
    "code",
    "parent",
    "event",
    "near",
    "show",
    "all",
    "__proto__",
    "q[]",
    "province__in",
    "csrfmiddlewaretoken",
    "",
)
GOOD = {
    "q": ("จัดหางาน แพร่", "กกจ. แพร่", "โรงพยาบาล สีทอง 2565", "Phrae", "ขนส่งพิศณุโลก", "ธ.ก.ส."),
    "province": ("54", "10", "50", "unknown"),
    "service": ("land", "health", "employment"),
    "level": ("basic", "advanced", "excellent", "unknown"),
    "year": ("2565", "๒๕๖๕", "2022", "unknown"),
    "state": ("in_force", "lapsed", "last_year", "suspended"),
    "on": ("2022-12-01", "31 ธันวาคม 2567", "2567-12-31"),
    "sort": ("name", "recent", "level"),
    "page": ("1", "2", "last"),
    "format": ("csv", "xlsx", "json", "atom", "html"),
}
HOSTILE = (
    "",
    " ",
    "\u0e48\u0e49\u0e34\u0e38\u0e4c",  # nothing but marks
    "\u0e33\u0e30\u0e32",
    "่" * 300,
    "ก" * 5_000,
    "ก่" * 120,
    "สำนักงาน" * 40,
    "แ" * 200,
    "เ" * 199,
    "!?.,;:…-–—()[]{}<>|/\\",
    "🏢🇹🇭👩‍👩‍👧‍👦",
    "%",
    "_",
    "%%%%____",
    "\\%\\_",
    "100%",
    "*",
    '"',
    '""',
    "'",
    "' OR 1=1 --",
    "'; DROP TABLE certifications_agency; --",
    '"จัดหางาน" AND "แพร่"',
    "จัดหางาน NEAR/5 แพร่",
    "name_th:แพร่",
    "-แพร่",
    "^แพร่",
    "แพร่*",
    "(((((",
    "AND OR NOT",
    "a & b | !c <-> d",
    ":*",
    "a:*b",
    "\\",
    "\\\\'",
    "$$",
    "\x00",
    "แพร่\x00แพร่",
    "\r\nSet-Cookie: a=b",
    "\u200b\u200d\ufeff\u202e",
    "\ud800",
    "\ufffe\uffff",
    "\U0010ffff",
    "ﬀ①㍿﷽",
    "İıſß",
    "-1",
    "0",
    "-0",
    "1e9",
    "1_000",
    "٣",
    "²",
    "๑๒3๔",
    "９９",
    "2565-02-30",
    "31 กุมภาพันธ์ 2565",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2565-13-01",
    "9" * 30,
    "9" * 5_000,
    "-" + "9" * 25,
    "99999999999999999999",
    "2147483648",
    "9223372036854775808",
    "NaN",
    "inf",
    "None",
    "null",
    "true",
    "[]",
    "{}",
    "../../etc/passwd",
    "//evil.example.test",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% debug %}",
    "%(x)s %s %d",
    "{0.__class__}",
    "unknown",
    "nothing-of-the-kind",
)
BROKEN = (  # raw, as no browser would send it
    b"%",
    b"%%",
    b"%zz",
    b"%e0%b8",
    b"%ff%fe",
    b"%u0e01",
    b"%00",
    b"%ed%a0%80",
    b"%f4%90%80%80",
    b"\xe0\xb8\x81",
    b"\xff\xfe",
    b"%c0%af",
    b"+",
    b"=",
    b";",
    b"&&&",
)


@dataclass(frozen=True)
class Question:
    """An address and its query string as bytes on the wire."""

    path: str
    query: bytes

    def __str__(self) -> str:
        shown = self.query[:300].decode("latin-1")
        rest = f"… ({len(self.query):,} bytes)" if len(self.query) > 300 else ""
        return f"{self.path}?{shown}{rest}"


@dataclass
class Outcome:
    """What came of all questions."""

    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    logging.disable()  # refusals are what is wanted
    use("sqlite://:memory:")
    call_command("migrate", verbosity=0)
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("load_records")
    began = time.monotonic()
    outcome = ask_all(questions(options.number, options.seed))
    print(f"{options.number:,} questions in {time.monotonic() - began:.0f} s, seed {options.seed}")
    for status, count in sorted(outcome.statuses.items()):
        print(f"  {status}: {count:,}")
    print("slowest:")
    for taken, question in outcome.slowest:
        print(f"  {taken * 1000:.0f} ms  {question}")
    print(f"{len(outcome.faults)} faults")
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fuzz")
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    return parser.parse_args(arguments)


def ask_all(asked: Iterator[Question]) -> Outcome:
    """Ask each question once; faults are answers from 500 on, exceptions and slow answers."""
    outcome = Outcome()
    client = Client()
    slowest: list[tuple[float, str]] = []
    with as_in_production():
        for number, question in enumerate(asked):
            began = time.perf_counter()
            try:
                status = _ask(client, question, number)
            except Exception:
                outcome.faults.append(f"{question}\n{traceback.format_exc(limit=-4)}")
                status = 500
            taken = time.perf_counter() - began
            outcome.statuses[status] += 1
            if status >= 500 and (not outcome.faults or str(question) not in outcome.faults[-1]):
                outcome.faults.append(f"{question} answers {status}")
            if taken > TOO_SLOW:
                outcome.faults.append(f"{question} takes {taken:.1f} s")
            slowest = heapq.nlargest(SLOWEST_SHOWN, [*slowest, (taken, str(question))])
    outcome.slowest = slowest
    return outcome


def _ask(client: Client, question: Question, number: int) -> int:
    """The status. Each question comes from another reader, so that none is held back."""
    reader = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    # A server gives the query string to Django as Latin-1.
    query = question.query.decode("latin-1")
    return read(client, question.path, QUERY_STRING=query, REMOTE_ADDR=reader)[0]


# --- what is asked -------------------------------------------------------------------------------


def questions(number: int, seed: int) -> Iterator[Question]:
    """Questions to the lists there are, the same ones for the same seed."""
    chance = random.Random(seed)
    lists = [path for path in LISTS if is_served(path)]
    weights = [LISTS[path] for path in lists]
    agencies = list(Agency.objects.order_by("code").values_list("code", flat=True))
    for _question in range(number):
        path = chance.choices(lists, weights)[0]
        if agencies and chance.random() < SHARE_OF_AGENCY_PAGES:
            path = f"/agencies/{chance.choice(agencies)}/"
        yield Question(path, _query(chance))


def is_served(path: str) -> bool:
    """Whether some view answers at this address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _query(chance: random.Random) -> bytes:
    drawn = chance.random()
    if drawn < 0.02:  # one parameter, over and over
        name = chance.choice(NAMES)
        return b"&".join(_parameter(chance, name) for _time in range(500))
    if drawn < 0.03:  # more than Django takes
        return b"&".join(_parameter(chance, f"p{number}") for number in range(1_200))
    if drawn < 0.08:
        return bytes(chance.randrange(256) for _byte in range(chance.randint(1, 60)))
    return b"&".join(
        _parameter(chance, chance.choice(NAMES)) for _parameter_ in range(chance.randint(1, 5))
    )


def _parameter(chance: random.Random, name: str) -> bytes:
    return quote_from_bytes(name.encode()).encode() + b"=" + _value(chance, name)


def _value(chance: random.Random, name: str) -> bytes:
    drawn = chance.random()
    if drawn < 0.35 and name in GOOD:
        text = chance.choice(GOOD[name])
    elif drawn < 0.75:
        text = chance.choice(HOSTILE)
    elif drawn < 0.85:
        return b"".join(chance.choices(BROKEN, k=chance.randint(1, 4)))
    else:
        text = _mixture(chance)
    return quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode()


def _mixture(chance: random.Random) -> str:
    """Letters, marks, digits and signs of several scripts without any sense."""
    kinds = (
        lambda: chr(chance.randint(0x0E01, 0x0E5B)),
        lambda: chr(chance.randint(0x20, 0x7E)),
        lambda: chr(chance.randint(0, 0x2FFF)),
        lambda: chr(chance.randint(0xD7F0, 0xE010)),  # around the surrogates
        lambda: chance.choice("จัดหางานแพร่ 2565 ๒๕๖๕ %_'\"\\*"),
    )
    return "".join(chance.choice(kinds)() for _letter in range(chance.randint(1, 60)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
