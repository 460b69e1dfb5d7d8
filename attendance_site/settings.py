"""The settings of Rollbook. What differs between machines comes from the environment (`env.py`)."""

import os
import sys
from typing import Any

from csp.constants import NONE, SELF
from django.contrib.messages import constants as message_levels

from attendance_site import env, logging

BASE_DIR = env.BASE_DIR
try:
    ENV = env.read(os.environ)
except env.WrongEnvironment as wrong:
    sys.stderr.write("Rollbook cannot start:\n")
    sys.stderr.writelines(f"  - {problem}\n" for problem in wrong.problems)
    sys.exit(2)

PRODUCTION = ENV["ROLLBOOK_MODE"] == env.PRODUCTION
VAR = ENV["ROLLBOOK_VAR"]
DEBUG = ENV["DEBUG"]
DEMONSTRATION = ENV["ROLLBOOK_DEMONSTRATION"]
SECRET_KEY = ENV["SECRET_KEY"]
REGISTER_KEY = ENV["ROLLBOOK_REGISTER_KEY"]
ALLOWED_HOSTS = ENV["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = ENV["CSRF_TRUSTED_ORIGINS"]

INSTALLED_APPS = [
    "attendance_site",
    "interventions",
    "absence",
    "registers",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "attendance_site.pages.compression.CompressTexts",
    "attendance_site.logging.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "attendance_site.urls"
WSGI_APPLICATION = "attendance_site.wsgi.application"
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
            ]
        },
    }
]

# --- the database
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",  # a writer waits at its start, never half way
    "timeout": 30,  # seconds
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;",
}
DATABASES = {"default": ENV["DATABASE_URL"]}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    # A page's statement is over before PostgreSQL has compiled it.
    given = DATABASES["default"].setdefault("OPTIONS", {})
    given["options"] = f"{given.get('options', '')} -c jit=off".strip()
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
AUTH_USER_MODEL = "registers.User"

# --- the cache: shared by the web server and the workers
if ENV["REDIS_URL"]:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": ENV["REDIS_URL"],
            "KEY_PREFIX": "rollbook",
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR / "cache",
        }
    }

# --- the task queue
CELERY_BROKER_URL = env.celery_broker(ENV)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")  # kept: a restart loses no time
CELERY_TASK_IGNORE_RESULT = True  # what came of a task is a row that people see
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
# A worker's process is renewed after the task in which it has grown past this: the libraries that
# draw keep some of what each letter took (some 0.1 MB), and a worker lives for months.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_TASK_SOFT_TIME_LIMIT = 45 * 60  # seconds
CELERY_TASK_TIME_LIMIT = 50 * 60  # shorter than the broker's patience below
if ENV["REDIS_URL"]:
    # After kill -9 Redis gives messages back when this long has passed *and* kombu scans.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 60 * 60,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
else:
    for _name in ("messages", "control", "processed"):
        (VAR / "queue" / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "queue" / "messages"),
        "data_folder_out": str(VAR / "queue" / "messages"),
        "control_folder": str(VAR / "queue" / "control"),
        "processed_folder": str(VAR / "queue" / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

DOCUMENT_PROCESSES = ENV["ROLLBOOK_DOCUMENT_PROCESSES"]  # of one pack, side by side

# --- e-mail
_email = ENV["EMAIL_URL"] or {}
EMAIL_BACKEND = _email.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = f"/{_email.get('EMAIL_FILE_PATH', '').lstrip('/')}"
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV["DEFAULT_FROM_EMAIL"]

# --- language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

# --- messages: Bootstrap's word for an error
MESSAGE_TAGS = {message_levels.ERROR: "danger"}

# --- files: static ones from the web process; documents only through a view that asks the policy
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "documents"
WHITENOISE_USE_FINDERS = not PRODUCTION
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "attendance_site.pages.static_files.OneSheetStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- sign-in and the browser's protections
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "attendance_site.accounts.sign_in.Adapter"
ACCOUNT_FORMS = {"login": "attendance_site.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator vouches for who is invited
ACCOUNT_EMAIL_NOTIFICATIONS = bool(ENV["EMAIL_URL"])
ACCOUNT_LOGOUT_REDIRECT_URL = "sign_in"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True  # and everywhere else too
ACCOUNT_SESSION_REMEMBER = False  # the session ends with the browser, after a school day at most
ACCOUNT_RATE_LIMITS = {  # a whole school comes from one address at 8:40
    "login": "600/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds; asked before the second factor is changed
ALLAUTH_TRUSTED_PROXY_COUNT = int(ENV["ROLLBOOK_BEHIND_PROXY"])
MFA_ADAPTER = "attendance_site.accounts.sign_in.SecondFactor"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Rollbook"
MFA_TOTP_TOLERANCE = 1  # half a minute either way: tablets' clocks
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a school day, in seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "attendance_site.pages.views.form_expired"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked by machines, inside the server's own network
SECURE_HSTS_SECONDS = ENV["ROLLBOOK_HSTS_SECONDS"] if PRODUCTION else 0
if ENV["ROLLBOOK_BEHIND_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own arrows and ticks are data: pictures
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],  # a PDF beside what it is about
        "frame-ancestors": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = [
    # The rest of the school's domain, and the browsers' preload list, are the school's to decide.
    "security.W005",
    "security.W021",
]

# --- logs
LOGGING = logging.configuration(as_json=PRODUCTION)
