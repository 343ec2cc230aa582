"""Settings of 川渝通办, all from the environment; the defaults suit a demonstration."""

import json
import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from tongban import logs
from tongban.celery import BROKER_OPTIONS, SOFT_TIME_LIMIT, TIME_LIMIT, broker_url, queues
from tongban.keyring import keyring
from tongban.notices.sms.gateway_settings import gateways_from
from tongban.notices.smtp_settings import smtp_settings
from tongban.services.places import local_places
from tongban.sharing.connector_settings import connectors_from

BASE_DIR = Path(__file__).resolve().parent.parent
# Who names no servers gets those that `make up` runs: a command typed by hand finds them too.
local = local_places()
VAR_DIR = local.state

DEBUG = os.environ.get("DEBUG", "0") == "1"
# The start page with the demonstration people exists in this mode only, and never with DEBUG off.
DEMONSTRATION = DEBUG and os.environ.get("DEMONSTRATION", "1") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "axes",
    "ninja",  # the documentation's scripts, out of the wheel
    "tongban",
    "tongban.offices",
    "tongban.accounts",
    "tongban.notices",
    "tongban.sharing",
    "tongban.certificates",
    "tongban.running",
    "matters.catalogue",
    "matters.medical",
    "matters.housing_fund",
    "workflows.cases",
    "workflows.flows",
    "workflows.portal",
    "workflows.desk",
    "workflows.throughput",
    "workflows.exchange",
    "workflows.operator",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tongban.accounts.middleware.StaySignedIn",
    "tongban.headers.Headers",
    "workflows.cases.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "tongban.not_found.OwnNotFound",
]

ROOT_URLCONF = "tongban.urls"
WSGI_APPLICATION = "tongban.wsgi.application"
ASGI_APPLICATION = "tongban.asgi.application"

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
                "tongban.display.display",
                "tongban.notices.context_processors.inbox",
                "tongban.notices.context_processors.channels_out",
            ],
            "builtins": [
                "django.templatetags.static",
                "tongban.templatetags.formats",
                "tongban.templatetags.pages",
            ],
        },
    }
]
# Label, hint and error above the control, and an error summary that links to it.
FORM_RENDERER = "tongban.forms.PageRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or local.database_url,
        # An open connection is kept: opening one per request halves the throughput of a page.
        conn_max_age=600,
        conn_health_checks=True,
    )
}
# A statement of tongban.prepared is planned when it comes a second time. Behind a pooler that hands out
# connections transaction by transaction, set this to None.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 1
REDIS_URL = os.environ.get("REDIS_URL") or local.redis_url
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
STAFF_HOME = "/desk/"
SUPERVISOR_HOME = "/throughput/"  # of who only supervises and has no desk
OPERATOR_HOME = "/operator/"  # of who keeps the site and has no desk
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "tongban.accounts.backends.NamePhoneOrIdBackend",
]

SESSION_COOKIE_AGE = 30 * 60  # counted from the last use (accounts.middleware)
# Browsers send these over plain HTTP in a demonstration only.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "0") == "1"
# Sent over HTTPS only; a year, once the site has a certificate of its own.
SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", "0" if DEBUG else "31536000"))
# Who watches from inside asks without TLS, and follows no redirects.
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
# How many reverse proxies of ours write X-Forwarded-For; 0 believes no such header.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

# Five failures for one account from one address pause signing in there for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "tongban.accounts.lockout.account_key"
AXES_CLIENT_IP_CALLABLE = "tongban.accounts.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "tongban.accounts.lockout.locked_out"
AXES_SENSITIVE_PARAMETERS = ["account", "username", "csrfmiddlewaretoken"]
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

# What people hand in: outside the web root, shown only by workflows.cases.pages.
UPLOAD_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_HANDLERS = [
    "workflows.cases.upload_limits.LimitedUpload",  # first: it drops what is too large as it comes
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Enough that far too long a text still comes back as an error of its field.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

keys = keyring(os.environ, local)
SECRET_KEY = keys.secret_key
PERSONAL_DATA_KEYS = [(key.id, key.key) for key in keys.personal_data_keys]  # newest first
BLIND_INDEX_KEY = keys.blind_index_key

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# By this (Authorization: Bearer …) a machine elsewhere may read /metrics; none: this machine only.
MONITORING_TOKEN = os.environ.get("MONITORING_TOKEN", "")

LOGGING = logs.logging_config(debug=DEBUG)

# Where links in e-mails lead.
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

_smtp = smtp_settings(os.environ)
# No host means that the e-mail channel isn't set up: people get in-site messages only.
EMAIL_HOST = _smtp.host
EMAIL_PORT = _smtp.port
EMAIL_HOST_USER = _smtp.user
EMAIL_HOST_PASSWORD = _smtp.password
EMAIL_USE_TLS = _smtp.starttls
EMAIL_USE_SSL = _smtp.tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "川渝通办 <notice@tongban.example>")

# As many messages as a channel takes in a minute, whatever has piled up; {"sms": 60} by environment.
NOTICES_A_MINUTE: dict[str, int] = {
    "email": 600,
    "sms": 300,
    "webhook": 3000,
    **json.loads(os.environ.get("NOTICES_A_MINUTE") or "{}"),
}
# After so long without a message, while some are waiting, a channel counts as out.
NOTICE_SILENCE_MINUTES = int(os.environ.get("NOTICE_SILENCE_MINUTES") or 10)

# Who takes text messages, the first that is up; none: nobody is told by text message.
SMS_GATEWAYS = gateways_from(os.environ, demonstration=DEMONSTRATION)

# Provinces' platforms that registers are asked through; none: the register in the database answers.
SHARING_CONNECTORS = connectors_from(os.environ)
# By province, the Ed25519 key (base64) by which what it states of certificates is checked.
CERTIFICATE_KEYS: dict[str, str] = json.loads(os.environ.get("CERTIFICATE_KEYS") or "{}")

CELERY_BROKER_URL = broker_url(REDIS_URL)
# Before every key, so that several sites (and every test run) can share one Redis.
REDIS_KEY_PREFIX = os.environ.get("REDIS_KEY_PREFIX", "tongban:")
CELERY_BROKER_TRANSPORT_OPTIONS = {**BROKER_OPTIONS, "global_keyprefix": REDIS_KEY_PREFIX}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_QUEUES = queues()
CELERY_TASK_DEFAULT_QUEUE = "notices"
# A misspelt queue is an error where the task is sent, not a queue that nobody reads.
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {
    # A name goes before a pattern.
    "cases.check_clocks": {"queue": "nightly"},
    "cases.follow_calendar": {"queue": "nightly"},
    "cases.clean_uploads": {"queue": "nightly"},
    "exchange.forget_answers": {"queue": "nightly"},
    "flows.run_clearing": {"queue": "nightly"},
    "flows.check_loan_marks": {"queue": "nightly"},
    "medical.expire_filings": {"queue": "nightly"},
    "housing_fund.check_books": {"queue": "nightly"},
    "throughput.recount": {"queue": "nightly"},
    "operator.check_owed": {"queue": "nightly"},
    "notices.*": {"queue": "notices"},
    "cases.*": {"queue": "sweeps"},
    "flows.*": {"queue": "sweeps"},
    "exchange.*": {"queue": "sweeps"},
    "throughput.*": {"queue": "counts"},
    "sharing.*": {"queue": "sweeps"},
    "portal.*": {"queue": "sweeps"},
    "operator.*": {"queue": "sweeps"},
    "desk.*": {"queue": "sweeps"},
    "medical.*": {"queue": "sweeps"},
    "housing_fund.*": {"queue": "sweeps"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = SOFT_TIME_LIMIT, TIME_LIMIT
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
# A slot that nobody took before the next one comes is dropped: after a day without a worker one
# run does the work of all. What belongs to the night comes every few minutes of it: each run does
# a slice, and the slot of that day (`tongban.running.slots`) knows when all is done.
CELERY_BEAT_SCHEDULE = {
    "deliver notices": {"task": "notices.deliver", "schedule": 10, "options": {"expires": 10}},
    "fetch receipts": {
        "task": "notices.fetch_receipts",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "sweep the deadlines": {"task": "cases.sweep", "schedule": 30, "options": {"expires": 30}},
    "serve documents": {
        "task": "cases.serve_documents",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "go on with many cases": {
        "task": "cases.go_on_with_many",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "count what people did": {
        "task": "desk.count_people",
        "schedule": 120,
        "options": {"expires": 120},
    },
    "watch the channels": {
        "task": "operator.watch_channels",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "look for missing notices": {
        "task": "operator.replay",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "extend what was approved": {
        "task": "operator.extend",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "check what was owed": {
        "task": "operator.check_owed",
        "schedule": crontab(hour="2-5", minute="*"),
        "options": {"expires": 60},
    },
    "answer look-ups": {"task": "sharing.answer", "schedule": 30, "options": {"expires": 30}},
    # Every ten minutes of the morning: the first that finds a worker owes them all.
    "send the clerks' digests": {
        "task": "desk.digest",
        "schedule": crontab(hour="7-9", minute="5,15,25,35,45,55"),
        "options": {"expires": 600},
    },
    "mark overdue demands": {
        "task": "sharing.mark_overdue",
        "schedule": crontab(hour="9-17", minute="5-59/5"),
        "options": {"expires": 300},
    },
    "clean abandoned uploads": {
        "task": "cases.clean_uploads",
        "schedule": crontab(hour="3-4", minute="*"),
        "options": {"expires": 60},
    },
    "forget old answers of the API": {
        "task": "exchange.forget_answers",
        "schedule": crontab(hour="3-4", minute="*"),
        "options": {"expires": 60},
    },
    "check the clocks": {
        "task": "cases.check_clocks",
        "schedule": crontab(hour="1-5", minute="*"),
        "options": {"expires": 60},
    },
    # After a change of the calendar; otherwise it finds the slot of the version finished.
    "derive the clocks by a new calendar": {
        "task": "cases.follow_calendar",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "clear the months between the provinces": {
        "task": "flows.run_clearing",
        "schedule": crontab(hour="0-7", minute="5-59/5"),
        "options": {"expires": 300},
    },
    "check the marks of loans": {
        "task": "flows.check_loan_marks",
        "schedule": crontab(hour="2-7", minute="*/5"),
        "options": {"expires": 300},
    },
    "let visits follow their clearing month": {
        "task": "flows.follow_clearing",
        "schedule": 600,
        "options": {"expires": 600},
    },
    "end filings that ran out": {
        "task": "medical.expire_filings",
        "schedule": crontab(hour="0-7", minute="5-59/5"),
        "options": {"expires": 300},
    },
    "check the fund's books": {
        "task": "housing_fund.check_books",
        "schedule": crontab(hour="1-5", minute="*"),
        "options": {"expires": 60},
    },
    "remind people": {"task": "portal.remind", "schedule": 300, "options": {"expires": 300}},
    "count today": {"task": "throughput.count_today", "schedule": 30, "options": {"expires": 30}},
    "count the last days again": {
        "task": "throughput.recount",
        "schedule": crontab(hour="2-5", minute="*/5"),
        "options": {"expires": 300},
    },
}
