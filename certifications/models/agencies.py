"""Public bodies: ministries, departments, offices, and the tree they stand in."""

import secrets

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications import index
from certifications.models.ranges import DAY_OUT_OF_RANGE, day_in_range
from certifications.models.sources import Source
from certifications.querysets import (
    FOUND_BY,
    AgencyNameQuerySet,
    AgencyQuerySet,
    codes_in,
)
from certifications.reference import provinces, thai
from certifications.reference.fields import web_address

# No i, l, o, u, 0 or 1: nothing to misread over a telephone, no words by accident.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH = 6
CODE_REGEX = rf"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}"
PATH_SEPARATOR = "/"


def new_code() -> str:
    """One of the 30^6 codes; `Agency.save` draws again in the rare case that it is taken."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


class Service(models.Model):
    """What a citizen comes for: land, transport, employment, health …"""

    code = models.SlugField(_("รหัส"), unique=True, help_text=_("ใช้ในที่อยู่เว็บ เช่น land"))
    name_th = models.CharField(_("ชื่อไทย"), max_length=100)
    name_en = models.CharField(_("ชื่ออังกฤษ"), max_length=100)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=100)

    class Meta:
        verbose_name = _("งานบริการ")
        verbose_name_plural = pgettext_lazy("plural", "งานบริการ")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_th if provinces.thai_is_read() else self.name_en


class Agency(models.Model):
    """Any public body. Its code is assigned once and stands in every address, file and badge."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("กระทรวงหรือเทียบเท่า")
        DEPARTMENT = "department", _("กรมหรือเทียบเท่า")
        STATE_ENTERPRISE = "state_enterprise", _("รัฐวิสาหกิจ")
        UNIVERSITY = "university", _("มหาวิทยาลัย")
        LOCAL_GOVERNMENT = "local_government", _("องค์กรปกครองส่วนท้องถิ่น")
        OFFICE = "office", _("สำนักงานหรือศูนย์บริการ")

    code = models.CharField(
        _("รหัสถาวร"),
        max_length=CODE_LENGTH,
        unique=True,
        default=new_code,
        editable=False,
        validators=[RegexValidator(rf"^{CODE_REGEX}\Z")],
    )
    name_th = models.CharField(_("ชื่อไทย"), max_length=300)
    name_en = models.CharField(
        _("ชื่ออังกฤษ"), max_length=300, blank=True, help_text=_("เว้นว่างได้ หน้าอังกฤษจะแสดงชื่อไทย")
    )
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind, default=Kind.OFFICE)
    service = models.ForeignKey(
        Service,
        models.PROTECT,
        verbose_name=_("งานบริการ"),
        null=True,
        blank=True,
        related_name="agencies",
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("สังกัด"),
        null=True,
        blank=True,
        related_name="children",
        help_text=_("หน่วยงานที่อยู่เหนือขึ้นไปหนึ่งชั้น ณ วันนี้"),
    )
    # Codes from the top of the tree down to this body, "c5tnbc/cjsfp6/7jaxrw/", so that
    # "everything under this ministry" is one prefix. Codes never change, so only a move in the
    # tree rewrites paths; `save` does it for the whole subtree.
    path = models.CharField(max_length=250, editable=False, db_index=True)
    province = models.CharField(
        _("จังหวัด"),
        max_length=2,
        choices=provinces.choices,
        blank=True,
        db_index=True,
        help_text=_("จังหวัดที่ตั้ง ซึ่งอาจไม่ปรากฏในชื่อ หน่วยงานส่วนกลางเว้นว่างได้"),
    )
    address = models.TextField(_("ที่อยู่"), blank=True)
    phone = models.CharField(_("โทรศัพท์"), max_length=100, blank=True)
    website = models.URLField(_("เว็บไซต์"), max_length=500, blank=True, validators=[web_address])
    hours = models.CharField(_("เวลาทำการ"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("ละติจูด"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(21)],
    )
    longitude = models.DecimalField(
        _("ลองจิจูด"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(97), MaxValueValidator(106)],
    )
    position_source = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("แหล่งที่มาของพิกัด"),
        null=True,
        blank=True,
        related_name="positions",
    )
    closed_on = models.DateField(_("ปิดเมื่อ"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("รวมระเบียนเข้ากับ"),
        null=True,
        blank=True,
        related_name="merged_records",
        help_text=_("ใช้เมื่อสองระเบียนเป็นหน่วยงานเดียวกันเท่านั้น ที่อยู่เว็บเดิมจะพาไปหน้าใหม่"),
    )
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="agencies"
    )
    # What its public awards amount to; None without any. Written by models.histories alone.
    history = models.ForeignKey(
        "certifications.AwardHistory",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="agencies",
    )
    sort_key = models.CharField(max_length=600, editable=False, db_index=True)
    created_at = models.DateTimeField(_("สร้างเมื่อ"), auto_now_add=True)
    updated_at = models.DateTimeField(_("แก้ไขล่าสุด"), auto_now=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("หน่วยงาน")
        verbose_name_plural = pgettext_lazy("plural", "หน่วยงาน")
        ordering = ["sort_key", "pk"]
        permissions = [("merge_agency", _("รวม เปลี่ยนชื่อ แยก และปิดหน่วยงาน"))]
        # For the list and its counts, which read certified agencies alone and only these columns.
        indexes = [
            models.Index(
                fields=[*columns],
                condition=Q(history__isnull=False),
                name=f"certified_by_{name}",
            )
            for name, *columns in (
                ("sort_key", "sort_key", "id"),
                ("kind", "kind", "parent", "path", "history"),
                # One for each thing that is counted, with all that may be asked beside it, so that
                # no count need read the wide rows themselves.
                ("history", "history", "parent", "province", "service", "id"),
                ("parent", "parent", "province", "service", "history", "id"),
                ("province", "province", "parent", "service", "history", "id"),
                ("service", "service", "parent", "province", "history", "id"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="agency_not_its_own_parent",
                violation_error_message=_("หน่วยงานสังกัดตัวเองไม่ได้"),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
                name="agency_not_merged_into_itself",
                violation_error_message=_("รวมระเบียนเข้ากับตัวเองไม่ได้"),
            ),
            models.CheckConstraint(
                condition=day_in_range("closed_on"),
                name="agency_closed_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(name_th=""),
                name="agency_has_a_thai_name",
                violation_error_message=_("ต้องมีชื่อไทย"),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False, position_source__isnull=False),
                name="agency_position_with_source",
                violation_error_message=_("พิกัดต้องมีทั้งละติจูด ลองจิจูด และแหล่งที่มา"),
            ),
        ]

    def __str__(self) -> str:
        return self.name_th

    def save(self, *args, **kwargs) -> None:
        """Also writes `sort_key` and `path`, the paths of everything below after a move, and what
        searching finds it by, for everything below too when that changed.

        ValidationError when the parent chosen stands below this very body.
        """
        self.name_th = thai.clean(self.name_th)
        self.sort_key = thai.sort_key(self.name_th)
        update_fields = kwargs.get("update_fields")
        may_move = update_fields is None or {"parent", "parent_id"} & {*update_fields}
        if update_fields is not None:
            written = {"sort_key", "path"} if may_move else {"sort_key"}
            kwargs["update_fields"] = {*update_fields, "name_th", *written}
        elif not self._state.adding:
            # A copy read before an award was published must not undo what that wrote.
            kwargs["update_fields"] = {
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name != "history"
            }
        with transaction.atomic():
            while self._state.adding and Agency.objects.filter(code=self.code).exists():
                self.code = new_code()
            old_path = self._placed_in_the_tree() if may_move else ""
            super().save(*args, **kwargs)
            if old_path and old_path != self.path:
                self._move_subtree(old_path)
            if update_fields is None or FOUND_BY & {*update_fields}:
                index.rekey_with_those_below([self.pk])

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.code])

    @property
    def name(self) -> str:
        """The name in the reader's language; the Thai name where there is no English one."""
        return self.name_th if provinces.thai_is_read() else self.name_en or self.name_th

    @property
    def name_language(self) -> str:
        """The language `name` is in, for the lang attribute around it."""
        return "th" if provinces.thai_is_read() or not self.name_en else "en"

    @property
    def place(self) -> provinces.Province | None:
        return provinces.BY_CODE.get(self.province)

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes of the bodies above this one, the topmost first."""
        return self.path.split(PATH_SEPARATOR)[:-2]

    @property
    def is_office(self) -> bool:
        return self.kind == self.Kind.OFFICE

    def clean(self) -> None:
        self.name_th = thai.clean(self.name_th)
        self.name_en = thai.clean(self.name_en)
        if self.parent_id and self.code in codes_in([self.parent.path]):
            raise ValidationError(
                {
                    "parent": _("เลือกสังกัดนี้ไม่ได้ เพราะ “%(parent)s” อยู่ใต้หน่วยงานนี้เอง")
                    % {"parent": self.parent}
                }
            )
        if self.merged_into_id and self.pk and self.merged_records.exists():
            raise ValidationError(
                {"merged_into": _("มีระเบียนอื่นรวมเข้ากับหน่วยงานนี้แล้ว ให้ย้ายระเบียนเหล่านั้นก่อน")}
            )
        if self.merged_into_id and self._is_in_use():
            raise ValidationError(
                {
                    "merged_into": _(
                        "ย้ายผลการรับรอง หน่วยงานในสังกัด และตัวเลขที่ประกาศของระเบียนนี้ไปก่อน จึงรวมได้"
                    )
                }
            )
        if self.merged_into_id and self.merged_into.merged_into_id:
            raise ValidationError(
                {
                    "merged_into": _("ระเบียนปลายทางถูกรวมไปแล้ว ให้เลือก “%(target)s” แทน")
                    % {"target": self.merged_into.merged_into}
                }
            )

    def _is_in_use(self) -> bool:
        kept = (self.awards, self.children, self.figures)
        return self.pk is not None and any(records.exists() for records in kept)

    def _placed_in_the_tree(self) -> str:
        """Set `path` below the parent's; the path held until now, "" for a new body.

        Paths are read afresh, since this copy may be older than the last move. One row stands for
        the whole tree: whoever changes it holds that row's lock, so that two moves at one moment
        can neither pass each other nor wait for each other. SQLite has one writer anyway.
        """
        Agency.objects.select_for_update().order_by("pk").values_list("pk").first()
        paths = dict(
            Agency.objects.filter(pk__in=[self.pk, self.parent_id]).values_list("pk", "path")
        )
        above = paths[self.parent_id] if self.parent_id else ""
        held = paths.get(self.pk, "")
        if held and not held.endswith(f"{self.code}{PATH_SEPARATOR}"):
            raise ValidationError({"code": _("รหัสถาวรเปลี่ยนไม่ได้")})
        if self.code in codes_in([above]):
            raise ValidationError({"parent": _("หน่วยงานอยู่ใต้ตัวเองไม่ได้")})
        self.path = f"{above}{self.code}{PATH_SEPARATOR}"
        return held

    def _move_subtree(self, old_path: str) -> None:
        below = Agency.objects.filter(path__beneath=old_path).exclude(pk=self.pk)
        below.update(path=Concat(Value(self.path), Substr("path", len(old_path) + 1)))


@transaction.atomic
def add_agencies(agencies: list[Agency]) -> list[Agency]:
    """Save new bodies at once, with the codes, keys and places in the tree that `save` gives."""
    Agency.objects.select_for_update().order_by("pk").values_list("pk").first()  # as in `save`
    parents = {agency.parent_id for agency in agencies if agency.parent_id}
    paths = dict(Agency.objects.filter(pk__in=parents).values_list("pk", "path"))
    taken: set[str] = set()
    for agency in agencies:
        agency.name_th = thai.clean(agency.name_th)
        agency.sort_key = thai.sort_key(agency.name_th)
        while agency.code in taken or Agency.objects.filter(code=agency.code).exists():
            agency.code = new_code()
        taken.add(agency.code)
        above = paths[agency.parent_id] if agency.parent_id else ""
        agency.path = f"{above}{agency.code}{PATH_SEPARATOR}"
    return Agency.objects.bulk_create(agencies)


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
            index.rekey_with_those_below(bearers)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            index.rekey_with_those_below([self.agency_id])
        return deleted

    def clean(self) -> None:
        self.name = thai.clean(self.name)


class AgencySuccession(models.Model):
    """What happened in the world: one body became, joined or gave rise to another.

    Both pages stay and link to each other; awards stay where they were given.
    """

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("เปลี่ยนชื่อ")
        MERGED = "merged", _("ยุบรวม")
        SPLIT = "split", _("แยกออก")

    kind = models.CharField(_("เหตุการณ์"), max_length=20, choices=Kind)
    predecessor = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("จากหน่วยงาน"), related_name="successions"
    )
    successor = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("เป็นหน่วยงาน"), related_name="predecessions"
    )
    happened_on = models.DateField(_("วันที่มีผล"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("แหล่งที่มา"), related_name="successions"
    )

    class Meta:
        verbose_name = _("การสืบทอดหน่วยงาน")
        verbose_name_plural = pgettext_lazy("plural", "การสืบทอดหน่วยงาน")
        ordering = ["-happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=day_in_range("happened_on"),
                name="succession_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_between_two_bodies",
                violation_error_message=_("หน่วยงานต้นทางและปลายทางต้องต่างกัน"),
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor", "kind"],
                name="succession_once",
                violation_error_message=_("บันทึกเหตุการณ์นี้ไว้แล้ว"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
