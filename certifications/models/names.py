"""Other names of agencies."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models import search_index
from certifications.models.agencies import Agency
from certifications.models.publishing import PartQuerySet
from certifications.models.ranges import DAY_OUT_OF_RANGE, day_in_range
from certifications.models.sources import Source
from certifications.reference import thai


class AgencyNameQuerySet(PartQuerySet):
    """Other names; every write to them rekeys those who bear them."""

    part_of = "agency"

    def bearers(self) -> list[int]:
        return list(self.values_list("agency", flat=True).distinct())

    def update(self, **values) -> int:
        with transaction.atomic():
            keys = list(self.values_list("pk", flat=True))
            bearers = self.bearers()
            number = super().update(**values)
            search_index.rekey_with_those_below(
                {*bearers, *self.model.objects.filter(pk__in=keys).bearers()}
            )
        return number

    update.alters_data = True

    def delete(self):
        with transaction.atomic():
            bearers = self.bearers()
            deleted = super().delete()
            search_index.rekey_with_those_below(bearers)
        return deleted

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            search_index.rekey_with_those_below({name.agency_id for name in made})
        return made


class AgencyName(models.Model):
    """Another name of an agency, by which people and documents call it."""

    class Kind(models.TextChoices):
        FORMER = "former", _("ชื่อเดิม")
        SHORT = "short", _("ชื่อย่อ")
        ENGLISH = "english", _("ชื่ออังกฤษอื่น")
        AS_PRINTED = "as_printed", _("ตามที่พิมพ์ในแหล่งที่มา")

    agency = models.ForeignKey(
        Agency, models.CASCADE, verbose_name=_("หน่วยงาน"), related_name="names"
    )
    kind = models.CharField(_("ประเภทชื่อ"), max_length=20, choices=Kind)
    name = models.CharField(_("ชื่อ"), max_length=300)
    until = models.DateField(_("ใช้ถึงวันที่"), null=True, blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("แหล่งที่มา"),
        null=True,
        blank=True,
        related_name="agency_names",
    )

    objects = AgencyNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("ชื่ออื่น")
        verbose_name_plural = pgettext_lazy("plural", "ชื่ออื่น")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "name"],
                name="agency_name_once",
                violation_error_message=_("หน่วยงานนี้มีชื่อนี้อยู่แล้ว"),
            ),
            models.CheckConstraint(
                condition=day_in_range("until"),
                name="agency_name_until_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(kind="former"),
                name="agency_name_until_is_for_former",
                violation_error_message=_("วันสิ้นสุดใช้กับชื่อเดิมเท่านั้น"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Also rekeys the agency, and the one that bore the name before."""
        self.name = thai.clean(self.name)
        with transaction.atomic():
            bearers = {self.agency_id, *AgencyName.objects.filter(pk=self.pk).bearers()}
            super().save(*args, **kwargs)
            search_index.rekey_with_those_below(bearers)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            search_index.rekey_with_those_below([self.agency_id])
        return deleted

    def clean(self) -> None:
        self.name = thai.clean(self.name)
