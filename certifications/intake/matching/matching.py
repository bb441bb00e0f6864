"""Matching rows to agencies, a thousand at once, with the reason of each match.

Equal names are found in one pass over the folded names of all bodies, which costs a quarter of a
second at 100,000 and not a query a row; misspelt ones in the same names, by letters; names of no
known province that are left are asked of the register's own search, row by row.
"""

from django.utils.translation import gettext as _

from certifications.checks import Finding
from certifications.intake.matching.candidates import (
    MOST_CANDIDATES,
    Candidate,
    Match,
    Matched,
    plain_name,
    provinces_named,
    reason_of_name,
    survivor_of,
)
from certifications.intake.matching.near import NearNames
from certifications.intake.matching.register import Register
from certifications.intake.reading.rows import ReadRow
from certifications.models import Agency, AgencyName, Award
from certifications.models.search_index import current_vocabulary
from certifications.search import abbreviations, folding, province_names


def match_all(rows: list[ReadRow]) -> list[Matched]:
    """What each row is taken for, in their order."""
    return _Matching(rows).run()


class _Matching(NearNames):
    def __init__(self, rows: list[ReadRow]) -> None:
        self.rows = rows
        self.vocabulary = current_vocabulary()
        self.spelt: dict[str, frozenset[str]] = {}
        self.plain: dict[str, frozenset[str]] = {}
        self.register = Register()
        self.agencies: dict[int, Agency] = {}

    def run(self) -> list[Matched]:
        self._find_equals()
        matched = [self._matched(row) for row in self.rows]
        self._match_the_printed(matched)
        self._match_the_misspelt(matched)
        self._search_for_the_rest(matched)
        for row, each in zip(self.rows, matched, strict=True):
            each.findings += _warnings_about(row, each)
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
            ways = abbreviations.ways_to_write(name, self.vocabulary)
            self.spelt[name] = frozenset(map(folding.fold, ways)) - {""}
            self.plain[name] = frozenset(map(plain_name, ways)) - {""}
        return self.spelt[name]

    def _same(self, name: str, other: str) -> bool:
        """Whether two names are one, in full or abbreviated."""
        if self._spelt(name).isdisjoint(self._spelt(other)):
            return False
        return not self.plain[name].isdisjoint(self.plain[other])

    def _ways(self, name: str) -> set[str]:
        """Every way the name may stand among those of the register, fillers left out too."""
        return set(abbreviations.with_cores(self._spelt(name)))

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
        bodies = {survivor_of(each.agency) for each in self._equals(row.parent)}
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
        matched = Matched(Match.CODE, survivor_of(agency), _("รหัสถาวรตรงกัน") + _merged(agency))
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
            return Matched(only.kind, survivor_of(only.agency), only.reason, equals)
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
        if plain_name(name) == plain_name(agency.name_th):
            return Candidate(agency, _("ชื่อตรงกัน") + _merged(agency), Match.EXACT)
        if self._same(name, agency.name_th):
            return Candidate(agency, _("ชื่อตรงกันเมื่อเขียนคำย่อเต็ม") + _merged(agency), Match.EXACT)
        others = [(other.name, reason_of_name(other.kind)) for other in agency.names.all()]
        for other, reason in [*others, (agency.name_en, _("ชื่ออังกฤษตรงกัน"))]:
            if other and self._same(name, other):
                return Candidate(agency, reason + _merged(agency), Match.OTHER_NAME)
        return None

    def _told_apart(
        self, row: ReadRow, equals: list[Candidate], parent: Agency | None
    ) -> list[Candidate]:
        """Of bodies with the same name those in the row's province and under its parent; those of
        the very name before those once called so."""
        named = provinces_named(row)
        kept = [
            each
            for each in equals
            if not named or survivor_of(each.agency).province in {"", *named}
        ]
        sieves = (
            lambda each: survivor_of(each.agency).province == row.province,
            lambda each: each.kind == Match.EXACT,
            lambda each: parent is None or parent.code in each.agency.path,
            lambda each: each.agency.merged_into is None,
            lambda each: each.agency.closed_on is None,
        )
        for sieve in sieves:
            kept = [each for each in kept if sieve(each)] or kept
        survivors = {survivor_of(each.agency).pk: each for each in reversed(kept)}
        return list(survivors.values())

    def _match_the_printed(self, matched: list[Matched]) -> None:
        """Names by which an award already in the register was printed: staff chose its agency."""
        left = {row.name for _position, row in self._left(matched, with_near=True)}
        if not left:
            return
        printed = Award.objects.filter(name_as_printed__in=left).order_by()
        pairs = set(printed.values_list("name_as_printed", "agency"))
        self._fetch({pk for _name, pk in pairs})
        for position, row in list(self._left(matched, with_near=True)):
            bodies = [
                Candidate(
                    self.agencies[pk], reason_of_name(AgencyName.Kind.AS_PRINTED), Match.OTHER_NAME
                )
                for name, pk in sorted(pairs)
                if name == row.name
            ]
            here = self._told_apart(row, bodies, matched[position].parent)
            if len(here) == 1:
                matched[position].match, matched[position].why = Match.OTHER_NAME, here[0].reason
                matched[position].agency = survivor_of(here[0].agency)


def _merged(agency: Agency) -> str:
    return " " + _("(ระเบียนนั้นรวมเข้ากับหน่วยงานนี้แล้ว)") if agency.merged_into else ""


def _elsewhere(candidate: Candidate) -> Candidate:
    province = province_names.name_of(survivor_of(candidate.agency).province)
    reason = _("%(reason)s แต่อยู่จังหวัด%(province)s") % {
        "reason": candidate.reason,
        "province": province,
    }
    return Candidate(candidate.agency, reason, candidate.kind, candidate.likeness)


def _warnings_about(row: ReadRow, matched: Matched) -> list[Finding]:
    agency, parent = matched.agency, matched.parent
    if agency is None or parent is None or parent.code in agency.path:
        return []
    sentence = _(
        "แถวนี้ระบุสังกัด “%(said)s” แต่ “%(agency)s” ในทะเบียนสังกัด “%(held)s” ตรวจว่าเป็นหน่วยงานเดียวกัน"
    )
    values = {"said": row.parent, "agency": agency.name_th, "held": agency.parent or "–"}
    return [Finding("another_parent", False, "parent", sentence % values, parent.code)]
