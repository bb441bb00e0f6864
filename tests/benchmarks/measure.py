"""Measure the register on invented records, beside Datasette and plain `icontains`:

    make bench
    make bench ARGS='--offices 100000 --databases postgresql'

Each page is asked of the real server, over connections that stay open: once after every change of
the data ("changed": nothing can come from a cache), and again and again with no change between.
Figures are milliseconds at the client, the whole answer read. They are also kept as JSON.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil

from tests.benchmarks import report
from tests.benchmarks.probes import Probe, probes
from tests.benchmarks.serve import HOST, PAGE_SIZE, Server, database, datasette, register

DATABASES = ("sqlite", "postgresql")
ROUNDS = 20
ROUNDS_OF_FILES = 3
SECONDS_A_PAGE = 15  # then a slow page is measured in fewer rounds
PATIENCE = 30  # seconds for one answer; then the worker is replaced
PATIENCE_FOR_FILES = 300
MEMORY_SAMPLED_EVERY = 0.02
MEGABYTE = 1_000_000
RIVAL_TABLE = "/offices/offices"
RIVAL_SETTINGS = {
    "default_page_size": PAGE_SIZE,
    "suggest_facets": "off",  # a thing we do not do either
    "facet_time_limit_ms": 60_000,  # its own limit would leave out counts that ours shows
    "sql_time_limit_ms": 60_000,
}
OFFICE_LINK = re.compile(r'/agencies/([2-9a-z]{6})/"')
PYTHAINLP_SHARE = """
import psutil
import os
before = psutil.Process().memory_info().rss
os.environ["PYTHAINLP_READ_ONLY"] = "1"
from pythainlp.tokenize import word_tokenize
word_tokenize("สำนักงานจัดหางานจังหวัดแพร่", engine="newmm")
print(psutil.Process().memory_info().rss - before)
"""


@dataclass(frozen=True)
class Answer:
    status: int
    ms: float
    size: int
    etag: str
    media: str
    body: bytes


class Reader:
    """A client with one connection that stays open, as a browser's does."""

    def __init__(self, server: Server, patience: float = PATIENCE):
        self.connection = http.client.HTTPConnection(HOST, server.port, timeout=patience)

    def get(self, address: str, **headers: str) -> Answer:
        began = time.perf_counter()
        self.connection.request("GET", address, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - began) * 1000
        media = answer.headers.get_content_type()
        etag = answer.headers.get("ETag", "")
        return Answer(answer.status, took, len(body), etag, media, body)


class Inside:
    """The process of `inside.py`, asked one thing at a time."""

    def __init__(self, url: str):
        command = [sys.executable, "-m", "tests.benchmarks.inside", url]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __enter__(self) -> "Inside":
        return self

    def __exit__(self, *_failure) -> None:
        self.process.stdin.close()
        self.process.wait()

    def ask(self, act: str, **facts):
        self.process.stdin.write(json.dumps({"do": act, **facts}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_which: sys.exit(1))  # so that what was started ends too
    results = {"offices": options.offices, "rounds": options.rounds, "databases": {}}
    results["load"] = [os.getloadavg()[0], os.cpu_count()]
    results["pythainlp_mb"] = pythainlp_share()
    with tempfile.TemporaryDirectory(prefix="gecc-bench-") as folder:
        copy = Path(folder) / "offices.db"
        for kind in options.databases:
            say(f"— {kind}, {options.offices:,} offices —")
            place = Path(folder) / kind
            place.mkdir()
            with database(kind, place) as url:
                results["databases"][kind] = of_database(url, place, copy, options)
        asked = probes(results["databases"][options.databases[0]]["facts"])
        say("— Datasette —")
        results["datasette"] = of_datasette(copy, asked, options.rounds, results)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    print(report.as_text(results))
    print(f"\nAlso in {options.json}")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.measure")
    parser.add_argument("--offices", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="measure only names that hold this")
    parser.add_argument("--pages", action="store_true", help="measure no files and no API")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    options.json = options.json or Path("build") / f"bench-{options.offices}.json"
    return options


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def pythainlp_share() -> float:
    """Megabytes that importing pythainlp and splitting one name add to a fresh process."""
    command = [sys.executable, "-c", PYTHAINLP_SHARE]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(told.stdout) / MEGABYTE


# --- our own server ------------------------------------------------------------------------------


def of_database(url: str, folder: Path, copy: Path, options: argparse.Namespace) -> dict:
    """Fill an empty database, serve it, and measure all there is."""
    began = time.monotonic()
    generate = [sys.executable, "-m", "tests.benchmarks.generate", "--database", url]
    subprocess.run([*generate, "--offices", str(options.offices)], check=True)
    result = {"generated_in_s": time.monotonic() - began}
    with Inside(url) as inside:
        result["facts"] = inside.ask("facts")
        if not copy.exists():
            inside.ask("copy_for_datasette", path=str(copy))
        asked = [
            probe
            for probe in probes(result["facts"])
            if options.only in probe.name and not (options.pages and probe.is_file)
        ]
        with register(url, folder) as server:
            result |= of_register(server, inside, asked, options.rounds)
            result["spellings"] = found_by_register(Reader(server), result["facts"]["spellings"])
        result["icontains"] = of_contains(inside, asked, result["facts"]["spellings"])
    return result


def of_register(server: Server, inside: Inside, asked: list[Probe], rounds: int) -> dict:
    """Each page's figures; what is not there, and what takes longer than anyone waits."""
    Reader(server).get("/agencies/")
    before = server.worker().memory_info().rss
    pages, left_out = [], []
    for probe in asked:
        reader = Reader(server, PATIENCE_FOR_FILES if probe.is_file else PATIENCE)
        try:
            first = reader.get(probe.addresses[0])
            if first.status == 404 or first.media != probe.media:
                reason = f"{probe.addresses[0]} answers {first.status} {first.media}"
            else:
                pages.append(of_page(probe, reader, inside, server.worker(), rounds))
                say(report.short(pages[-1]))
                continue
        except TimeoutError:
            reason = f"{probe.addresses[0]} does not answer within {PATIENCE} s"
            server.replace_worker()
        left_out.append(f"{probe.name}: {reason}")
        say(left_out[-1])
    return {
        "pages": pages,
        "left_out": left_out,
        "memory_mb": {
            "before": before / MEGABYTE,
            "after": server.worker().memory_info().rss / MEGABYTE,
        },
    }


def of_page(
    probe: Probe, reader: Reader, inside: Inside, worker: psutil.Process, rounds: int
) -> dict:
    """Changed, unchanged and asked again with the ETag; and how much memory a file took."""
    if probe.is_file:
        rounds = min(rounds, ROUNDS_OF_FILES)
    busy = cpu_seconds(worker)
    with peak_growth(worker) if probe.is_file else contextlib.nullcontext({"bytes": 0}) as growth:
        answers = in_turn(probe, reader, rounds, before_each=lambda: inside.ask("change"))
    busy = (cpu_seconds(worker) - busy) / (len(answers) + probe.warm_ups)
    etags = [answer.etag for answer in answers if answer.etag]
    page = Probe(probe.name, probe.addresses[:1], media=probe.media)
    unchanged = in_turn(page, reader, rounds)
    last = unchanged[-1]
    result = {
        "name": probe.name,
        "question": probe.question,
        "address": probe.addresses[0],
        "status": last.status,
        "size_kb": last.size / 1000,
        "changed": times(answers),
        "worker_cpu_ms": busy * 1000,
        "unchanged": times(unchanged),
        "stale": len(probe.addresses) == 1 and len(set(etags)) < len(etags),
        "peak_growth_mb": growth["bytes"] / MEGABYTE,
    }
    if last.etag:
        again = in_turn(page, reader, rounds, **{"If-None-Match": last.etag})
        result["again"] = times(again) | {"status": again[-1].status}
    inside.ask("change")
    result["queries"] = inside.ask("count_queries", address=probe.addresses[0])
    return result


def in_turn(
    probe: Probe,
    reader: Reader,
    rounds: int,
    before_each: Callable[[], object] = lambda: None,
    **headers: str,
) -> list[Answer]:
    """Answers to a probe's addresses, one after the other; fewer of a page that takes long."""
    addresses = itertools.cycle(probe.addresses)
    stop = time.monotonic() + SECONDS_A_PAGE
    answers = []
    while len(answers) < probe.warm_ups + rounds:
        before_each()
        answers.append(reader.get(next(addresses), **headers))
        if len(answers) > probe.warm_ups and time.monotonic() > stop:
            break
    return answers[probe.warm_ups :]


def times(answers: list[Answer]) -> dict:
    """Median and p95 in milliseconds."""
    taken = sorted(answer.ms for answer in answers)
    p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1] if taken[1:] else taken[0]
    return {"median": statistics.median(taken), "p95": p95}


def cpu_seconds(process: psutil.Process) -> float:
    """What a process has computed so far; on a busy machine a fairer measure than the clock."""
    used = process.cpu_times()
    return used.user + used.system


@contextlib.contextmanager
def peak_growth(process: psutil.Process) -> Iterator[dict]:
    """`bytes`: by how much the memory of a process at most grew within the block."""
    start = process.memory_info().rss
    growth = {"bytes": 0}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(MEMORY_SAMPLED_EVERY):
            growth["bytes"] = max(growth["bytes"], process.memory_info().rss - start)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        done.set()
        watcher.join()


# --- what a search finds -------------------------------------------------------------------------


def found(codes: list[str], spelling: dict) -> str:
    """ "first", "page" or "" : where the office meant stands on the first page."""
    meant = set(spelling["meant"])
    if codes and codes[0] in meant:
        return "first"
    return "page" if meant & set(codes) else ""


def found_by_register(reader: Reader, spellings: list[dict]) -> list[str]:
    results = []
    for spelling in spellings:
        page = reader.get(f"/agencies/?q={quote(spelling['text'])}").body.decode()
        results.append(found(OFFICE_LINK.findall(page), spelling))
    return results


def of_contains(inside: Inside, asked: list[Probe], spellings: list[dict]) -> dict:
    """Plain `icontains` in the process itself: no server, no page, no counts."""
    searched = {}
    for probe in asked:
        if probe.text:
            runs = [inside.ask("contains", text=probe.text)["ms"] for _round in range(ROUNDS)]
            searched[probe.name] = statistics.median(runs)
    hits = [
        found(inside.ask("contains", text=spelling["text"])["codes"], spelling)
        for spelling in spellings
    ]
    return {"ms": searched, "spellings": hits}


# --- Datasette -----------------------------------------------------------------------------------


def of_datasette(copy: Path, asked: list[Probe], rounds: int, results: dict) -> dict:
    """The same questions to Datasette, by the names of our pages."""
    change = sqlite3.connect(copy, isolation_level=None)

    def another_score() -> None:
        change.execute("UPDATE offices SET score = coalesce(score, 0) % 100 + 1 WHERE id = 1")

    pages = {}
    first = next(iter(results["databases"].values()))
    with datasette(copy, RIVAL_SETTINGS) as server, contextlib.closing(change):
        reader = Reader(server)
        for probe in asked:
            if not probe.rival or probe.name not in {page["name"] for page in first["pages"]}:
                continue
            rival = Probe(probe.name, (f"{RIVAL_TABLE}?{probe.rival}",))
            changed = in_turn(rival, reader, rounds, before_each=another_score)
            unchanged = in_turn(rival, reader, rounds)
            pages[probe.name] = {
                "status": changed[-1].status,
                "rows": rows_of_datasette(reader, probe.rival),
                "size_kb": changed[-1].size / 1000,
                "changed": times(changed),
                "unchanged": times(unchanged),
            }
        hits = [found_by_datasette(reader, spelling) for spelling in first["facts"]["spellings"]]
    return {"pages": pages, "spellings": hits}


def rows_of_datasette(reader: Reader, query: str) -> int:
    """How many rows answer a question; quick pages of its search are often empty ones."""
    answer = reader.get(f"{RIVAL_TABLE}.json?{query}&_nofacet=1&_size=1")
    return json.loads(answer.body)["filtered_table_rows_count"]


def found_by_datasette(reader: Reader, spelling: dict) -> str:
    asked = urlencode({"_search": spelling["text"], "_shape": "array"})
    answer = reader.get(f"{RIVAL_TABLE}.json?{asked}")
    rows = json.loads(answer.body) if answer.status == 200 else []
    return found([row["code"] for row in rows], spelling)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
