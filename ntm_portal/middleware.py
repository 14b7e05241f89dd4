"""Middleware of the roof."""

from django.conf import settings


def content_security_policy(get_response):
    """Send ``settings.SECURE_CSP`` with every response (built into Django from version 6 on)."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
