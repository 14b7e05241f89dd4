"""WHO: places over time, their yearly statistics and recognitions, and the officers who answer for them."""

from .money import Arrears, Assignment, Funding, Hamlet
from .people import Department, Officer, Role
from .places import BoundaryChange, Commune, District, DistrictKind, Province, Region, Succession, UnitKind
from .recovery_codes import RecoveryCodes
from .sessions import Session
from .standing import Batch, DistrictRecognition, DistrictTitle, Level, Recognition, Registration, YearlyStatistics

__all__ = [
    "Arrears",
    "Assignment",
    "Batch",
    "BoundaryChange",
    "Commune",
    "Department",
    "District",
    "DistrictKind",
    "DistrictRecognition",
    "DistrictTitle",
    "Funding",
    "Hamlet",
    "Level",
    "Officer",
    "Province",
    "Recognition",
    "RecoveryCodes",
    "Region",
    "Registration",
    "Role",
    "Session",
    "Succession",
    "UnitKind",
    "YearlyStatistics",
]
