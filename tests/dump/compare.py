"""Two dumps side by side: which addresses are in one only, which answer otherwise."""

from itertools import zip_longest
from pathlib import Path

MOST_LINES = 3
BEFORE_IT, AROUND = 40, 200  # characters of a line shown before its first difference, and in all


def compare(before: Path, after: Path) -> int:
    """The exit code: 0 only for two folders that hold the very same."""
    kept = [_files(folder) for folder in (before, after)]
    for folder, files in zip((before, after), kept, strict=True):
        if not files:
            print(f"{folder} holds no dump.")
    names = sorted({*kept[0], *kept[1]})
    differing = [name for name in names if kept[0].get(name) != kept[1].get(name)]
    for name in differing:
        print("\n".join(_told(kept[0].get(name), kept[1].get(name))))
    print(f"{len(names)} addresses, {len(differing)} differ")
    return 0 if kept[0] and kept[1] and not differing else 1


def _files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _told(old: bytes | None, new: bytes | None) -> list[str]:
    """The address, and how the first lines that differ read before and after."""
    address = ((new if old is None else old) or b"").decode(errors="replace").partition("\n")[0]
    if old is None or new is None:
        return [f"{address}: only {'after' if old is None else 'before'}"]
    pairs = enumerate(zip_longest(old.split(b"\n"), new.split(b"\n")), start=1)
    told = [address]
    for number, (was, now) in [pair for pair in pairs if pair[1][0] != pair[1][1]][:MOST_LINES]:
        start = _first_difference(was or b"", now or b"")
        told += [f"  {number} - {_shown(was, start)}", f"  {number} + {_shown(now, start)}"]
    return told


def _first_difference(was: bytes, now: bytes) -> int:
    pairs = enumerate(zip(was, now, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(was), len(now)))


def _shown(line: bytes | None, start: int) -> str:
    if line is None:
        return "(no such line)"
    beginning = max(0, start - BEFORE_IT)
    return line[beginning : beginning + AROUND].decode(errors="replace")
