"""Misspell the names of all certified offices and count how often the right one still comes first.

`python -m tests.benchmarks.perturb [--engine postgres]`. Where a misspelt name is as near to the
name of another office as to its own, either counts.
"""

import argparse
import io
import random
import re
from collections.abc import Callable

from django.apps import apps
from django.core.management import call_command

from certifications.models import search_index
from certifications.search import folding, query
from certifications.search.nearness import whole_nearness
from tests.benchmarks.throwaway import database

MARKS = re.compile("[่้๊๋]")
SHORTENED = {
    "สำนักงาน": "สนง.",
    "โรงพยาบาล": "รพ.",
    "จังหวัด": "จ.",
    "อำเภอ": "อ.",
    "การไฟฟ้าส่วนภูมิภาค": "กฟภ.",
    "การประปาส่วนภูมิภาค": "กปภ.",
    "ธนาคารเพื่อการเกษตรและสหกรณ์การเกษตร": "ธ.ก.ส.",
    "กรุงเทพมหานคร": "กทม.",
}


def without_tones(name: str, chance: random.Random) -> str:
    return MARKS.sub("", name)


def decomposed(name: str, chance: random.Random) -> str:
    return name.replace("ำ", "ํา")


def doubled_e(name: str, chance: random.Random) -> str:
    return name.replace("แ", "เเ")


def letter_lost(name: str, chance: random.Random) -> str:
    at = chance.choice([at for at, letter in enumerate(name) if letter.isalpha()])
    return name[:at] + name[at + 1 :]


def two_swapped(name: str, chance: random.Random) -> str:
    places = [at for at in range(len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()]
    at = chance.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def words_dropped(name: str, chance: random.Random) -> str:
    return name.replace("สำนักงาน", "").replace("จังหวัด", "")


def abbreviated(name: str, chance: random.Random) -> str:
    for full, short in SHORTENED.items():
        name = name.replace(full, short)
    return name


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda name, chance: name,
    "tone marks dropped": without_tones,
    "ำ in two": decomposed,
    "เเ for แ": doubled_e,
    "a letter lost": letter_lost,
    "two swapped": two_swapped,
    "สำนักงาน and จังหวัด dropped": words_dropped,
    "abbreviated": abbreviated,
}


def misses(kind: str, rounds: int, chance: random.Random) -> tuple[list[str], int]:
    """What did not bring its office first, in words, and how many were tried."""
    certified = apps.get_model("certifications", "Agency").objects.certified()
    vocabulary = search_index.current_vocabulary()
    missed, tried = [], 0
    for name in certified.values_list("name_th", flat=True):
        for _round in range(rounds):
            typed = KINDS[kind](name, chance)
            names = certified.search(typed, vocabulary).agencies.values_list("name_th", flat=True)
            first = names[:1]
            tried += 1
            if not any(_right(typed, name, found) for found in first):
                missed.append(f"{name} as {typed!r} gave {list(first)}")
    return missed, tried


def _right(typed: str, name: str, found: str) -> bool:
    """The office itself, or one whose name the misspelling is just as near to."""
    if found == name:
        return True
    parsed, folded = (
        query.ParsedQuery(typed, phrases=(folding.fold(typed),)),
        map(folding.fold, (name, found)),
    )
    own, other = (whole_nearness(parsed, f"|{text}|") for text in folded)
    return other >= own > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=3, help="tries of each name")
    asked = parser.parse_args()
    with database(asked.engine):
        call_command("load_records", verbosity=0, stdout=io.StringIO())
        for kind in KINDS:
            chance = random.Random(kind)
            is_random = kind in ("a letter lost", "two swapped")
            missed, tried = misses(kind, asked.rounds if is_random else 1, chance)
            print(f"{kind:32} {1 - len(missed) / tried:.1%} of {tried}")
            for line in missed:
                print(f"    {line}")


if __name__ == "__main__":
    main()
