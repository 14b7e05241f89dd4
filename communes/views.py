"""Health of the service."""

from django.db import connection
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from .access import allow


@require_GET
@allow()
def health(request):
    """200 when the database answers; for whoever watches the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "database": "ok"})
