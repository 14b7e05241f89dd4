from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CommunesConfig(AppConfig):
    name = "communes"
    verbose_name = "Địa bàn và cán bộ"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from communes.accounts.sessions import begin

        user_logged_in.connect(begin)


class DeskConfig(AdminConfig):
    """Django's administration, with who may open it."""

    default_site = "communes.administration.scope.DeskSite"
