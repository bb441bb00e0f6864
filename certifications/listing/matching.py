"""Which awards of an agency match the criteria of a list.

Whatever is asked of awards must hold for one and the same award. With a state asked for, that
award is the one that speaks for its agency; without one, any of its awards.
"""

from collections.abc import Mapping

from certifications.listing.criteria import UNKNOWN, Criteria
from certifications.listing.states import AgencyState, AwardState


class AwardMatcher:
    """The criteria on awards, asked of one agency's state on the day."""

    def __init__(self, criteria: Criteria, level_codes: Mapping[int | None, str]):
        self._criteria = criteria
        self._level_codes = level_codes

    def matching_awards(self, agency_state: AgencyState) -> list[AwardState]:
        """The awards of an agency that match, the one to show first; empty when it does not.

        Someone who asks for a state asks of the award that speaks for the agency now.
        """
        if not self.matches_state(agency_state) or not self.matches_change(agency_state):
            return []
        return [
            award
            for award in self.eligible_awards(agency_state)
            if self.matches_year(award) and self.matches_level(award)
        ]

    def eligible_awards(self, agency_state: AgencyState) -> list[AwardState]:
        """The awards of an agency that the filters on years and levels choose from."""
        awards = agency_state.awards[:1] if self._criteria.state else agency_state.awards
        return list(filter(self.matches_search, awards))

    def matches_search(self, award: AwardState) -> bool:
        year, level = self._criteria.searched_year, self._criteria.searched_level
        return (not year or award.year == year) and (
            not level or self._level_codes[award.level_id] == level
        )

    def matches_state(self, agency_state: AgencyState) -> bool:
        chosen = self._criteria.state
        return not chosen or any(state in chosen for state in agency_state.states)

    def matches_change(self, agency_state: AgencyState) -> bool:
        return not self._criteria.change or agency_state.is_raised

    def matches_year(self, award: AwardState) -> bool:
        return not self._criteria.year or (award.year or UNKNOWN) in self._criteria.year

    def matches_level(self, award: AwardState) -> bool:
        return not self._criteria.level or self._level_codes[award.level_id] in self._criteria.level
