"""WHO: places over time, their yearly statistics and recognitions, and the officers who answer for them."""

from .people import Department, Officer, Role
from .places import BoundaryChange, Commune, District, DistrictKind, Province, Region, Succession, UnitKind
from .standing import Batch, DistrictRecognition, DistrictTitle, Level, Recognition, Registration, YearlyStatistics

__all__ = [
    "Batch",
    "BoundaryChange",
    "Commune",
    "Department",
    "District",
    "DistrictKind",
    "DistrictRecognition",
    "DistrictTitle",
    "Level",
    "Officer",
    "Province",
    "Recognition",
    "Region",
    "Registration",
    "Role",
    "Succession",
    "UnitKind",
    "YearlyStatistics",
]
