"""The staff desk: Django admin, in Thai, in the order of the secretariat's paper forms."""

from certifications.admin.accounts import access, accounts
from certifications.admin.acts import merges, proposals
from certifications.admin.history import changes, review
from certifications.admin.intake import intakes
from certifications.admin.records import agencies, awards, events, reference, vocabulary

__all__ = [
    "access",
    "accounts",
    "agencies",
    "awards",
    "changes",
    "events",
    "intakes",
    "merges",
    "proposals",
    "reference",
    "review",
    "vocabulary",
]
