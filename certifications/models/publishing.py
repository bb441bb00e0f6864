"""The abstract model of records that are published: drafts, public ones, tombstones."""

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from certifications.models.proposals import ProposalItem, is_waiting

PUBLISHED_STAYS = _("รายการที่เคยเผยแพร่แล้วลบไม่ได้ ให้ถอนจากการเผยแพร่แทน")
PROPOSED_STAYS = _("มีเรื่องเสนอที่รอพิจารณาอยู่ จึงลบไม่ได้ ให้ผู้เสนอถอนเรื่องเสนอคืนก่อน")


def is_public(prefix: str = "") -> Q:
    """The condition under which a record that staff publish may be seen by anyone."""
    return Q(**{f"{prefix}published_at__isnull": False, f"{prefix}hidden_at__isnull": True})


class PublishableQuerySet(QuerySet):
    """Records that staff publish by an act: awards, ceremonies, declarations."""

    def published(self) -> Self:
        return self.filter(is_public())

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)

    def withdrawn_from_view(self) -> Self:
        """Once public, taken off the pages; their address answers with a tombstone."""
        return self.filter(published_at__isnull=False, hidden_at__isnull=False)

    def delete(self):
        """Only drafts that nobody is to decide; ValidationError when there is any other."""
        if self.filter(published_at__isnull=False).exists():
            raise ValidationError(PUBLISHED_STAYS, code="published")
        if self.filter(is_waiting(self.model)).exists():
            raise ValidationError(PROPOSED_STAYS, code="proposed")
        return super().delete()


class PartQuerySet(QuerySet):
    """Records that are public with the one that they are part of."""

    part_of = ""  # the field that leads to it

    def published(self) -> Self:
        whole = self.model._meta.get_field(self.part_of).related_model.objects.published()
        return self.filter(**{f"{self.part_of}__in": whole.order_by()})


class Publishable(models.Model):
    """Draft until `published_at`; never deleted afterwards, only withdrawn from view.

    The acts are in `actions.publish`; nothing else writes these fields.
    """

    published_at = models.DateTimeField(_("เผยแพร่เมื่อ"), null=True, editable=False, db_index=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("เผยแพร่โดย"),
        null=True,
        editable=False,
        related_name="+",
    )
    hidden_at = models.DateTimeField(_("ถอนจากการเผยแพร่เมื่อ"), null=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ถอนจากการเผยแพร่โดย"),
        null=True,
        editable=False,
        related_name="+",
    )
    hidden_reason = models.TextField(_("เหตุผลที่ถอนจากการเผยแพร่"), blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="%(class)s_published_at_and_by",
                violation_error_message=_("การเผยแพร่ต้องมีทั้งเวลาและผู้เผยแพร่"),
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True, hidden_by__isnull=True, hidden_reason="")
                | (
                    Q(hidden_at__isnull=False, hidden_by__isnull=False)
                    & Q(published_at__isnull=False)
                    & ~Q(hidden_reason="")
                ),
                name="%(class)s_hidden_with_reason",
                violation_error_message=_(
                    "การถอนจากการเผยแพร่ทำได้กับรายการที่เผยแพร่แล้ว และต้องมีผู้ถอนพร้อมเหตุผล"
                ),
            ),
        ]

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.hidden_at is None

    @property
    def is_proposed(self) -> bool:
        """Whether a second person is to decide something of it. One query."""
        return ProposalItem.objects.waiting().of(type(self), [self.pk]).exists()

    def delete(self, *args, **kwargs):
        """Only drafts that nobody is to decide; ValidationError for any other record."""
        if self.published_at is not None:
            raise ValidationError(PUBLISHED_STAYS, code="published")
        if self.is_proposed:
            raise ValidationError(PROPOSED_STAYS, code="proposed")
        return super().delete(*args, **kwargs)
