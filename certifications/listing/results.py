"""The results of a list query: form, criteria, rows, counts and facets for every output."""

import datetime
from collections.abc import Iterable, Iterator, Mapping

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from certifications.listing.criteria import RAISED, UNKNOWN, Criteria
from certifications.listing.facets import Facet, Option, of_bodies, regions
from certifications.listing.form import CHANGES, SEVERAL, STATES, AgencyFilter
from certifications.listing.ordering import CHUNK, InOrder
from certifications.listing.population import AllRows, FoundRows, Row
from certifications.listing.query import ListQuery
from certifications.listing.states import with_state_of
from certifications.models import Agency, Award, CertificationLevel, Service
from certifications.models.agency_search import Found
from certifications.models.levels import words_of
from certifications.models.search_index import current_vocabulary
from certifications.reference import buddhist
from certifications.reference.language import reader_language
from certifications.search.query import ParsedQuery


class Results:
    """What every list has: the form, the criteria, the query, what a search found, the title."""

    def __init__(self, params: Mapping):
        self.today = timezone.localdate()
        self.levels = list(CertificationLevel.objects.order_by("-rank"))
        self.services = list(Service.objects.all())
        self.form = AgencyFilter(params, self.levels, self.services).form

    @cached_property
    def is_valid(self) -> bool:
        return self.form.is_valid()

    @cached_property
    def found(self) -> Found | None:
        """What the words searched for find among certified agencies; None without any words."""
        text = self.form.cleaned_data["q"] if self.is_valid else ""
        if not text:
            return None
        vocabulary = current_vocabulary(words_of(self.levels))
        return Agency.objects.certified().search(text, vocabulary)

    @property
    def is_near(self) -> bool:
        """Whether nothing was found as typed, and these are only names like it."""
        return bool(self.found and self.found.is_near)

    @property
    def words_found(self) -> bool:
        """Whether the words alone find anything, whatever the filters are."""
        return bool(self.found and self.query.population.counts("history_id", []))

    @property
    def without_filters(self) -> int:
        """How many agencies the words find, when filters leave none of them; 0 without filters."""
        if not self.found or not any(getattr(self.criteria, name) for name in SEVERAL):
            return 0
        searched = Criteria(
            on=self.on,
            searched_level=self.criteria.searched_level,
            searched_year=self.criteria.searched_year,
        )
        return ListQuery(searched, self.query.population, self.levels, self.services).total

    @property
    def parsed(self) -> ParsedQuery | None:
        return self.found.parsed if self.found else None

    @cached_property
    def criteria(self) -> Criteria:
        """What is asked, in words or by filters; nothing at all when any of it is faulty."""
        if not self.is_valid:
            return Criteria(on=self.today)
        values = self.form.cleaned_data
        several = {name: frozenset(values[name]) for name in SEVERAL}
        return Criteria(
            on=values["on"] or self.today,
            sort=values["sort"],
            searched_level=self.parsed.level if self.parsed else "",
            searched_year=self.parsed.year if self.parsed else None,
            **several,
        )

    @property
    def on(self) -> datetime.date:
        return self.criteria.on

    @cached_property
    def title(self) -> str:
        """The filters in the reader's words, "" when nothing is asked or any of it is faulty."""
        values = self.form.cleaned_data if self.is_valid else {}
        chosen = [
            str(labels.get(value, value))
            for name, labels in self._labels(values).items()
            for value in values.get(name, ())
        ]
        return " · ".join(filter(None, [values.get("q"), *chosen]))

    def _labels(self, values: dict) -> dict[str, dict]:
        """Filter → value → what it is called; of bodies only those that are chosen."""
        codes = [*values.get("ministry", ()), *values.get("department", ())]
        bodies = Agency.objects.filter(code__in=codes) if codes else ()
        named = {body.code: body.name for body in bodies}
        return {
            "province": {value: label for value, label, _region in self._provinces()},
            "service": dict(self._services()),
            "level": dict(self._levels()),
            "year": dict(self._years(values.get("year", ()))),
            "state": dict(STATES),
            "change": dict(CHANGES),
            "ministry": named,
            "department": named,
        }

    @staticmethod
    def _provinces() -> list[tuple]:
        named = [
            (province.code, province.name, region)
            for region, members in regions().items()
            for province in members
        ]
        return [*named, (UNKNOWN, _("ส่วนกลางหรือไม่ระบุจังหวัด"), _("อื่น ๆ"))]

    def _levels(self) -> list[tuple]:
        named = [(level.code, str(level)) for level in self.levels]
        return [*named, (UNKNOWN, _("แหล่งที่มาไม่ระบุระดับ"))]

    def _services(self) -> list[tuple]:
        named = [(service.code, service.name) for service in self.services]
        return [*named, (UNKNOWN, _("ยังไม่ระบุ"))]

    @staticmethod
    def _years(years: Iterable) -> list[tuple]:
        language = reader_language()
        latest_first = sorted({*years} - {UNKNOWN}, reverse=True)
        named = [(year, buddhist.format_year(year, language)) for year in latest_first]
        return [*named, (UNKNOWN, _("ไม่ทราบปี"))]

    @cached_property
    def query(self) -> ListQuery:
        return ListQuery(self.criteria, self._population(), self.levels, self.services)

    def _population(self) -> AllRows | FoundRows:
        if self.found is None or (self.parsed.chips and not self.parsed.terms):
            return AllRows()
        return FoundRows(list(map(Row._make, self.found.agencies.values_list(*Row._fields))))


class Listing(Results):
    """Certified agencies, a row each, none when anything asked is faulty."""

    @cached_property
    def count(self) -> int:
        return self.query.total if self.is_valid else 0

    def page(self, start: int, stop: int) -> list[Agency]:
        """Rows `start` to `stop`, each with its `shown_award` and `years`."""
        return self._with_awards(self._rows.window(start, stop)) if self.is_valid else []

    def stream(self) -> Iterator[Agency]:
        """All rows, as `page` gives them, a thousand in memory at a time."""
        for chunk in self._rows.chunks() if self.is_valid else ():
            yield from self._with_awards(chunk)

    @cached_property
    def _rows(self) -> InOrder:
        return self.query.in_order()

    def _with_awards(self, agencies: list[Agency]) -> list[Agency]:
        """Give each row what it shows; left out is one whose award was taken away this moment."""
        states = {
            agency.pk: (agency_state, awards[0].year)
            for agency in agencies
            if agency.history
            and (agency_state := self.query.agency_state(agency))
            and (awards := self.query.matcher.matching_awards(agency_state))
        }
        shown = self._shown_awards({pk: year for pk, (_state, year) in states.items()})
        for pk, award in shown.items():
            with_state_of([award], states[pk][0])
        for agency in agencies:
            if agency.pk in shown:
                agency.shown_award = shown[agency.pk]
                agency.years = sorted(filter(None, states[agency.pk][0].years))
        return [agency for agency in agencies if agency.pk in shown]

    @staticmethod
    def _shown_awards(years: dict[int, int | None]) -> dict[int, Award]:
        """Agency → its public award of this year. One query."""
        of_year: dict[int | None, list[int]] = {}
        for pk, year in years.items():
            of_year.setdefault(year, []).append(pk)
        found = Award.objects.published().of_years("agency_id", of_year).order_by()
        return {award.agency_id: award for award in found.select_related("level", "event")}

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Each filter by name, with counts that reflect all the other filters."""
        by_award = self.query.award_facets
        years = {*by_award.years, *self.criteria.year}
        ministries, departments = self.query.by_body()
        return {
            facet.name: facet
            for facet in (
                self._facet("province", self.query.by_province(), self._provinces()),
                self._facet("level", by_award.levels, self._levels()),
                self._facet("year", by_award.years, self._years(years)),
                self._facet("state", by_award.states, STATES),
                self._facet("service", self.query.by_service(), self._services()),
                self._facet("ministry", *of_bodies(ministries)),
                self._facet("department", *of_bodies(departments)),
                self._facet("change", {RAISED: by_award.raised}, CHANGES),
            )
        }

    def _facet(self, name: str, counts: Mapping, labels: Iterable[tuple]) -> Facet:
        chosen = getattr(self.criteria, name)
        options = [
            Option(str(value), str(label), counts.get(value, 0), value in chosen, *group)
            for value, label, *group in labels
        ]
        shown = [option for option in options if option.count or option.is_chosen]
        return Facet(name, self.form.fields[name].label, shown)


class AwardListing(Results):
    """Public awards, a row each, of the agencies that a `Listing` of the same parameters gives."""

    @cached_property
    def count(self) -> int:
        return self.query.award_total if self.is_valid else 0

    def page(self, start: int, stop: int) -> list[Award]:
        """Rows `start` to `stop`, each with `state`, `ending`, `is_last_year`, `last_year`."""
        return list(self._with_states(self.query.awards()[start:stop])) if self.is_valid else []

    def stream(self) -> Iterator[Award]:
        """All rows, as `page` gives them, a thousand in memory at a time."""
        if self.is_valid:
            yield from self._with_states(self.query.awards().iterator(chunk_size=CHUNK))

    def _with_states(self, awards: Iterable[Award]) -> Iterator[Award]:
        for award in awards:
            if award.agency.history:
                yield from with_state_of([award], self.query.agency_state(award.agency))


def listing(params: Mapping) -> Listing:
    """Agencies with a public award that match `params`, ready for display and for files.

    A faulty parameter gives no rows and an invalid form; django-filter alone would drop it.
    """
    return Listing(params)


def award_listing(params: Mapping) -> AwardListing:
    """The awards that match the same `params`, a row an award."""
    return AwardListing(params)
