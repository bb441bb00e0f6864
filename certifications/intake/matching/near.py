"""Bodies for the names that no body of the register has."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from certifications.checks import likeness
from certifications.intake.matching.candidates import (
    MOST_CANDIDATES,
    Match,
    Matched,
    candidate_of,
    provinces_said,
    record_that_stands,
    search_candidates,
)
from certifications.intake.matching.register import LIKE_ENOUGH
from certifications.intake.reading.rows import ReadRow
from certifications.search import folding

MOST_COMPARED = 100  # rows of no known province compared with every name, some 10 ms each
MOST_SEARCHED = 10  # rows asked of search one by one, 40 to 200 ms each


class NearNames:
    """Bodies whose names are like a row's, for the rows without an equal one."""

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
                candidate = candidate_of(row.name, agency)
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
            said = provinces_said(row)
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
        in_provinces = {place: provinces_said(row) for place, row in left}
        keys = {
            place: self.register.alike(folding.fold(row.name), in_provinces[place])
            for place, row in left
            if in_provinces[place]
        }
        self._fetch({pk for held in keys.values() for pk in held})
        for place, held in keys.items():
            bodies = [record_that_stands(self.agencies[pk]) for pk in held]
            matched[place].candidates = [candidate_of(self.rows[place].name, one) for one in bodies]
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
