"""The values to be written for each row of an intake."""

from collections.abc import Iterable
from dataclasses import dataclass

from certifications.exports.versions import version_of
from certifications.intake.reading.rows import ReadRow
from certifications.models import Agency, Award, IntakeRow
from certifications.models.values import two_decimals
from certifications.reference.people import in_words

Match, Verdict, Decision = IntakeRow.Match, IntakeRow.Verdict, IntakeRow.Decision

NO_AWARD = "none"  # `seen` of a row whose agency had no such award


@dataclass
class Target:
    """What is to be written for one row."""

    award: Award | None  # the one that is changed; None for a new one
    values: dict[str, object]  # field → value, of those the row says and that differ
    recipients: list[tuple[str, str]] | None = None  # None: as they are
    adds_source: bool = False

    def value_of(self, name: str) -> object:
        """What a field will hold."""
        return self.values.get(name, getattr(self.award, name, None))

    @property
    def is_empty(self) -> bool:
        return not self.values and self.recipients is None and not self.adds_source


class Targets:
    """What would be written for a row, and what of it is shown."""

    def _award_of(self, read: ReadRow, agency: Agency | None) -> Award | None:
        """The award a row is about: that of its year, else the one it was once exported from."""
        held = self.awards.get(agency.pk, []) if agency else []
        of_year = next((award for award in held if award.year == read.year), None)
        if of_year or not read.version:
            return of_year
        return next((award for award in held if version_of(award) == read.version), None)

    def _target(self, read: ReadRow, registered: str, award: Award | None) -> Target:
        given = self._values_of(read, registered, award)
        stored = {name: getattr(award, name) for name in given} if award else dict.fromkeys(given)
        values = {
            name: value for name, value in given.items() if _blank(value) != _blank(stored[name])
        }
        people = _people(read)
        are = [(each.name, each.position) for each in award.recipients.all()] if award else []
        says_people = people or self._says_all("recipient", read)
        source = self.intake.source_id
        has_source = award and any(each.pk == source for each in award.sources.all())
        is_draft = award is None or award.published_at is None
        return Target(
            award,
            values,
            people if says_people and people != are else None,
            adds_source=bool(source and is_draft and not has_source),
        )

    def _values_of(self, read: ReadRow, registered: str, award: Award | None) -> dict[str, object]:
        """Field of an award → what the row says of it. A row of our own files says with an empty
        cell that a thing is unknown, but for a score, which it may not show; any other one says
        nothing."""
        level = self.levels.get(read.level)
        values = {
            "year": read.year,
            "known_by": read.known_by,
            "level_id": level and level.pk,
            "score": read.score,
            "certificate_number": read.certificate_number,
        }
        columns = {"level_id": "level"}
        kept = {
            name: value
            for name, value in values.items()
            if value not in (None, "")
            or (name != "score" and self._says_all(columns.get(name, name), read))
        }
        if self.intake.event_id and read.year:
            kept["event_id"] = self.intake.event_id
        if self._is_printed_otherwise(read, registered, award):
            kept["name_as_printed"] = read.name
        return kept

    @staticmethod
    def _is_printed_otherwise(read: ReadRow, registered: str, award: Award | None) -> bool:
        """Whether the row's name is worth keeping; the first name kept of an award stays."""
        if award and (award.published_at or award.name_as_printed):
            return False
        return bool(read.name) and read.name != registered

    def _says_all(self, column: str, read: ReadRow) -> bool:
        return bool(read.version) and column in self.intake.mapping.values()

    def _changes(self, target: Target) -> list[list]:
        """[field, old, new] of everything that would be written, in values of no language."""
        award = target.award

        def shown(name: str, value: object) -> str:
            if name == "level_id":
                return self.levels_by_key[value].code if value else ""
            if name == "event_id":
                known = {
                    each.pk: each.code
                    for each in (self.intake.event, award and award.event)
                    if each
                }
                return known.get(value, "")
            return "" if value is None else two_decimals(value) if name == "score" else str(value)

        changes = [
            [name.removesuffix("_id"), shown(name, getattr(award, name, None)), shown(name, value)]
            for name, value in target.values.items()
        ]
        if target.recipients is not None:
            people = award.recipients.all() if award else []
            old = [(person.name, person.position) for person in people]
            changes.append(["recipients", _listed(old), _listed(target.recipients)])
        if target.adds_source and award:
            changes.append(["source", "", str(self.intake.source_id)])
        return changes


def _blank(value: object) -> object:
    return None if value == "" else value


def _people(read: ReadRow) -> list[tuple[str, str]]:
    names = [part.strip() for part in read.recipient.split(";") if part.strip()]
    positions = [part.strip() for part in read.recipient_position.split(";")]
    positions += [""] * (len(names) - len(positions))
    return list(zip(names, positions, strict=False))


def _listed(people: Iterable[tuple[str, str]]) -> str:
    return "; ".join(in_words(name, position) for name, position in people)
