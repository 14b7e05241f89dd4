"""Where Django looks for the administration of this app; its pages are in ``communes.administration``."""

from communes.administration import pages  # noqa: F401
