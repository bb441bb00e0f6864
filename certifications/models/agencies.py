"""Agencies, their tree and their QuerySet."""

import secrets
from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models import search_index
from certifications.models.agency_search import AgencySearch
from certifications.models.ranges import DAY_OUT_OF_RANGE, day_in_range
from certifications.models.services import Service
from certifications.models.sources import Source
from certifications.models.tree import PATH_SEPARATOR, TreeNode, codes_in
from certifications.models.two_names import TwoNames
from certifications.reference import provinces, thai
from certifications.reference.fields import web_address

# No i, l, o, u, 0 or 1: nothing to misread over a telephone, no words by accident.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH = 6
CODE_REGEX = rf"[{CODE_ALPHABET}]{{{CODE_LENGTH}}}"
MERGED_MEANWHILE = _("ระเบียนหน่วยงานถูกรวมเข้ากับระเบียนอื่นแล้ว ให้ใช้ระเบียนที่รวมไปแทน")


# The fields of an agency that searching finds it by, those of the tree included.
FOUND_BY = {"name_th", "name_en", "province", "parent", "parent_id", "path"}


def new_code() -> str:
    """One of the 30^6 codes; `Agency.save` draws again in the rare case that it is taken."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(CODE_LENGTH))


class AgencyQuerySet(AgencySearch):
    def _figures(self) -> QuerySet:
        return self.model.figures.rel.related_model.objects.all()

    def under(self, agency) -> Self:
        """A body and everything below it in today's tree."""
        return self.filter(path__beneath=agency.path)

    def certified(self) -> Self:
        """Agencies that hold, or once held, a public award: what the list shows."""
        return self.filter(history__isnull=False)

    def published(self) -> Self:
        """Agencies anyone may see: certified, above such a one, or named in a public figure."""
        return self.filter(
            Q(history__isnull=False)
            | self._shows_something("path", "pk")
            # A merged record shows nothing itself, but its address must still lead on.
            | self._shows_something("merged_into__path", "merged_into")
        )

    def _shows_something(self, path: str, key: str) -> Q:
        """A certified body at or below the one at `path`, or a public figure about it."""
        below = self.model.objects.certified().filter(path__beneath=OuterRef(path))
        figures = self._figures().published().filter(agency=OuterRef(key))
        return Q(Exists(below)) | Q(Exists(figures))

    def hold_open(self, keys: Iterable[int]) -> None:
        """Let nobody merge these away until the transaction ends.

        IntegrityError when one is merged already: a form was checked a moment before, a merge came
        between, and no constraint of one table can see it.
        """
        locked = self.select_for_update(of=("self",)).filter(pk__among=keys).order_by("pk")
        if any(locked.values_list("merged_into", flat=True)):
            raise IntegrityError(MERGED_MEANWHILE)

    # --- kept in step with what searching finds by -----------------------------------------------

    def update(self, **values) -> int:
        if not FOUND_BY & values.keys():
            return super().update(**values)
        with transaction.atomic():
            keys = list(self.values_list("pk", flat=True))
            number = super().update(**values)
            search_index.rekey_with_those_below(keys)
        return number

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            search_index.rekey_with_those_below([agency.pk for agency in made])
        return made

    # --- with what a page shows ------------------------------------------------------------------

    def for_listing(self) -> Self:
        return self.select_related("parent", "service", "history")

    def ancestors_of(self, agency) -> Self:
        """The bodies above an agency, the ministry first. One query."""
        return self.filter(code__in=agency.ancestor_codes).order_by("path")


# For the list and its counts, which read certified agencies alone and only these columns.
INDEXES = [
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


CONSTRAINTS = [
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


class Agency(TreeNode, TwoNames, models.Model):
    """Any public body. Its code is assigned once and is part of every address, file and badge."""

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
        indexes = INDEXES
        constraints = CONSTRAINTS

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
                search_index.rekey_with_those_below([self.pk])

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.code])

    @property
    def place(self) -> provinces.Province | None:
        return provinces.BY_CODE.get(self.province)

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


@transaction.atomic
def add_agencies(agencies: list[Agency]) -> list[Agency]:
    """Save new bodies at once, with the codes, keys and places in the tree that `save` gives."""
    search_index.lock_the_tree()
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
