"""Middleware of the reports."""

from django.shortcuts import render

from reports.catalogue.asked import NoRound


def explain_missing_round(get_response):
    """Answer a year without a round with the years that have one, instead of a bare 404."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if isinstance(exception, NoRound):
            return render(request, "reports/empty.html", {"asked": exception.asked}, status=404)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # where Django looks for it
    return middleware
