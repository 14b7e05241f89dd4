"""The sessions of the officers who are signed in."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from .people import Officer


class Session(AbstractBaseSession):
    """A browser's session, with whose it is. When it began, was last used and from where stands in its data."""

    # Without a constraint: to Django's store a refused row means "this key is taken", and it tries the next, for ever.
    officer = models.ForeignKey(
        Officer, models.CASCADE, null=True, db_constraint=False, related_name="+", verbose_name="cán bộ"
    )

    class Meta:
        verbose_name = "phiên đăng nhập"
        verbose_name_plural = "phiên đăng nhập"

    @classmethod
    def get_session_store_class(cls):
        return import_module(settings.SESSION_ENGINE).SessionStore
