"""Where Django looks for the administration of this app; its pages are in ``reports.documents``."""

from reports.documents import administration  # noqa: F401
