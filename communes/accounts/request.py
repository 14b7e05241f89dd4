"""The request as the views of the portal get it."""

from django.http import HttpRequest

from communes.models import Officer


class OfficerRequest(HttpRequest):
    """Of somebody signed in: what a view gets whose policy names roles."""

    user: Officer
