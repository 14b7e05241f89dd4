"""WHAT: the published criteria sets (standard) and their application to a commune in a round (assessment)."""

from .assessment import Assessment, AssessmentRound, ChangeEvent, LogHead, Result, Via
from .dossier import Evidence, Opinion
from .standard import CriteriaSet, Criterion, Indicator, Kind, Requirement, Scope, Source
from .upload import Upload

__all__ = [
    "Assessment",
    "AssessmentRound",
    "ChangeEvent",
    "CriteriaSet",
    "Criterion",
    "Evidence",
    "Indicator",
    "Kind",
    "LogHead",
    "Opinion",
    "Requirement",
    "Result",
    "Scope",
    "Source",
    "Upload",
    "Via",
]
