from django.apps import AppConfig


class RoofConfig(AppConfig):
    name = "ntm_portal"

    def ready(self):
        from . import security_log

        security_log.listen()
