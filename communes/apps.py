from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CommunesConfig(AppConfig):
    name = "communes"
    verbose_name = "Địa bàn và cán bộ"

    def ready(self):
        from . import sessions  # noqa: F401  what it does when somebody signs in


class DeskConfig(AdminConfig):
    """Django's administration, with who may open it."""

    default_site = "communes.desk.DeskSite"
