"""Awards as plain values: compared before a commit, kept for an undo, and restored."""

import datetime
import hashlib
import json
from collections.abc import Iterable

from certifications.models import Award, AwardRecipient
from certifications.models.values import AWARD_FIELDS, as_written_now, plain_values, two_decimals

NOT_WRITTEN = ("agency", "score_is_printed")  # these are not for an intake to change
WRITTEN = tuple(name for name in AWARD_FIELDS if name not in NOT_WRITTEN)
PERSON = ("name", "position", "on_behalf_of", "on_behalf_of_position")


def with_all(awards) -> list[Award]:
    """Awards with everything that a snapshot reads: four queries, however many."""
    whole = awards.select_related("agency__parent", "level", "event")
    return list(whole.prefetch_related("recipients", "sources"))


def of(award: Award) -> dict:
    """What an intake may write of an award, and whether it was published."""
    return {
        **plain_values(award, ("agency", *WRITTEN)),
        "recipients": [
            [getattr(person, name) for name in PERSON] for person in award.recipients.all()
        ],
        "sources": sorted(source.pk for source in award.sources.all()),
        "published": award.published_at is not None,
        # Not written by an intake, yet a change since that its undoing must see.
        **({"score_is_printed": True} if award.score_is_printed else {}),
    }


def is_unchanged(award: Award, snapshot: dict) -> bool:
    return of(award) == as_written_now(Award, snapshot)


def digest(award: Award) -> str:
    """Another after any change that a snapshot shows; kept with rows that wait for a decision."""
    score = None if award.score is None else two_decimals(award.score)
    text = json.dumps(of(award) | {"score": score}, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def put_back(awards: dict[int, Award], snapshots: dict[int, dict]) -> None:
    """Write awards, by key, as their snapshots say they were."""
    for pk, values in snapshots.items():
        for field in map(Award._meta.get_field, WRITTEN):
            setattr(awards[pk], field.attname, field.to_python(values[field.attname]))
    write([awards[pk] for pk in snapshots])
    replace_recipients({pk: values["recipients"] for pk, values in snapshots.items()})
    replace_sources({pk: values["sources"] for pk, values in snapshots.items()})


def write(awards: list[Award]) -> None:
    """Save the fields an intake may change, of many awards at once."""
    now = datetime.datetime.now(datetime.UTC)
    for award in awards:
        award.updated_at = now
    if awards:
        Award.objects.bulk_update(awards, [*WRITTEN, "updated_at"], batch_size=100)


def replace_recipients(people: dict[int, Iterable[Iterable[str]]]) -> None:
    """Award → its recipients, in place of those it had."""
    AwardRecipient.objects.filter(award__among=people).delete()
    AwardRecipient.objects.bulk_create(
        AwardRecipient(award_id=award, order=order, **dict(zip(PERSON, person, strict=False)))
        for award, listed in people.items()
        for order, person in enumerate(listed, start=1)
    )


def replace_sources(sources: dict[int, Iterable[int]]) -> None:
    through = Award.sources.through
    through.objects.filter(award__among=sources).delete()
    add_sources((award, source) for award, listed in sources.items() for source in listed)


def add_sources(pairs: Iterable[tuple[int, int]]) -> None:
    through = Award.sources.through
    through.objects.bulk_create(
        [through(award_id=award, source_id=source) for award, source in pairs],
        ignore_conflicts=True,
    )
