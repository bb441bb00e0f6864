"""The words for what an award is worth on a day, and the numbers behind the rule.

Rule (it alone gives the announced totals of 1,343 and 1,888; docs/decisions/0002): an award of year
Y counts from its ceremony to 31 December of Y + validity_years - 1.
`models.histories.TermQuerySet.with_state` applies it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 2559  # the first certification round, B.E.
LAST_YEAR = 2700  # beyond it a year is a typing fault (2565 + 543 = 3108)
VALIDITY_YEARS = 3  # counted from the year of certification

# A year whose ceremony date is unknown is taken to begin on 30 September, and shown as approximate:
# every known ceremony fell between 29 August and 2 October.
USUAL_MONTH, USUAL_DAY = 9, 30


class State(models.TextChoices):
    """What an award, and through its current award an agency, is on a given day."""

    IN_FORCE = "in_force", _("การรับรองยังมีผล")
    SUSPENDED = "suspended", _("พักการรับรองชั่วคราว")
    NOT_YET = "not_yet_in_force", _("ประกาศผลแล้ว รอพิธีมอบ")
    LAPSED = "lapsed", _("ครบอายุแล้ว")  # of an office this alone is never said: see `Ending`
    WITHDRAWN = "withdrawn", _("เพิกถอนการรับรองแล้ว")
    YEAR_UNKNOWN = "year_unknown", _("ไม่ทราบปีที่รับรอง")


class Ending(models.TextChoices):
    """What is known of an office after the last day of a lapsed award (docs/decisions/0016).

    The register names few offices of a round: that one award ended does not say that the office
    has no other. Only where every round that still counts is declared complete is that certain.
    """

    RENEWED = "renewed", State.LAPSED.label  # a later award of the same agency is known
    EXPIRED = "expired", _("หมดอายุแล้ว")
    UNKNOWN = "renewal_unknown", _("ยังไม่ทราบผลต่ออายุ")


def renewal_known(ending: str) -> bool | None:
    """Whether it is known what followed a lapsed award; None for an award that has not lapsed."""
    return ending != Ending.UNKNOWN if ending else None


def label_of(state: str, ending: str) -> str:
    """The word for an award's state, in the reader's language."""
    return Ending(ending).label if ending else State(state).label


# An agency's state is that of its best-placed award; within a place the latest year goes first.
PRECEDENCE = {
    State.IN_FORCE: 1,
    State.SUSPENDED: 2,
    State.NOT_YET: 3,
    State.LAPSED: 4,
    State.WITHDRAWN: 4,
    State.YEAR_UNKNOWN: 5,
}


class StatusChange(models.TextChoices):
    """What the committee may do to an award after it was given."""

    SUSPENDED = "suspended", _("พักการรับรองชั่วคราว")
    WITHDRAWN = "withdrawn", _("เพิกถอนการรับรอง")
    REINSTATED = "reinstated", _("คืนสถานะการรับรอง")
