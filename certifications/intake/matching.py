"""Which body of the register each row means, for a thousand rows at once, and why.

Equal names are found in one pass over the folded names of all bodies, which costs a quarter of a
second at 100,000 and not a query a row; misspelt ones in the same names, by letters; names of no
known province that are left are asked of the register's own search, row by row.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from rapidfuzz import process
from rapidfuzz.distance import OSA

from certifications.checks import Finding, likeness, places
from certifications.intake.rows import ReadRow
from certifications.models import Agency, AgencyName, Award, IntakeRow, SearchEntry
from certifications.models.search_index import current_vocabulary
from certifications.reference import thai
from certifications.search import abbreviations, folding
from certifications.search.entry import BETWEEN
from certifications.search.vocabulary import Vocabulary

Match = IntakeRow.Match

MOST_CANDIDATES = 5
MOST_COMPARED = 100  # rows of no known province compared with every name, some 10 ms each
MOST_SEARCHED = 10  # rows asked of search one by one, 40 to 200 ms each
SLIPS = 2  # letters
MOST_ALIKE = 100  # names of one length so near another: offices of one name in many provinces
LEAST_LETTERS = 8  # of a name that may be misspelt
LIKE_ENOUGH = 70  # of 100: what may be meant by a name unlike any is offered from here on


@dataclass
class Candidate:
    """A body that a row may mean, and why."""

    agency: Agency
    reason: str
    kind: str = Match.NONE  # what it would be matched by; NONE for what search merely found
    likeness: int = 100


@dataclass
class Matched:
    """What a row is taken for. Without an agency nothing is sure enough to be proposed."""

    match: str = Match.NONE
    agency: Agency | None = None
    why: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parent: Agency | None = None  # the body above that the row names, where it is known

    @property
    def is_sure(self) -> bool:
        return self.match in (Match.CODE, Match.EXACT, Match.OTHER_NAME)


def match_all(rows: list[ReadRow]) -> list[Matched]:
    """What each row is taken for, in their order."""
    return _Matching(rows).run()


def bodies_called(names: Iterable[str]) -> dict[str, set[int]]:
    """Name → the bodies of the register that are called so, however it is spelt."""
    vocabulary = current_vocabulary()
    ways = {
        name: {folding.fold(way) for way in [*abbreviations.spelt_out(name, vocabulary), name]}
        for name in names
    }
    called = _Register().called({way for each in ways.values() for way in each} - {""})
    return {name: {pk for way in each for pk in called.get(way, ())} for name, each in ways.items()}


def search_candidates(row: ReadRow, vocabulary: Vocabulary) -> list[Candidate]:
    """The bodies that search finds for a name, the likest first."""
    agencies = Agency.objects.filter(merged_into=None)
    if row.province:
        agencies = agencies.filter(province__in=[row.province, ""])
    answer = agencies.answering(row.name, vocabulary)
    found = answer.agencies.select_related("parent").prefetch_related("names")
    candidates = [_alike(row.name, agency) for agency in found[:MOST_CANDIDATES]]
    return sorted(candidates, key=lambda each: -each.likeness)


def _alike(name: str, agency: Agency) -> Candidate:
    names = [agency.name_th, *(other.name for other in agency.names.all())]
    likeness = max(likeness_of(name, other) for other in names)
    return Candidate(agency, _("ใกล้เคียง %(percent)s%%") % {"percent": likeness}, likeness=likeness)


def likeness_of(name: str, other: str) -> int:
    """How alike two names are, 0 to 100."""
    return round(100 * OSA.normalized_similarity(_plain(name), _plain(other)))


_DRESSING = re.compile(r"[\s.,;:/()\[\]\"'“”‘’–—-]+")


def _plain(name: str) -> str:
    """A cleaned name as it is compared for identity: folding, which drops tones, only finds."""
    return _DRESSING.sub("", thai.arabic_digits(name).casefold())


def _reason_of_name(kind: str) -> str:
    """Why a body is taken for the one of this name, when it is another of its names."""
    return {
        AgencyName.Kind.FORMER: _("ชื่อเดิมตรงกัน"),
        AgencyName.Kind.SHORT: _("ชื่อย่อตรงกัน"),
        AgencyName.Kind.ENGLISH: _("ชื่ออังกฤษตรงกัน"),
        AgencyName.Kind.AS_PRINTED: _("ชื่อที่เคยพิมพ์ตรงกัน"),
    }[kind]


class _Register:
    """The folded names of every body, read once."""

    def __init__(self) -> None:
        self.entries = list(SearchEntry.objects.order_by("pk").values_list("pk", "names"))
        self._grouped: dict[str, dict[int, tuple[list[str], list[int]]]] = {}

    def called(self, wanted: set[str]) -> dict[str, list[int]]:
        """Folded name → the bodies that have it, of the names wanted."""
        found: dict[str, list[int]] = defaultdict(list)
        for pk, names in self.entries:
            parts = names.split(BETWEEN)
            if not wanted.isdisjoint(parts):
                for name in wanted.intersection(parts):
                    found[name].append(pk)
        return found

    def misspelt(self, name: str, said: set[str]) -> list[int]:
        """Bodies with a name at most two letters away from this folded one; only those in the
        provinces said, and those in none."""
        if len(name) < LEAST_LETTERS:
            return []
        found: dict[int, None] = {}
        for province in {"", *said} if said else self._groups():
            of_length = self._groups().get(province, {})
            for length in range(len(name) - SLIPS, len(name) + SLIPS + 1):
                names, keys = of_length.get(length, ((), ()))
                near = process.extract(
                    name, names, scorer=OSA.distance, score_cutoff=SLIPS, limit=MOST_ALIKE
                )
                found |= dict.fromkeys(keys[place] for _name, _slips, place in near)
        return list(found)

    def alike(self, name: str, said: set[str]) -> list[int]:
        """The bodies of these provinces whose names are most like this folded one, or hold it."""
        found: dict[int, float] = {}
        for province in {"", *said}:
            for names, keys in self._groups().get(province, {}).values():
                for place, nearness in _alike_in(name, names):
                    found[keys[place]] = max(nearness, found.get(keys[place], 0))
        return sorted(found, key=lambda pk: -found[pk])[:MOST_CANDIDATES]

    def _groups(self) -> dict[str, dict[int, tuple[list[str], list[int]]]]:
        """Province → length → the names of that length, and whose they are."""
        if not self._grouped:
            provinces_of = dict(Agency.objects.order_by().values_list("pk", "province"))
            for pk, names in self.entries:
                of_length = self._grouped.setdefault(provinces_of.get(pk, ""), {})
                for name in names.strip(BETWEEN).split(BETWEEN):
                    held = of_length.setdefault(len(name), ([], []))
                    held[0].append(name)
                    held[1].append(pk)
        return self._grouped


def _alike_in(name: str, names: list[str]) -> Iterator[tuple[int, float]]:
    """Place and nearness, 0 to 1, of the names of one length that are like this one or hold it."""
    near = process.extract(
        name,
        names,
        scorer=OSA.normalized_similarity,
        score_cutoff=LIKE_ENOUGH / 100,
        limit=MOST_CANDIDATES,
    )
    yield from ((place, nearness) for _name, nearness, place in near)
    if len(name) >= LEAST_LETTERS:
        yield from ((place, len(name) / len(one)) for place, one in enumerate(names) if name in one)


class _Matching:
    def __init__(self, rows: list[ReadRow]) -> None:
        self.rows = rows
        self.vocabulary = current_vocabulary()
        self.spelt: dict[str, frozenset[str]] = {}
        self.plain: dict[str, frozenset[str]] = {}
        self.register = _Register()
        self.agencies: dict[int, Agency] = {}

    def run(self) -> list[Matched]:
        self._find_equals()
        matched = [self._matched(row) for row in self.rows]
        self._match_the_printed(matched)
        self._match_the_misspelt(matched)
        self._search_for_the_rest(matched)
        for row, each in zip(self.rows, matched, strict=True):
            each.findings += _doubts_about(row, each)
        return matched

    # --- equal names -----------------------------------------------------------------------------

    def _find_equals(self) -> None:
        names = {name for row in self.rows for name in (row.name, row.parent) if name}
        self.ways = {name: self._ways(name) for name in names}
        wanted = {way for ways in self.ways.values() for way in ways}
        self.called = self.register.called(wanted)
        self._fetch({pk for keys in self.called.values() for pk in keys})
        codes = {row.code for row in self.rows if row.code}
        held = self._agencies().filter(code__in=codes) if codes else []
        self.by_code = {agency.code: agency for agency in held}

    def _spelt(self, name: str) -> frozenset[str]:
        """The name folded, in every way its abbreviations may be meant."""
        if name not in self.spelt:
            ways = [*abbreviations.spelt_out(name, self.vocabulary), name]
            self.spelt[name] = frozenset(map(folding.fold, ways)) - {""}
            self.plain[name] = frozenset(map(_plain, ways)) - {""}
        return self.spelt[name]

    def _same(self, name: str, other: str) -> bool:
        """Whether two names are one, in full or abbreviated."""
        if self._spelt(name).isdisjoint(self._spelt(other)):
            return False
        return not self.plain[name].isdisjoint(self.plain[other])

    def _ways(self, name: str) -> set[str]:
        """Every way the name may stand among those of the register, fillers left out too."""
        return {way for each in self._spelt(name) for way in (each, folding.core(each)) if way}

    @staticmethod
    def _agencies():
        """With what is read of them: thousands may share their names, in all provinces."""
        read = ("code", "name_th", "name_en", "kind", "province", "path", "closed_on")
        agencies = Agency.objects.only(*read, "parent", "merged_into")
        return agencies.prefetch_related("names", "parent", "merged_into")

    def _fetch(self, keys: set[int]) -> None:
        missing = keys - self.agencies.keys()
        if missing:
            self.agencies |= {each.pk: each for each in self._agencies().filter(pk__among=missing)}

    def _matched(self, row: ReadRow) -> Matched:
        parent = self._parent_of(row)
        matched = self._by_code(row) if row.code else self._by_name(row, parent)
        matched.parent = parent
        return matched

    def _parent_of(self, row: ReadRow) -> Agency | None:
        bodies = {_standing(each.agency) for each in self._equals(row.parent)}
        bodies = {each for each in bodies if not each.is_office} or bodies
        return bodies.pop() if len(bodies) == 1 else None

    def _by_code(self, row: ReadRow) -> Matched:
        agency = self.by_code.get(row.code)
        if agency is None:
            matched = self._by_name(row, None)
            message = _("ไม่มีหน่วยงานรหัส “%(code)s” ในทะเบียน ตรวจรหัส หรือเลือกหน่วยงานเอง")
            sentence = message % {"code": row.code[:20]}
            # The name may be right and the code mistyped: offered, not taken.
            return Matched(
                candidates=matched.candidates,
                findings=[Finding("unknown_code", True, "code", sentence, row.code)],
            )
        matched = Matched(Match.CODE, _standing(agency), _("รหัสถาวรตรงกัน") + _merged(agency))
        if row.name and self._equal(row.name, agency) is None:
            sentence = _("รหัสนี้เป็นของ “%(agency)s” แต่แถวนี้เขียนชื่อ “%(name)s” ตรวจว่าเป็นหน่วยงานเดียวกัน")
            values = {"agency": agency.name_th, "name": row.name}
            matched.findings.append(
                Finding("another_name", False, "name", sentence % values, row.name)
            )
        return matched

    def _by_name(self, row: ReadRow, parent: Agency | None) -> Matched:
        equals = self._equals(row.name)
        here = self._told_apart(row, equals, parent)
        if len(here) == 1:
            only = here[0]
            return Matched(only.kind, _standing(only.agency), only.reason, equals)
        if here:
            why = _("มี %(number)s หน่วยงานชื่อนี้ เลือกหน่วยงานที่ถูก") % {"number": len(here)}
            return Matched(why=why, candidates=here[:MOST_CANDIDATES])
        if equals:
            why = _("มีหน่วยงานชื่อนี้ แต่อยู่จังหวัดอื่น")
            return Matched(why=why, candidates=[_elsewhere(each) for each in equals])
        near = self._near(
            row, {pk for way in self.ways.get(row.name, ()) for pk in self.called[way]}
        )
        return near or Matched()

    def _equals(self, name: str) -> list[Candidate]:
        keys = {pk for way in self.ways.get(name, ()) for pk in self.called.get(way, ())}
        found = (self._equal(name, self.agencies[pk]) for pk in sorted(keys))
        return [each for each in found if each]

    def _equal(self, name: str, agency: Agency) -> Candidate | None:
        if _plain(name) == _plain(agency.name_th):
            return Candidate(agency, _("ชื่อตรงกัน") + _merged(agency), Match.EXACT)
        if self._same(name, agency.name_th):
            return Candidate(agency, _("ชื่อตรงกันเมื่อเขียนคำย่อเต็ม") + _merged(agency), Match.EXACT)
        others = [(other.name, _reason_of_name(other.kind)) for other in agency.names.all()]
        for other, reason in [*others, (agency.name_en, _("ชื่ออังกฤษตรงกัน"))]:
            if other and self._same(name, other):
                return Candidate(agency, reason + _merged(agency), Match.OTHER_NAME)
        return None

    def _told_apart(
        self, row: ReadRow, equals: list[Candidate], parent: Agency | None
    ) -> list[Candidate]:
        """Of bodies with the same name those in the row's province and under its parent; those of
        the very name before those once called so."""
        said = _provinces_said(row)
        kept = [
            each for each in equals if not said or _standing(each.agency).province in {"", *said}
        ]
        sieves = (
            lambda each: _standing(each.agency).province == row.province,
            lambda each: each.kind == Match.EXACT,
            lambda each: parent is None or parent.code in each.agency.path,
            lambda each: each.agency.merged_into is None,
            lambda each: each.agency.closed_on is None,
        )
        for sieve in sieves:
            kept = [each for each in kept if sieve(each)] or kept
        standing = {_standing(each.agency).pk: each for each in reversed(kept)}
        return list(standing.values())

    def _match_the_printed(self, matched: list[Matched]) -> None:
        """Names by which an award already in the register was printed: staff chose its agency."""
        left = {row.name for _place, row in self._left(matched, with_near=True)}
        if not left:
            return
        printed = Award.objects.filter(name_as_printed__in=left).order_by()
        pairs = set(printed.values_list("name_as_printed", "agency"))
        self._fetch({pk for _name, pk in pairs})
        for place, row in list(self._left(matched, with_near=True)):
            bodies = [
                Candidate(
                    self.agencies[pk], _reason_of_name(AgencyName.Kind.AS_PRINTED), Match.OTHER_NAME
                )
                for name, pk in sorted(pairs)
                if name == row.name
            ]
            here = self._told_apart(row, bodies, matched[place].parent)
            if len(here) == 1:
                matched[place].match, matched[place].why = Match.OTHER_NAME, here[0].reason
                matched[place].agency = _standing(here[0].agency)

    # --- near names ------------------------------------------------------------------------------

    def _near(self, row: ReadRow, keys: Iterable[int]) -> Matched | None:
        """What may be the row's body under another spelling; taken for it where there is one."""
        self._fetch(set(keys))
        found = []
        for agency in (self.agencies[pk] for pk in sorted(keys)):
            if agency.merged_into or not likeness.may_share_a_province(
                row.name, row.province, agency
            ):
                continue
            names = [agency.name_th, *(other.name for other in agency.names.all())]
            if reason := self._reason_of_nearness(row.name, names):
                candidate = _alike(row.name, agency)
                candidate.reason = f"{candidate.reason}: {reason}"
                candidate.kind = Match.NEAR
                found.append(candidate)
        found.sort(key=lambda each: -each.likeness)
        if not found:
            return None
        if len(found) > 1 and found[0].likeness == found[1].likeness:
            return Matched(why=_("มีหลายหน่วยงานที่ชื่อใกล้เคียง"), candidates=found[:MOST_CANDIDATES])
        return Matched(Match.NEAR, found[0].agency, found[0].reason, found[:MOST_CANDIDATES])

    def _reason_of_nearness(self, name: str, names: list[str]) -> str:
        reason, is_equal = likeness.judged(name, names, self.vocabulary)
        if is_equal:
            return _("ต่างกันเพียงวรรณยุกต์หรือตัวสะกด")
        folded = folding.fold(name)
        if not reason and any(likeness.is_a_slip_away(folded, folding.fold(one)) for one in names):
            return _("ชื่อต่างกันเพียงตัวอักษรหนึ่งหรือสองตัว")
        return reason

    def _match_the_misspelt(self, matched: list[Matched]) -> None:
        keys, anywhere = {}, 0
        for place, row in self._left(matched):
            said = _provinces_said(row)
            anywhere += not said
            if said or anywhere <= MOST_COMPARED:
                keys[place] = self._misspelt(row.name, said)
        self._fetch({pk for held in keys.values() for pk in held})
        for place, held in keys.items():
            if near := self._near(self.rows[place], held):
                near.findings, near.parent = matched[place].findings, matched[place].parent
                matched[place] = near

    def _misspelt(self, name: str, said: set[str]) -> set[int]:
        return {pk for way in self._spelt(name) for pk in self.register.misspelt(way, said)}

    def _search_for_the_rest(self, matched: list[Matched]) -> None:
        """What may be meant by names unlike any: in the row's province by letters, else by search.

        The page of a row searches anew, so that a row left out here loses nothing.
        """
        left = list(self._left(matched))
        in_provinces = {place: _provinces_said(row) for place, row in left}
        keys = {
            place: self.register.alike(folding.fold(row.name), in_provinces[place])
            for place, row in left
            if in_provinces[place]
        }
        self._fetch({pk for held in keys.values() for pk in held})
        for place, held in keys.items():
            bodies = [_standing(self.agencies[pk]) for pk in held]
            matched[place].candidates = [_alike(self.rows[place].name, one) for one in bodies]
        for place, row in [each for each in left if each[0] not in keys][:MOST_SEARCHED]:
            found = search_candidates(row, self.vocabulary)
            matched[place].candidates = [one for one in found if one.likeness >= LIKE_ENOUGH]

    def _left(
        self, matched: list[Matched], with_near: bool = False
    ) -> Iterator[tuple[int, ReadRow]]:
        """The rows for which nothing was found; also those for which only near names were."""
        for place, (row, each) in enumerate(zip(self.rows, matched, strict=True)):
            is_left = each.agency is None and not each.candidates
            if row.name and not row.code and (is_left or (with_near and not each.is_sure)):
                yield place, row


def _provinces_said(row: ReadRow) -> set[str]:
    return places.named_in(row.name) | ({row.province} if row.province else set())


def _standing(agency: Agency) -> Agency:
    """The record that stands for a body: the one a merged record leads to."""
    return agency.merged_into or agency


def _merged(agency: Agency) -> str:
    return " " + _("(ระเบียนนั้นรวมเข้ากับหน่วยงานนี้แล้ว)") if agency.merged_into else ""


def _elsewhere(candidate: Candidate) -> Candidate:
    province = places.name_of(_standing(candidate.agency).province)
    reason = _("%(reason)s แต่อยู่จังหวัด%(province)s") % {
        "reason": candidate.reason,
        "province": province,
    }
    return Candidate(candidate.agency, reason, candidate.kind, candidate.likeness)


def _doubts_about(row: ReadRow, matched: Matched) -> list[Finding]:
    agency, parent = matched.agency, matched.parent
    if agency is None or parent is None or parent.code in agency.path:
        return []
    sentence = _(
        "แถวนี้ระบุสังกัด “%(said)s” แต่ “%(agency)s” ในทะเบียนสังกัด “%(held)s” ตรวจว่าเป็นหน่วยงานเดียวกัน"
    )
    values = {"said": row.parent, "agency": agency.name_th, "held": agency.parent or "–"}
    return [Finding("another_parent", False, "parent", sentence % values, parent.code)]
