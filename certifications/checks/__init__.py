"""Validation rules for records, shared by forms, intakes and commands; findings are sentences."""

from certifications.checks.agencies import AgencyFacts, facts_of_agency, of_agency
from certifications.checks.awards import AwardFacts, facts_of, of_award
from certifications.checks.findings import Finding
from certifications.checks.likeness import Near, near_agencies

__all__ = [
    "AgencyFacts",
    "AwardFacts",
    "Finding",
    "Near",
    "facts_of",
    "facts_of_agency",
    "near_agencies",
    "of_agency",
    "of_award",
]
