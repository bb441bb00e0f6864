"""Filtering out the warnings that staff have accepted."""

from django.db.models import Model

from certifications.checks.findings import Finding
from certifications.models import AcceptedDoubt


def label_of(model: type[Model] | Model) -> str:
    """The name of a record's table, of a heading over the same records too."""
    return model._meta.concrete_model._meta.label_lower


def unanswered(record: Model, findings: list[Finding]) -> list[Finding]:
    """Of one record's findings those that nobody has accepted; one query when any may be."""
    if record.pk is None or all(finding.is_error for finding in findings):
        return findings
    accepted = AcceptedDoubt.objects.about(label_of(record), [record.pk])
    return [finding for finding in findings if not is_accepted(record.pk, finding, accepted)]


def is_accepted(key: int, finding: Finding, accepted: set[tuple[int, str, str]]) -> bool:
    return not finding.is_error and (key, finding.code, finding.about) in accepted
