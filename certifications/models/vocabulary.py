"""The vocabulary of search, as staff keep it, and queries without results."""

import logging
import re

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models import search_index
from certifications.models.agencies import Agency
from certifications.reference import provinces, thai
from certifications.search import folding, vocabulary
from certifications.search.vocabulary import letters_of

log = logging.getLogger(__name__)

LONGEST_MISSED = 60
MOST_MISSED = 5000
WORTH_SHOWING = 3  # times looked for before staff are shown it
BUSY_WAIT_MS = 200  # a count is not worth more of a citizen's time


class SearchWordQuerySet(models.QuerySet):
    """Words whose change reaches the index: changed and deleted one at a time."""

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            _rekey_names_with({word.typed for word in made})
        return made

    def update(self, **values):
        raise ValidationError(_("คำค้นต้องแก้หรือลบทีละรายการ"), code="one_by_one")

    def delete(self):
        raise ValidationError(_("คำค้นต้องแก้หรือลบทีละรายการ"), code="one_by_one")


class SearchWord(models.Model):
    """What people type and what it stands for; one typed word may have several rows."""

    class Kind(models.TextChoices):
        ABBREVIATION = vocabulary.ABBREVIATION, _("คำย่อ")
        SPOKEN = "spoken", _("คำที่คนทั่วไปใช้")
        ENGLISH = "english", _("คำอังกฤษ")
        ROMANISED = "romanised", _("คำไทยเขียนด้วยอักษรโรมัน")

    typed = models.CharField(_("คำที่พิมพ์"), max_length=60, help_text=_("เช่น รพ. หรือ hospital"))
    means = models.CharField(_("หมายถึง"), max_length=150, help_text=_("คำเต็มภาษาไทย เช่น โรงพยาบาล"))
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind, default=Kind.ABBREVIATION)
    source = models.CharField(_("ที่มา"), max_length=300, blank=True)

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("คำย่อและคำแทน")
        verbose_name_plural = pgettext_lazy("plural", "คำย่อและคำแทน")
        ordering = ["kind", "typed", "means"]
        constraints = [
            models.UniqueConstraint(
                fields=["typed", "means"],
                name="search_word_once",
                violation_error_message=_("คำนี้มีความหมายนี้อยู่แล้ว"),
            ),
            models.CheckConstraint(
                condition=~Q(typed="") & ~Q(means=""),
                name="search_word_not_empty",
                violation_error_message=_("ต้องมีทั้งคำที่พิมพ์และความหมาย"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.typed} → {self.means}"

    def save(self, *args, **kwargs) -> None:
        """Also rekeys the bodies whose names are written with this word, before or after."""
        self.typed, self.means = thai.clean(self.typed), thai.clean(self.means)
        with transaction.atomic():
            before = SearchWord.objects.filter(pk=self.pk).values_list("typed", flat=True).first()
            super().save(*args, **kwargs)
            _rekey_names_with({self.typed, before or self.typed})

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            _rekey_names_with({self.typed})
        return deleted

    def clean(self) -> None:
        if not folding.fold(thai.clean(self.typed)) or not folding.fold(thai.clean(self.means)):
            raise ValidationError(_("ต้องมีตัวอักษรให้ค้นหา ทั้งคำที่พิมพ์และความหมาย"))


def _rekey_names_with(typed: set[str]) -> None:
    """Rekey what has an abbreviation in one of its names, however dotted, and all below it."""
    condition = Q()
    for short in filter(None, map(letters_of, typed)):
        dotted = r"\.? ?".join(map(re.escape, short))
        condition |= Q(name_th__regex=dotted) | Q(names__name__regex=dotted)
    if condition:
        keys = Agency.objects.filter(condition).values_list("pk", flat=True).distinct()
        search_index.rekey_with_those_below(list(keys))


class PlaceName(models.Model):
    """A town, district or island that people type instead of its province; only widens."""

    name = models.CharField(_("ชื่อสถานที่"), max_length=60, help_text=_("เช่น หาดใหญ่ หรือ Hat Yai"))
    province = models.CharField(_("จังหวัด"), max_length=2, choices=provinces.choices)
    source = models.CharField(_("ที่มา"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ชื่อสถานที่แทนจังหวัด")
        verbose_name_plural = pgettext_lazy("plural", "ชื่อสถานที่แทนจังหวัด")
        ordering = ["name", "province"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "province"],
                name="place_name_once",
                violation_error_message=_("สถานที่นี้มีอยู่แล้วในจังหวัดนี้"),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="place_name_not_empty",
                violation_error_message=_("ต้องมีชื่อสถานที่"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {provinces.BY_CODE[self.province].name_th}"

    def save(self, *args, **kwargs) -> None:
        self.name = thai.clean(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if not folding.fold(thai.clean(self.name)):
            raise ValidationError({"name": _("ต้องมีตัวอักษรให้ค้นหา")})


class MissedQueryQuerySet(models.QuerySet):
    def worth_showing(self):
        return self.filter(count__gte=WORTH_SHOWING)


class MissedQuery(models.Model):
    """Words that found nothing, and how often; never who asked."""

    text = models.CharField(_("คำค้น"), max_length=LONGEST_MISSED, unique=True)
    count = models.PositiveIntegerField(_("จำนวนครั้ง"), default=1)
    last_asked_on = models.DateField(_("ค้นล่าสุดเมื่อ"))

    objects = MissedQueryQuerySet.as_manager()

    class Meta:
        verbose_name = _("คำค้นที่ไม่พบ")
        verbose_name_plural = pgettext_lazy("plural", "คำค้นที่ไม่พบ")
        ordering = ["-count", "-last_asked_on", "text"]
        indexes = [models.Index(fields=["count", "last_asked_on"], name="missed_query_least_asked")]

    def __str__(self) -> str:
        return self.text


# Telephone numbers and identity numbers in any grouping, addresses of mail, people by their title.
_PERSONAL = re.compile(r"[0-9](?:[ .()-]*[0-9]){6,}|@|^(?:นาย|นางสาว|นาง|น\.ส\.|ด\.ช\.|ด\.ญ\.)")


def count_missed(text: str) -> None:
    """Count a query that found nothing, unless it may be about a person. Never fails."""
    text = thai.arabic_digits(thai.clean(text)).casefold()[:LONGEST_MISSED].strip()
    if not folding.fold(text) or _PERSONAL.search(text):
        return
    try:
        _count(text)
    except DatabaseError:
        log.warning("A query that found nothing could not be counted.", exc_info=True)


def _count(text: str) -> None:
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            waited = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_WAIT_MS}")
        try:
            with transaction.atomic():
                _add(text)
        finally:
            if is_sqlite:
                cursor.execute(f"PRAGMA busy_timeout = {waited}")


def _add(text: str) -> None:
    today = timezone.localdate()
    missed = MissedQuery.objects
    if missed.filter(text=text).update(count=F("count") + 1, last_asked_on=today):
        return
    surplus = missed.count() - MOST_MISSED + 1
    if surplus > 0:
        least = missed.order_by("count", "last_asked_on", "pk").values_list("pk", flat=True)
        missed.filter(pk__in=list(least[:surplus])).delete()
    missed.bulk_create([MissedQuery(text=text, last_asked_on=today)], ignore_conflicts=True)
