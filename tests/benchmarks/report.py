"""The figures of a run as tables to read."""

from tests.benchmarks.probes import TARGETS, UNCHANGED_TARGET

NOTHING = "–"
HEADINGS = (
    "page",
    "answers",
    "kB",
    "queries",
    "changed",
    "p95",
    "cpu",
    "target",
    "unchanged",
    "304",
    "Datasette rows",
    "Datasette changed",
    "× changed",
    "Datasette unchanged",
    "× unchanged",
    "icontains",
    "× icontains",
)


def as_text(results: dict) -> str:
    """All tables of a run, one database after the other."""
    parts = [
        f"{results['offices']:,} offices, milliseconds, {results['rounds']} rounds; × is how many "
        "times longer Datasette takes over the same rows, or icontains without a page around "
        "it; cpu is what the worker itself computed. ! misses its target.",
        f"At the start {results['load'][0]:.1f} processes wanted {results['load'][1]} processors.",
    ]
    for kind, result in results["databases"].items():
        parts.append(f"\n{kind} (filled in {result['generated_in_s']:.0f} s)")
        lines = [_line(page, kind, results) for page in result["pages"]]
        parts.append(_table(HEADINGS, lines))
        parts += [f"left out: {reason}" for reason in result["left_out"]]
        parts += [
            f"the ETag of {page['address']} stayed the same after a change"
            for page in result["pages"]
            if page["stale"]
        ]
        parts.append(_memory(result, results["pythainlp_mb"]))
    parts.append("\n" + _spellings(results))
    return "\n".join(parts)


def short(page: dict) -> str:
    """One page's figures on one line, while measuring."""
    return (
        f"{page['name']}: {page['changed']['median']:.1f} changed, "
        f"{page['unchanged']['median']:.1f} unchanged, {page['queries']} queries"
    )


def _line(page: dict, kind: str, results: dict) -> list[str]:
    changed, unchanged = page["changed"]["median"], page["unchanged"]["median"]
    target = TARGETS.get(results["offices"], {}).get(page["question"], {}).get(kind)
    rival = results["datasette"]["pages"].get(page["name"])
    contains = results["databases"][kind]["icontains"]["ms"].get(page["name"])
    again = page.get("again")
    return [
        page["name"],
        str(page["status"]),
        f"{page['size_kb']:,.0f}",
        str(page["queries"]),
        f"{changed:.1f}{_missed(changed, target)}",
        f"{page['changed']['p95']:.1f}",
        f"{page['worker_cpu_ms']:.0f}",
        str(target or NOTHING),
        f"{unchanged:.1f}{_missed(unchanged, UNCHANGED_TARGET if target else None)}",
        f"{again['median']:.1f} ({again['status']})" if again else NOTHING,
        f"{rival['rows']:,}" if rival else NOTHING,
        *(_beside(rival["changed"]["median"], changed) if rival else (NOTHING, NOTHING)),
        *(_beside(rival["unchanged"]["median"], unchanged) if rival else (NOTHING, NOTHING)),
        *(_beside(contains, changed) if contains else (NOTHING, NOTHING)),
    ]


def _missed(taken: float, target: float | None) -> str:
    return "!" if target and taken > target else ""


def _beside(theirs: float, ours: float) -> tuple[str, str]:
    return f"{theirs:.1f}", f"{theirs / ours:.2g}"


def _memory(result: dict, pythainlp: float) -> str:
    memory = result["memory_mb"]
    files = [
        f"{page['name']} {page['size_kb'] / 1000:.1f} MB long, peak +{page['peak_growth_mb']:.1f}"
        for page in result["pages"]
        if " as " in page["name"]
    ]
    worker = (
        f"worker {memory['before']:.0f} MB at first, {memory['after']:.0f} MB at the end; "
        f"pythainlp's share {pythainlp:.0f} MB"
    )
    return "\n".join([worker, *files])


def _spellings(results: dict) -> str:
    """Which of the ways of writing find the office meant, with everyone."""
    columns = {"datasette": results["datasette"]["spellings"]}
    for kind, result in results["databases"].items():
        columns[kind] = result["spellings"]
        columns[f"icontains {kind}"] = result["icontains"]["spellings"]
    first = next(iter(results["databases"].values()))
    lines = [
        [spelling["kind"], spelling["text"], *(hits[row] or NOTHING for hits in columns.values())]
        for row, spelling in enumerate(first["facts"]["spellings"])
    ]
    counts = (f"{sum(map(bool, hits))}/{len(hits)}" for hits in columns.values())
    return _table(("spelling", "typed", *columns), [*lines, ["found", "", *counts]])


def _table(headings: tuple[str, ...], lines: list[list[str]]) -> str:
    rows = [list(headings), ["---"] * len(headings), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
