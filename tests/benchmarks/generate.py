"""Fill a database of its own with invented offices and awards, the same ones for the same seed:

python -m tests.benchmarks.generate --offices 10000 --database sqlite:////tmp/invented.sqlite3

Offices are called as offices are called and lie in the 77 provinces; their ministries and
departments say that they are invented, and every record points to a website under example.test.
"""

import argparse
import datetime
import heapq
import itertools
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.models import (
    Agency,
    AgencyName,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardRecipient,
    AwardStatusChange,
    CertificationLevel,
    Service,
    Source,
)
from certifications.models.agencies import CODE_ALPHABET, CODE_LENGTH
from certifications.reference import buddhist, provinces, thai
from certifications.reference.states import FIRST_YEAR, StatusChange
from tests.benchmarks import words
from tests.benchmarks.database import MARKER, Refused, real_codes, refuse_real_records, use

SIZES = (1_000, 10_000, 100_000)
SEED = 2569
YEARS = range(FIRST_YEAR, 2570)
AWARDS_EACH = 3
BATCH = 2_000

DISTRICTS_A_PROVINCE = 30
SUBDISTRICTS_A_PROVINCE = 80
BANGKOK = "10"
BANGKOK_AREAS = 10
# Of two possible offices, how much likelier the one is to exist than the other: small registers
# consist of provincial offices and branches, and municipalities seldom take part.
LIKELINESS = {"province": 60, "district": 5, "subdistrict": 1}
LIKELINESS_OF_A_MUNICIPALITY = 0.3

LEVELS = [  # code, rank, Thai, English, colour, colour in English, lowest and highest score
    ("basic", 1, "ระดับพื้นฐาน", "Basic", "ฟ้า", "Blue", 70, 79),
    ("advanced", 2, "ระดับก้าวหน้า", "Advanced", "เงิน", "Silver", 80, 89),
    ("excellent", 3, "ระดับเป็นเลิศ", "Excellent", "ทอง", "Gold", 90, 100),
]
SHARES_OF_LEVELS = {"basic": 80, "advanced": 13, "excellent": 2, None: 5}
YEARLESS = 0.005  # of offices: the first award's year is not stated
SUSPENDED, WITHDRAWN = 0.006, 0.003  # of offices, their latest award
REINSTATED = 0.4  # of the suspended
SCORED, WITH_RECIPIENT = 0.3, 0.15  # of awards
FORMERLY_CALLED = 0.03  # of offices
NO_KNOWN_DATE = 2562  # as in the world, nobody wrote down the day of this ceremony


@dataclass(frozen=True)
class Place:
    """Where an office lies, as its name says it."""

    province: provinces.Province
    area: str
    district: tuple[str, str] = ("", "")  # Thai, English
    subdistrict: tuple[str, str] = ("", "")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        use(options.database)
        refuse_real_records()
        call_command("migrate", verbosity=0)
        if Agency.objects.exists():
            raise Refused("This database is filled already; give it an empty one.")
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    began = time.monotonic()
    with transaction.atomic():
        fill(options.offices, options.seed)
    print(f"{options.offices:,} offices, {Award.objects.count():,} awards", end="", flush=True)
    rebuild_what_is_kept_in_step()
    tidy()
    print(f" in {time.monotonic() - began:.1f} s on {connection.vendor}")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.generate")
    parser.add_argument("--offices", type=int, default=10_000, help=f"usually one of {SIZES}")
    parser.add_argument("--database", required=True, help="sqlite:///… or postgresql://…")
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args(arguments)


def fill(offices: int, seed: int = SEED) -> None:
    """Invent `offices` certified offices with all that they stand on, in the current database."""
    chance = random.Random(seed)
    codes = _codes(chance)
    by = get_user_model().objects.create(username="invented", is_active=False)
    sources = _sources()
    levels = _levels()
    bodies = _bodies(codes)
    events = _events(by, sources)
    certified = _offices(offices, chance, codes, bodies)
    awards = _awards(certified, chance, events, levels, by)
    _link(Award.sources, [(award.pk, sources[_year_of(award)].pk) for award in awards])
    _recipients(awards, chance)
    _status_changes(awards, chance, sources, by)
    _former_names(certified, chance)
    _figures(awards, sources, bodies)


def rebuild_what_is_kept_in_step() -> None:
    """What saving one record at a time would have written beside it."""
    if "reindex" in get_commands():
        call_command("reindex", verbosity=0)


def tidy() -> None:
    """Leave the database as one that has lived: packed, and known to its planner."""
    statements = {"postgresql": ["VACUUM ANALYZE"], "sqlite": ["VACUUM", "ANALYZE"]}
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


def insert(model: type[Model], records: list) -> list:
    """Write many records at once, past what a model's own manager refuses or adds."""
    return QuerySet(model).bulk_create(records, batch_size=BATCH)


def _link(field, pairs: list[tuple[int, int]]) -> None:
    """Rows of a many-to-many table, (record, source)."""
    through = field.through
    near = f"{field.field.model._meta.model_name}_id"
    insert(through, [through(**{near: record, "source_id": source}) for record, source in pairs])


# --- what offices stand on -----------------------------------------------------------------------


def _codes(chance: random.Random) -> Iterator[str]:
    """Permanent codes, each once, none of them a real agency's."""
    given = real_codes()
    while True:
        code = "".join(chance.choices(CODE_ALPHABET, k=CODE_LENGTH))
        if code not in given:
            given.add(code)
            yield code


def _sources() -> dict[int, Source]:
    """Year → the announcement of that year's round."""
    insert(
        Source,
        [
            Source(
                url=f"https://example.test/invented/{year}",
                title=f"ประกาศผลการรับรองสมมติ ประจำปี พ.ศ. {year}",
                publisher="ผู้เผยแพร่สมมติ",
                published_on=datetime.date(year - buddhist.OFFSET, 10, 5),
                grade=Source.Grade.OFFICIAL_LIST,
            )
            for year in YEARS
        ],
    )
    return {source.published_on.year + buddhist.OFFSET: source for source in Source.objects.all()}


def _levels() -> dict[str, CertificationLevel]:
    names = ("code", "rank", "name_th", "name_en", "colour_th", "colour_en")
    for *facts, low, high in LEVELS:
        described = dict(zip(names, facts, strict=True), min_score=low, max_score=high)
        CertificationLevel.objects.get_or_create(code=described["code"], defaults=described)
    return {level.code: level for level in CertificationLevel.objects.all()}


def _agency(codes: Iterator[str], name_th: str, name_en: str, parent: Agency | None, **facts):
    """An agency with the columns that `Agency.save` would compute."""
    code = next(codes)
    return Agency(
        code=code,
        name_th=name_th,
        name_en=name_en,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        sort_key=thai.sort_key(name_th),
        website=f"https://{code}{MARKER}",
        **facts,
    )


def _bodies(codes: Iterator[str]) -> dict[str, Agency]:
    """Name without its mark → ministry or department."""
    services = {service.code: service for service in Service.objects.all()}
    ministries = {
        stem: _agency(
            codes,
            f"กระทรวง{stem} {words.INVENTED}",
            f"Ministry of {english} {words.INVENTED_EN}",
            None,
            kind=Agency.Kind.MINISTRY,
        )
        for stem, english in words.MINISTRIES.items()
    }
    insert(Agency, list(ministries.values()))
    usual = [
        words.Body(name_th.format(stem), name_en.format(english), stem, "other")
        for stem, english in words.MINISTRIES.items()
        for name_th, name_en in words.USUAL_BODIES.items()
    ]
    departments = {
        body.name_th: _agency(
            codes,
            f"{body.name_th} {words.INVENTED}",
            f"{body.name_en} {words.INVENTED_EN}",
            ministries[body.ministry],
            kind=body.kind,
            service=services[body.service],
        )
        for body in [*words.BODIES, *usual]
    }
    insert(Agency, list(departments.values()))
    short = [
        AgencyName(agency=departments[body.name_th], kind=AgencyName.Kind.SHORT, name=body.short)
        for body in words.BODIES
        if body.short
    ]
    insert(AgencyName, short)
    return departments


def _events(by, sources: dict[int, Source]) -> dict[int, AwardEvent]:
    """Year → its ceremony, published."""
    insert(
        AwardEvent,
        [
            AwardEvent(
                code=str(year),
                year=year,
                title_th=f"พิธีมอบโล่และตรารับรองสมมติ ประจำปี พ.ศ. {year}",
                held_on=None if year == NO_KNOWN_DATE else _ceremony_day(year),
                venue_th="ห้องประชุมสมมติ โรงแรมสมมติ กรุงเทพมหานคร",
                province=BANGKOK,
                presider="นายประธาน สมมติ",
                presider_position="รัฐมนตรีสมมติ",
                organiser="สำนักงานสมมติ",
                published_at=timezone.now(),
                published_by=by,
            )
            for year in YEARS
        ],
    )
    events = {event.year: event for event in AwardEvent.objects.all()}
    _link(AwardEvent.sources, [(events[year].pk, sources[year].pk) for year in YEARS])
    return events


def _ceremony_day(year: int) -> datetime.date:
    return datetime.date(year - buddhist.OFFSET, 9, 15 + year % 15)


# --- offices -------------------------------------------------------------------------------------


def _offices(
    number: int, chance: random.Random, codes: Iterator[str], bodies: dict[str, Agency]
) -> list[Agency]:
    services = {service.code: service for service in Service.objects.all()}
    chosen = heapq.nlargest(number, _possible_offices(chance), key=lambda office: office[0])
    if len(chosen) < number:
        raise ValueError(f"There are names for {len(chosen):,} offices only.")
    offices = []
    for _rank, pattern, place in chosen:
        thai_words, english_words = _words_for(place)
        offices.append(
            _agency(
                codes,
                pattern.name_th.format(**thai_words),
                pattern.name_en.format(**english_words),
                bodies[pattern.parent],
                kind=pattern.kind,
                service=services[pattern.service],
                province=place.province.code,
                address=f"{chance.randint(1, 999)} ถนนสมมติ {place.area}",
                phone=f"0 0000 {chance.randint(0, 9999):04d}",
                hours="จันทร์–ศุกร์ 08.30–16.30 น.",
            )
        )
    return insert(Agency, offices)


def _possible_offices(chance: random.Random) -> Iterator[tuple[float, words.Pattern, Place]]:
    """Every office there could be, with a random rank: the likelier, the higher."""
    for layer, places in _layers(chance):
        of_layer = [pattern for pattern in words.PATTERNS if pattern.layer == layer]
        for pattern, place in itertools.product(of_layer, places):
            weight = LIKELINESS[layer]
            if pattern.kind == Agency.Kind.LOCAL_GOVERNMENT:
                weight *= LIKELINESS_OF_A_MUNICIPALITY
            yield chance.random() ** (1 / weight), pattern, place


def _layers(chance: random.Random) -> Iterator[tuple[str, list[Place]]]:
    """(layer, its places in a province) of one province after the other."""
    firsts = list(words.FIRST_SYLLABLES.items())
    lasts = list(words.LAST_SYLLABLES.items())
    pairs = [(a + b, f"{x} {y}") for (a, x), (b, y) in itertools.product(firsts, lasts)]
    for province in provinces.ALL:
        names = chance.sample(pairs, DISTRICTS_A_PROVINCE + SUBDISTRICTS_A_PROVINCE)
        districts, subdistricts = names[:DISTRICTS_A_PROVINCE], names[DISTRICTS_A_PROVINCE:]
        areas = _areas(province)
        yield "province", [Place(province, area) for area in areas]
        yield "district", [Place(province, areas[0], district=name) for name in districts]
        yield "subdistrict", [Place(province, areas[0], subdistrict=name) for name in subdistricts]


def _areas(province: provinces.Province) -> list[str]:
    if province.code != BANGKOK:
        return [f"จังหวัด{province.name_th}"]
    return [f"{province.name_th}พื้นที่ {number}" for number in range(1, BANGKOK_AREAS + 1)]


def _words_for(place: Place) -> tuple[dict[str, str], dict[str, str]]:
    """What a pattern's Thai and English names are filled with."""
    of_bangkok = place.province.code == BANGKOK and not place.district[0]
    in_thai = {
        "area": place.area,
        "province": place.area if of_bangkok else place.province.name_th,
        "district": place.district[0],
        "subdistrict": place.subdistrict[0],
    }
    in_english = {
        "province": place.province.name_en,
        "district": place.district[1],
        "subdistrict": place.subdistrict[1],
    }
    return in_thai, in_english


def _former_names(offices: list[Agency], chance: random.Random) -> None:
    renamed = [office for office in offices if chance.random() < FORMERLY_CALLED]
    insert(
        AgencyName,
        [
            AgencyName(
                agency=office,
                kind=AgencyName.Kind.FORMER,
                name=f"{office.name_th} (เดิม)",
                until=datetime.date(2015, 9, 30),
            )
            for office in renamed
        ],
    )


# --- awards --------------------------------------------------------------------------------------


def _awards(
    offices: list[Agency],
    chance: random.Random,
    events: dict[int, AwardEvent],
    levels: dict[str, CertificationLevel],
    by,
) -> list[Award]:
    """Three awards an office, in the order of their years; the first may be without a year."""
    codes, shares = list(SHARES_OF_LEVELS), list(SHARES_OF_LEVELS.values())
    now = timezone.now()
    awards = []
    for office in offices:
        yearless = chance.random() < YEARLESS
        for year in _years(chance):
            level = levels.get(chance.choices(codes, shares)[0])
            scored = level is not None and chance.random() < SCORED
            award = Award(
                agency=office,
                year=year,
                event=events[year],
                level=level,
                score=chance.randint(level.min_score, level.max_score) if scored else None,
                published_at=now,
                published_by=by,
            )
            if yearless:
                award.year, award.event, award.known_by = None, None, _ceremony_day(year)
                yearless = False
            awards.append(award)
    return insert(Award, awards)


def _years(chance: random.Random) -> tuple[int, int, int]:
    """A first certification and two renewals, about three years apart."""
    first = chance.randint(YEARS[0], YEARS[-1] - 6)
    second = min(first + chance.choices((2, 3, 4, 5), (1, 7, 2, 1))[0], YEARS[-1] - 1)
    third = min(second + chance.choices((2, 3, 4, 5), (1, 7, 2, 1))[0], YEARS[-1])
    return first, second, third


def _year_of(award: Award) -> int:
    return award.year or buddhist.year_of(award.known_by)


def _recipients(awards: list[Award], chance: random.Random) -> None:
    insert(
        AwardRecipient,
        [
            AwardRecipient(
                award=award,
                name=f"{chance.choice(words.GIVEN_NAMES)} {chance.choice(words.FAMILY_NAMES)}",
                position="หัวหน้าสำนักงานสมมติ",
            )
            for award in awards
            if chance.random() < WITH_RECIPIENT
        ],
    )


def _status_changes(
    awards: list[Award], chance: random.Random, sources: dict[int, Source], by
) -> None:
    """Suspensions, some of them lifted, and withdrawals of offices' latest awards."""
    changes = []
    for award in awards[AWARDS_EACH - 1 :: AWARDS_EACH]:
        drawn = chance.random()
        if drawn < WITHDRAWN:
            history = [StatusChange.WITHDRAWN]
        elif drawn < WITHDRAWN + SUSPENDED:
            lifted = chance.random() < REINSTATED
            history = [StatusChange.SUSPENDED, *([StatusChange.REINSTATED] if lifted else [])]
        else:
            continue
        for months, change in enumerate(history, start=1):
            changes.append(
                AwardStatusChange(
                    award=award,
                    change=change,
                    changed_on=_ceremony_day(award.year) + datetime.timedelta(days=20 * months),
                    reason="เหตุสมมติ",
                    source=sources[award.year],
                    recorded_by=by,
                )
            )
    insert(AwardStatusChange, changes)


def _figures(awards: list[Award], sources: dict[int, Source], bodies: dict[str, Agency]) -> None:
    """Announced of each year: all certified, by level, in force; now and then off by a few."""
    figures = []
    for year in YEARS:
        of_year = [award for award in awards if award.year == year]
        counts = {None: len(of_year)}
        for award in of_year:
            if award.level:
                counts[award.level] = counts.get(award.level, 0) + 1
        facts = {"first_year": year, "last_year": year}
        figures += [
            AnnouncedFigure(
                measure=AnnouncedFigure.Measure.CERTIFIED, level=level, count=count, **facts
            )
            for level, count in counts.items()
        ]
        figures.append(
            AnnouncedFigure(
                measure=AnnouncedFigure.Measure.IN_FORCE,
                count=sum(year - 2 <= (award.year or 0) <= year for award in awards) + year % 4,
                as_of=datetime.date(year - buddhist.OFFSET, 11, 25),
                **facts,
            )
        )
    latest = YEARS[-1]
    figures.append(
        AnnouncedFigure(
            first_year=latest,
            last_year=latest,
            agency=bodies["กรมการจัดหางาน"],
            measure=AnnouncedFigure.Measure.CERTIFIED,
            count=len(awards) // 100,
        )
    )
    insert(AnnouncedFigure, figures)
    pairs = [(figure.pk, sources[figure.last_year].pk) for figure in figures]
    _link(AnnouncedFigure.sources, pairs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
