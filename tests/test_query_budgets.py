"""What each public page asks of the database, in order, and that more rows ask no more."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certifications.models import Agency
from tests import make

pytestmark = pytest.mark.django_db

REFERENCE = ["certificationlevel", "service"]
HOW_MANY = [
    "agency",  # how many agencies of each history; levels, years and states are counted from it
    "term",  # how each term stands on the day
]
ROWS = ["agency", "award"]  # the page, and the awards of its rows
COUNTS = [
    "agency",  # under each parent
    "agency",  # certified bodies that are no offices
    "agency",  # where those parents stand in the tree
    "agency",  # the ministries and departments above them
    "agency",  # in each province
    "agency",  # of each service
]
ENDS = "rounddeclaration"  # whose renewals are known
LIST = [*REFERENCE, "agency", ENDS, "term", *ROWS, *COUNTS]
# And which answer, anywhere.
OF_AWARDS = [*REFERENCE, "agency", ENDS, "term", "awardhistory", *ROWS, *COUNTS]

# The first table of each query a page asks.
BUDGETS = {
    "/": [
        *("awardevent", "announcedfigure"),  # the rounds of today
        *HOW_MANY,
        "awardevent",
        "certificationlevel",
    ],
    "/agencies/": LIST,
    "/agencies/?province=54&level=basic&year=2565&sort=level": OF_AWARDS,
    "/agencies/?state=in_force&on=2022-12-01": LIST,
    "/events/": ["awardevent"],
    "/events/2565/": [
        "awardevent",
        "source",
        "eventfile",
        "award",  # how many
        "rounddeclaration",
        "announcedfigure",
        "source",
        "award",  # per year and level, for beside the figures
        "award",  # per level
        "certificationlevel",
        "criterion",
        "award",  # the page
        "awardrecipient",
    ],
    "/provinces/": [ENDS, *HOW_MANY],
    "/provinces/phrae/": [
        *(ENDS, *HOW_MANY),
        *("certificationlevel", "service"),  # of the list
        *("service", "certificationlevel"),  # of the tables
        *("agency", ENDS, "term"),
        *ROWS,
    ],
    "/about/": [
        "awardevent",
        "announcedfigure",
        "source",
        "award",
        "criterion",
        "certificationlevel",
    ],
}


def populate(number: int):
    """`number` offices under a department and a ministry, each with two awards and a recipient."""
    ministry = make.ministry()
    department = make.department(parent=ministry)
    first, second = make.event_of(2565), make.event_of(2564)
    for _index in range(number):
        office = make.agency(parent=department, province="54")
        award = make.award(office, 2565, level="basic", event=first)
        award.recipients.create(name="นายรับ มอบ")
        make.award(office, 2564, level="basic", event=second)
    make.figure(number)
    make.figure(number, agency=department)
    return office, department, ministry


def tables(client, address: str) -> list[str]:
    """The table that each query of a page reads first."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    first, *rest = (outermost_table(query["sql"]) for query in asked)
    assert first == "stamp"  # has anything changed?
    return rest


def outermost_table(sql: str) -> str:
    """The table read first, outside all brackets unless the whole query stands in them."""
    table = r'FROM "certifications_(\w+)"'
    outside = sql
    while (shorter := re.sub(r"\([^()]*\)", "", outside)) != outside:
        outside = shorter
    return (re.search(table, outside) or re.search(table, sql))[1]


@pytest.mark.parametrize("address", BUDGETS)
def test_a_page_asks_what_is_listed_here_for_three_rows_and_for_thirty(client, address):
    for number in (3, 27):
        populate(number)
        assert tables(client, address) == BUDGETS[address]


def test_the_pages_of_bodies_ask_no_more_for_thirty_below_than_for_three(client):
    asked = []
    for number in (3, 30):
        bodies = populate(number)
        asked.append([tables(client, body.get_absolute_url()) for body in bodies])
    assert asked[0] == asked[1]
    assert [len(page) for page in asked[0]] == [15, 15, 12]


def test_a_day_in_the_past_asks_no_more_than_today(client):
    populate(3)
    past = tables(client, f"/agencies/?on={datetime.date(2022, 12, 1)}")
    assert past == tables(client, "/agencies/")


def test_many_bodies_asked_for_cost_no_more_than_two(client):
    department = make.department()
    for _index in range(30):
        make.award(make.agency(parent=make.department(parent=department)))
    bodies = [*Agency.objects.filter(parent=department).values_list("code", flat=True)]
    few, many = (
        tables(client, "/agencies/?" + "&".join(f"department={code}" for code in bodies[:number]))
        for number in (2, 30)
    )
    assert few == many
