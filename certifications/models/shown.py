"""What anyone may see of each kind of record whose changes are kept.

Beside each rule stands the same in SQL, in `audit.public_when`; a test holds the two equal.
"""

from django.db import models
from django.db.models import QuerySet

from certifications.models.doubts import AcceptedDoubt
from certifications.models.intake import Intake
from certifications.models.proposals import Proposal, ProposalHand, ProposalItem
from certifications.models.vocabulary import PlaceName, SearchWord

# Notes of the desk, and words that only help finding.
NEVER = {AcceptedDoubt, Intake, PlaceName, Proposal, ProposalHand, ProposalItem, SearchWord}


def is_never_public(model: type[models.Model]) -> bool:
    """Of accounts, too, nothing is for the public."""
    return model in NEVER or model._meta.app_label != "certifications"


def whole_of(model: type[models.Model]) -> models.ForeignKey | None:
    """The field that leads from a part, or a row that only joins two records, to its record."""
    owner = model._meta.auto_created
    if owner:
        return next(field for field in model._meta.fields if field.related_model is owner)
    name = getattr(model._default_manager.all(), "part_of", "")
    return model._meta.get_field(name) if name else None


def published(model: type[models.Model]) -> QuerySet:
    """The records of a model that anyone may see."""
    records = model._default_manager.all()
    if is_never_public(model):
        return records.none()
    if model._meta.auto_created:
        whole = whole_of(model)
        return records.filter(**{f"{whole.name}__in": published(whole.related_model).order_by()})
    return records.published()
