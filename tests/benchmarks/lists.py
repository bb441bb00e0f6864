"""Score the reading of pasted lists: `python -m tests.benchmarks.lists FOLDER [--passages]`.

FOLDER holds texts and, in gold/, a JSON for each with its `awards` (`office`, `as_written`,
`level`, `year_be`, null where a text does not say). Of each text the paragraphs that name its
offices are pasted, whole; with --passages each is cut, as staff would, to begin at its list's own
heading. Names compare without spaces and bracketed glosses, with the office or with what was
printed.
"""

import argparse
import importlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import django

HEADING = re.compile(r"(?:แบ่งเป็น)?(?:ใน)?(?:\d\. )?ระดับ(?:เป็นเลิศ|ก้าวหน้า|พื้นฐาน)|สำนักงาน[^ ]* จำนวน")


def bare(name: str) -> str:
    return re.sub(r"\s", "", re.sub(r"\([^)]*\)", "", name))


def cases(folder: Path) -> Iterator[tuple[str, str, list[dict]]]:
    """The name of each text that names certified offices, the text, and the offices."""
    for gold in sorted((folder / "gold").glob("*.json")):
        awards = json.loads(gold.read_text(encoding="utf-8"))["awards"]
        if awards:
            text = (folder / f"{gold.stem}.txt").read_text(encoding="utf-8-sig")
            yield gold.stem, text, awards


def paragraphs(text: str, awards: list[dict]) -> list[str]:
    """The fewest paragraphs that name all the offices, in their order."""
    lines, left, chosen = text.splitlines(), {award["as_written"] for award in awards}, set()
    while left:
        named = [{name for name in left if name in line} for line in lines]
        most = max(range(len(lines)), key=lambda at: len(named[at]))
        if not named[most]:
            break
        chosen.add(most)
        left -= named[most]
    return [lines[at] for at in sorted(chosen)]


def from_its_heading(paragraph: str, awards: list[dict]) -> str:
    """A paragraph from the last heading before the first office that it names."""
    places = [paragraph.find(award["as_written"]) for award in awards]
    first = min((place for place in places if place >= 0), default=0)
    headings = [match.start() for match in HEADING.finditer(paragraph, 0, first)]
    return paragraph[headings[-1] :] if headings else paragraph


def score(text: str, awards: list[dict]) -> dict[str, int]:
    """How many offices were named right, with the right level and year, and what else was read."""
    pasted = importlib.import_module("certifications.intake.reading.pasted")  # once Django is ready
    try:
        rows = {bare(row.name): row for row in pasted.read_list(text)}
    except pasted.Unreadable:
        rows = {}
    right = levels = years = 0
    known = set()
    for award in awards:
        spellings = {bare(award["office"]), bare(award["as_written"])} & rows.keys()
        if spellings:
            row = rows[spellings.pop()]
            known.add(bare(row.name))
            right += 1
            levels += award["level"] in (None, row.level)
            years += award["year_be"] in (None, row.year)
    counts = {"offices": len(awards), "right": right, "levels": levels, "years": years}
    return counts | {"others": len(rows.keys() - known)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gecc.settings")
    django.setup()
    total: dict[str, int] = {}
    for name, text, awards in cases(asked.folder):
        pasted = paragraphs(text, awards)
        if asked.passages:
            pasted = [from_its_heading(paragraph, awards) for paragraph in pasted]
        counts = score("\n".join(pasted), awards)
        total = {key: total.get(key, 0) + count for key, count in counts.items()}
        print(name, told(counts))
    print("all", told(total))


def told(counts: dict[str, int]) -> str:
    return (
        f"{counts.get('right', 0)} of {counts.get('offices', 0)} offices named right, "
        f"level of {counts.get('levels', 0)}, year of {counts.get('years', 0)}; "
        f"{counts.get('others', 0)} other names read"
    )


if __name__ == "__main__":
    main()
