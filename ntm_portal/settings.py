"""All settings in one file; values come from the environment (see README, "Settings")."""

from pathlib import Path

import bootstrap_wrapper
import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="only-for-a-trial-on-this-computer" if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if not DEBUG and not (SECRET_KEY and ALLOWED_HOSTS and "DATABASE_URL" in env.ENVIRON):
    raise ImproperlyConfigured("Without DEBUG=true, SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL must be set.")

INSTALLED_APPS = [
    "communes.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "communes.apps.CommunesConfig",
    "criteria",
    "reports",
    "ntm_portal",
]
MIDDLEWARE = [
    "ntm_portal.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "ntm_portal.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ntm_portal.middleware.kept_nowhere",
    "django.middleware.gzip.GZipMiddleware",
    "ntm_portal.shedding.saves_first",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "communes.accounts.sessions.keep_short",
    "communes.accounts.views.SignInRequired",
    "communes.accounts.sessions.OwnPasswordFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reports.middleware.explain_missing_round",
    "axes.middleware.AxesMiddleware",
]
# What a page asked the database and how long it took, shown beside the page (requirements-dev.txt). It is asked for by
# name, since even a trial in debug mode has to be the portal as it is; never on a server, never in tests.
if DEBUG and env.bool("DEBUG_TOOLBAR", default=False):
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware"),
        "debug_toolbar.middleware.DebugToolbarMiddleware",
    )
    INTERNAL_IPS = ["127.0.0.1", "::1"]
ROOT_URLCONF = "ntm_portal.urls"
WSGI_APPLICATION = "ntm_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "communes.context.data_note",
            ],
            "builtins": ["communes.templatetags.vietnamese"],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'ntm.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Django's default (deferred transactions) loses concurrent saves to "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds: /suc-khoe/ has to answer

# A copy to read pages and reports from (streaming replication of PostgreSQL); see ntm_portal/replica.py.
if "DATABASE_REPLICA_URL" in env.ENVIRON:
    DATABASES["replica"] = env.db_url("DATABASE_REPLICA_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["ntm_portal.replica.Router"]
    REPLICATED = ("communes", "criteria", "reports")
    MIDDLEWARE.append("ntm_portal.replica.ReadFromCopy")

AUTH_USER_MODEL = "communes.Officer"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "communes.accounts.policy.OfficerBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "communes.passwords.ContextWords"},
]
# Leaders and administrators decide with a second factor; a trial on one's own computer goes without.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=not DEBUG)
OTP_TOTP_ISSUER = "Nong thon moi"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours; the administrator can let in at once
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "communes.accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "communes.accounts.policy.address_of"
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "giu"]  # giu: the typed form that waits on the sign-in page
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "vi"
FORMAT_MODULE_PATH = ["ntm_portal.formats"]
LOCALE_PATHS = [BASE_DIR / "ntm_portal" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", bootstrap_wrapper.get_bootstrap_css_dir())]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# Same name and shape as in Django 6, so that the middleware can be deleted there.
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "communes.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 0
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if not DEBUG:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^suc-khoe/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
# One sheet form of the admin's import is far below this; the limit stops a hostile body early.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(BASE_DIR / "backups")))
# One JSON object a line on stderr, without personal data; in debug mode the development server speaks for itself.
if not DEBUG:
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "ntm_portal.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "django.request": {"level": "ERROR"},  # a refused request has its line in the request log
        },
    }
