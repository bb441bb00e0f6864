"""Score a golden file of queries over the real records: `python -m tests.benchmarks.golden PATH`.

A line is {"id", "kind", "q", "first", "all_of", "nothing", "means"}: one of `first` must come
first, all of `all_of` stand on the first page, `nothing` must find nothing, and the words must mean
`means`.
"""

import argparse
import importlib
import io
import json
from collections import defaultdict
from pathlib import Path

from django.core.management import call_command

from tests.benchmarks.throwaway import database

PAGE = 25
OWN_CASES = Path(__file__).parent.parent / "golden.jsonl"


def cases(path: Path) -> list[dict]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def answer(query: str) -> tuple[list[str], bool, dict]:
    """The names on the list's first page, whether they are only near, and what the words meant."""
    results = importlib.import_module("certifications.listing.results")  # once Django is ready
    listing = results.listing({"q": query})
    names = [agency.name_th for agency in listing.page(0, PAGE)]
    criteria = listing.criteria
    return (
        names,
        listing.is_near,
        {"level": criteria.searched_level, "year": criteria.searched_year},
    )


def faults(case: dict, names: list[str], is_near: bool, means: dict) -> list[str]:
    """Which of the four promises a case breaks."""
    broken = []
    if case.get("first") and names[:1] not in [[name] for name in case["first"]]:
        broken.append("first")
    if not set(case.get("all_of", [])) <= set(names):
        broken.append("all_of")
    if case.get("nothing") and names and not is_near:
        broken.append("nothing")
    if any(means.get(key) != value for key, value in case.get("means", {}).items()):
        broken.append("means")
    return broken


def score(path: Path) -> dict[str, list[int]]:
    """Promise → [kept, made]; prints each case that fails."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for case in cases(path):
        names, is_near, means = answer(case["q"])
        broken = faults(case, names, is_near, means)
        for promise in ("first", "all_of", "nothing", "means"):
            if case.get(promise):
                totals[promise][1] += 1
                totals[promise][0] += promise not in broken
        if broken:
            near = " (near)" if is_near else ""
            print(f"{case['id']} {case['q']!r} {broken}: {names[:3]}{near} {means}")
        elif case.get("nothing") and names:
            print(f"{case['id']} {case['q']!r} suggests {names[:3]}")
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args()
    with database(asked.engine):
        call_command("load_records", verbosity=0, stdout=io.StringIO())
        for promise, (kept, made) in score(asked.path).items():
            print(f"{promise:8} {kept}/{made} {kept / made:.1%}")


if __name__ == "__main__":
    main()
