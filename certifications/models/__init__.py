"""The models, importable as `certifications.models`."""

from certifications.models.access import AccessEvent, AccountChange
from certifications.models.agencies import Agency
from certifications.models.awards import Award, AwardRecipient, AwardStatusChange
from certifications.models.changes import Change
from certifications.models.declarations import RoundDeclaration
from certifications.models.doubts import AcceptedDoubt
from certifications.models.events import AwardEvent, Criterion, EventFile
from certifications.models.figures import AnnouncedFigure
from certifications.models.histories import AwardHistory, Term
from certifications.models.intake import ColumnMapping, Intake, IntakeRow
from certifications.models.levels import CertificationLevel
from certifications.models.loading import LoadedRecord
from certifications.models.merging import MergeLog
from certifications.models.names import AgencyName
from certifications.models.proposals import Proposal, ProposalHand, ProposalItem
from certifications.models.review import AgencyToReview, AwardToReview, EventToReview
from certifications.models.search_index import SearchEntry
from certifications.models.services import Service
from certifications.models.sessions import DeskSession
from certifications.models.sources import Source
from certifications.models.stamps import Stamp
from certifications.models.succession import AgencySuccession
from certifications.models.vocabulary import MissedQuery, PlaceName, SearchWord

__all__ = [
    "AcceptedDoubt",
    "AccessEvent",
    "AccountChange",
    "Agency",
    "AgencyName",
    "AgencySuccession",
    "AgencyToReview",
    "AnnouncedFigure",
    "Award",
    "AwardEvent",
    "AwardHistory",
    "AwardRecipient",
    "AwardStatusChange",
    "AwardToReview",
    "CertificationLevel",
    "Change",
    "ColumnMapping",
    "Criterion",
    "DeskSession",
    "EventFile",
    "EventToReview",
    "Intake",
    "IntakeRow",
    "LoadedRecord",
    "MergeLog",
    "MissedQuery",
    "PlaceName",
    "Proposal",
    "ProposalHand",
    "ProposalItem",
    "RoundDeclaration",
    "SearchEntry",
    "SearchWord",
    "Service",
    "Source",
    "Stamp",
    "Term",
]
