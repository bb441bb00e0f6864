"""Dump every address into a folder, or compare two such folders:

    python -m tests.dump FOLDER [--engine postgres] [--no-desk]
    python -m tests.dump --compare BEFORE AFTER

Exit code 1 when an address of the resolver was not asked or a page failed; when two folders differ.
"""

import argparse
import logging
import os
import sys
import time
from pathlib import Path

from tests.dump import desk, public, routes
from tests.dump.acts import VISITOR, signed_in
from tests.dump.answers import Dump
from tests.dump.compare import compare
from tests.dump.register import register


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    if options.compare:
        return compare(*options.compare)
    if options.folder.is_dir() and any(options.folder.iterdir()):
        print(f"{options.folder} is not empty: a dump begins in an empty folder.")
        return 1
    _with_fixed_hashes(arguments)
    logging.disable()  # refusals are asked for
    began = time.monotonic()
    with register(options.engine):
        dump = _dumped(options.folder, options.desk)
    print(f"{dump.summary()} in {time.monotonic() - began:.0f} s")
    print(*dump.faults, sep="\n", end="\n" if dump.faults else "")
    return 1 if dump.faults or not dump.asked else 0


def _with_fixed_hashes(arguments: list[str]) -> None:
    """Begin again where needed: what goes through a set of texts comes out in their order."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.dump", *arguments])


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.dump")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--desk", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    options = parser.parse_args(arguments)
    if bool(options.folder) == bool(options.compare):
        parser.error("name a FOLDER to dump into, or --compare two of them")
    return options


def _dumped(folder: Path, with_desk: bool) -> Dump:
    """What was asked of the register that is there now."""
    dump = Dump(folder)
    for question in public.questions(dump):
        dump.ask(question)
    if with_desk:
        dump.client = signed_in(VISITOR)
        for question in desk.questions(dump):
            dump.ask(question)
    dump.faults += routes.not_asked(dump.asked, with_desk)
    return dump


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
