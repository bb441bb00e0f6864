"""The records of the register, gathered so that `certifications.models` names them all."""

from certifications.models.agencies import Agency, AgencyName, AgencySuccession, Service
from certifications.models.awards import Award, AwardRecipient, AwardStatusChange
from certifications.models.changes import Change
from certifications.models.events import AwardEvent, Criterion, EventFile
from certifications.models.figures import AnnouncedFigure
from certifications.models.histories import AwardHistory, Term
from certifications.models.intake import ColumnMapping, Intake, IntakeRow
from certifications.models.levels import CertificationLevel
from certifications.models.loading import LoadedRecord
from certifications.models.search_index import SearchEntry
from certifications.models.sources import Source
from certifications.models.stamps import Stamp
from certifications.models.vocabulary import MissedQuery, PlaceName, SearchWord

__all__ = [
    "Agency",
    "AgencyName",
    "AgencySuccession",
    "AnnouncedFigure",
    "Award",
    "AwardEvent",
    "AwardHistory",
    "AwardRecipient",
    "AwardStatusChange",
    "CertificationLevel",
    "Change",
    "ColumnMapping",
    "Criterion",
    "EventFile",
    "Intake",
    "IntakeRow",
    "LoadedRecord",
    "MissedQuery",
    "PlaceName",
    "SearchEntry",
    "SearchWord",
    "Service",
    "Source",
    "Stamp",
    "Term",
]
