"""gunicorn as the portal is served with, by ``ntm@.service`` and ``make serve``; values from the environment."""

import os
import socket

# gunicorn itself would tell systemd that it is ready before a worker has loaded the portal.
_notify = os.environ.pop("NOTIFY_SOCKET", "").replace("@", "\0", 1)

wsgi_app = "ntm_portal.wsgi:application"
# Under systemd the port is held by ntm.socket, and both instances take from it. Not reuse_port: with it every worker
# has a queue of its own, and whoever waits in it is cut off when the worker goes (docs/measurements.md).
bind = os.environ.get("ADDRESS", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# More than pages are made at a time (ntm_portal/shedding.py): what people typed finds a free one.
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout, graceful_timeout, keepalive = 90, 30, 5
max_requests, max_requests_jitter = 10_000, 1_000
# The heartbeat of the workers must not depend on a disk that may be full.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
# nginx logs nothing and gunicorn no requests: the portal's own line for each has no personal data.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "ntm_portal.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # it warns of every HEAD, whose body it rightly drops
    },
}


def post_worker_init(worker):
    """A worker can serve: only now may `systemctl restart` go on to the other instance."""
    if _notify:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.sendto(b"READY=1", _notify)
