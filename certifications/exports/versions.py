"""Version of an award row, by which a file that comes back tells what was edited since."""

import hashlib
from collections.abc import Iterable

from certifications.models import Award
from certifications.models.values import two_decimals


def version_of(award: Award) -> str:
    """Another after any change of what a file says of the award and an edited file may change.

    Reads `award.recipients`, its agency with parent and its level: fetch them with many awards.
    """
    people = [(person.name, person.position) for person in award.recipients.all()]
    return version_with(award, people)


def version_with(award: Award, people: Iterable[tuple[str, str]]) -> str:
    """The version of an award whose recipients, as name and position, are at hand."""
    agency, level = award.agency, award.level
    values = [
        agency.code,
        agency.name_th,
        agency.province,
        agency.parent.code if agency.parent else "",
        award.year,
        level.code if level else "",
        award.known_by,
        # In the version of a secret score the score could be found by trying all of them.
        "" if award.public_score is None else two_decimals(award.public_score),
        award.certificate_number,
        award.name_as_printed,
        *(part for person in people for part in person),
    ]
    return hashlib.blake2b("\x1f".join(map(str, values)).encode(), digest_size=6).hexdigest()
