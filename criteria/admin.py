"""Where Django looks for the administration of this app; its pages are in ``criteria.administration``."""

from criteria.administration import pages  # noqa: F401
