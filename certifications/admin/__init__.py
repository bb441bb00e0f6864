"""The staff desk: Django admin, in Thai, in the order of the secretariat's paper forms."""

from certifications.admin import (
    access,
    accounts,
    agencies,
    awards,
    changes,
    events,
    intake,
    merges,
    proposals,
    reference,
    review,
    vocabulary,
)

__all__ = [
    "access",
    "accounts",
    "agencies",
    "awards",
    "changes",
    "events",
    "intake",
    "merges",
    "proposals",
    "reference",
    "review",
    "vocabulary",
]
