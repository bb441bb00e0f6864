"""The SQL of whether anyone may see a row, as `models.shown` says it; a test holds the two equal.

Each rule takes the name of a row (NEW, OLD, an alias). {from_on} and {before} compare places in
the tree byte by byte, as `reference.lookups.Beneath` does, and differ between the databases.
"""

from collections.abc import Callable

from django.db import models

from certifications.models import shown

Rule = Callable[[str], str]

PLACES = {
    "sqlite": {"from_on": ">=", "before": "<"},
    "postgresql": {"from_on": "~>=~", "before": "~<~"},
}


def public_when(model: type[models.Model], row: str, vendor: str) -> str:
    """The condition for one row of a kept model."""
    if shown.is_never_public(model):
        return "(1 = 0)"
    return RULES[model._meta.model_name](row).format(**PLACES[vendor])


def _exists(table: str, alias: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM certifications_{table} {alias} WHERE {condition})"


def _always(_row: str) -> str:
    return "(1 = 1)"


def _published(row: str) -> str:
    return f"({row}.published_at IS NOT NULL AND {row}.hidden_at IS NULL)"


# --- years ---------------------------------------------------------------------------------------


def _reports_on_public_round(figure: str) -> str:
    """Of a figure itself its round alone is asked: its sources are linked after it, in one act, and
    what was announced would else never be told. Without a source it is on no page; `changelog`
    asks that.
    """
    return _exists("awardevent", "e", f"{_published('e')} AND e.year = {figure}.last_year")


def _figure(row: str) -> str:
    cited = _exists("announcedfigure_sources", "l", f"l.announcedfigure_id = {row}.id")
    return f"({_reports_on_public_round(row)} AND {cited})"


def _criterion(row: str) -> str:
    in_range = f"e.year BETWEEN {row}.first_year AND {row}.last_year"
    return _exists("awardevent", "e", f"{_published('e')} AND {in_range}")


# --- bodies --------------------------------------------------------------------------------------


def _shows_something(path: str, key: str) -> str:
    """A certified body at or below a path, or a public figure about the body of a key."""
    below = (
        f"c.history_id IS NOT NULL AND c.path {{from_on}} {path}"
        f" AND c.path {{before}} (substr({path}, 1, length({path}) - 1) || '0')"
    )
    about = f"f.agency_id = {key} AND {_figure('f')}"
    return f"{_exists('agency', 'c', below)} OR {_exists('announcedfigure', 'f', about)}"


def _agency(row: str) -> str:
    into = f"(SELECT m.path FROM certifications_agency m WHERE m.id = {row}.merged_into_id)"
    itself = _shows_something(f"{row}.path", f"{row}.id")
    target = _shows_something(into, f"{row}.merged_into_id")
    return (
        f"({row}.history_id IS NOT NULL OR {itself}"
        f" OR ({row}.merged_into_id IS NOT NULL AND ({target})))"
    )


def _of_two_agencies(row: str) -> str:
    ends = (_of("agency", f"{row}.{end}_id") for end in ("predecessor", "successor"))
    return f"({' AND '.join(ends)})"


# --- parts, links and sources --------------------------------------------------------------------

# The records that stand by themselves, or whose parts are public with them.
WHOLE: dict[str, tuple[str, Rule]] = {
    "agency": ("a", _agency),
    "announcedfigure": ("g", _reports_on_public_round),
    "award": ("w", _published),
    "awardevent": ("v", _published),
    "criterion": ("t", _criterion),
    "rounddeclaration": ("d", _published),
}


def _of(table: str, key: str) -> str:
    """That the record of a key is public."""
    alias, rule = WHOLE[table]
    return _exists(table, alias, f"{alias}.id = {key} AND {rule(alias)}")


def _part_of(table: str, column: str) -> Rule:
    return lambda row: _of(table, f"{row}.{column}")


PARTS = {
    "agencyname": _part_of("agency", "agency_id"),
    "awardrecipient": _part_of("award", "award_id"),
    "awardstatuschange": _part_of("award", "award_id"),
    "eventfile": _part_of("awardevent", "event_id"),
}
LINKS = {f"{table}_sources": _part_of(table, f"{table}_id") for table in WHOLE}
CITING = {
    **{table: (rule, "source_id") for table, rule in LINKS.items()},
    "agencyname": (PARTS["agencyname"], "source_id"),
    "agencysuccession": (_of_two_agencies, "source_id"),
    "awardstatuschange": (PARTS["awardstatuschange"], "source_id"),
    "agency": (_agency, "position_source_id"),
}


def _source(row: str) -> str:
    cited = (
        _exists(table, "k", f"k.{column} = {row}.id AND {rule('k')}")
        for table, (rule, column) in CITING.items()
    )
    return f"({' OR '.join(cited)})"


RULES: dict[str, Rule] = {
    **{table: rule for table, (_alias, rule) in WHOLE.items()},
    **PARTS,
    **LINKS,
    "agencysuccession": _of_two_agencies,
    "announcedfigure": _reports_on_public_round,
    "certificationlevel": _always,
    "service": _always,
    "source": _source,
}
