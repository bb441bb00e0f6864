"""Ways in which people write the name of an office, for offices that the generator invented."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.models import Agency
from certifications.reference import provinces, thai

TONES = re.compile("[\u0e48-\u0e4b]")


@dataclass(frozen=True)
class Way:
    """One way of writing; {} is the name of a province that holds `needs`."""

    kind: str
    office: str  # the office's name
    written: Callable[[str], str]  # of the province
    needs: str = ""


@dataclass(frozen=True)
class Query:
    """What is typed, and the codes of the offices that may be meant by it."""

    kind: str
    text: str
    meant: frozenset[str]


EMPLOYMENT, TRANSPORT, EXECUTION, COMMERCE, HOSPITAL = (
    "สำนักงานจัดหางานจังหวัด{}",
    "สำนักงานขนส่งจังหวัด{}",
    "สำนักงานบังคับคดีจังหวัด{}",
    "สำนักงานพาณิชย์จังหวัด{}",
    "โรงพยาบาล{}",
)

WAYS = [
    Way("exact", EMPLOYMENT, EMPLOYMENT.format),
    Way("joined words", EMPLOYMENT, "จัดหางาน{}".format),
    Way("joined words", EXECUTION, "บังคับคดี{}".format),
    Way("separate words", EMPLOYMENT, "จัดหางาน {}".format),
    Way("abbreviation", EMPLOYMENT, "จัดหางาน จ.{}".format),
    Way("abbreviation", TRANSPORT, "สนง.ขนส่ง จ.{}".format),
    Way("abbreviation", HOSPITAL, "รพ.{}".format),
    Way("abbreviation", EMPLOYMENT, "กกจ. {}".format),
    Way("abbreviation", "การไฟฟ้าส่วนภูมิภาคจังหวัด{}", "กฟภ.{}".format),
    Way("abbreviation", "การประปาส่วนภูมิภาคสาขา{} (ชั้นพิเศษ)", "กปภ {}".format),
    Way(
        "missing tone",
        EMPLOYMENT,
        lambda place: TONES.sub("", EMPLOYMENT.format(place)),
        needs="\u0e49",
    ),
    Way("missing tone", EXECUTION, lambda place: TONES.sub("", f"บังคับคดี{place}"), needs="\u0e49"),
    Way("ำ in two", COMMERCE, lambda place: COMMERCE.format(place).replace("ำ", "\u0e4d\u0e32")),
    Way("เ twice for แ", EXECUTION, lambda place: f"บังคับคดี{place.replace('แ', 'เเ')}", needs="แ"),
    Way("zero width", HOSPITAL, "โรงพยาบาล\u200b{}".format),
    Way("wrong letter", COMMERCE, "พานิชย์{}".format),
    Way("wrong letter", TRANSPORT, lambda place: f"ขนส่ง{place.replace('ษ', 'ศ')}", needs="ษ"),
    Way("letter lost", HOSPITAL, lambda place: f"โรงพยาบล{place}"),
    Way("english", HOSPITAL, lambda place: f"{_english(place)} hospital"),
    Way("nickname", COMMERCE, lambda _place: "พาณิชย์แปดริ้ว", needs="ฉะเชิงเทรา"),
    Way("nickname", EXECUTION, lambda _place: "บังคับคดี เมืองคอน", needs="นครศรีธรรมราช"),
]


def queries() -> Iterator[Query]:
    """Each way of writing, for the first province that has such an office."""
    for way in WAYS:
        for place in provinces.ALL:
            if way.needs not in place.name_th:
                continue
            name = thai.clean(way.office.format(place.name_th))
            meant = frozenset(Agency.objects.filter(name_th=name).values_list("code", flat=True))
            if meant:
                yield Query(way.kind, way.written(place.name_th), meant)
                break


def _english(name_th: str) -> str:
    return next(place.name_en for place in provinces.ALL if place.name_th == name_th)
