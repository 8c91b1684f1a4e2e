"""Django's settings of the centre, derived from the one settings file.

The environment variable MUSTER_SETTLEMENT names that file; without it the shipped one holds. Importing this
module only reads files that exist: `setup.prepare` makes what is missing.
"""

import os
import secrets
from pathlib import Path

from foundation.settings import shipped
from settlement.lists.file import OF_PAGES
from settlement.settings import CentreSettings, Hsts, read_settings
from sync.contract.wire import Realm

SETTINGS_VARIABLE = "MUSTER_SETTLEMENT"

CENTRE: CentreSettings = read_settings(Path(os.environ.get(SETTINGS_VARIABLE) or shipped("settlement.toml")))


def _secret_key() -> str:
    """The stored key; before the first start one that lives as long as this process."""
    try:
        return CENTRE.path(CENTRE.secret_key_file).read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_urlsafe(64)


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = CENTRE.web.allowed_hosts
INSTALLED_APPS = [
    "settlement",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "settlement.web.serving.figures.count_requests",
    "settlement.web.serving.clicks.is_one_click",
    "settlement.web.serving.security.security_headers",
    "settlement.web.serving.health.healthz",
    "django.middleware.security.SecurityMiddleware",
    "settlement.web.serving.plain.tls_or_this_machine",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "settlement.web.serving.files.static_files",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "settlement.web.accounts.in_readers_language",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "settlement.web.serving.reading.reads_once",
]
ROOT_URLCONF = "settlement.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "settlement.web.accounts.account_page",
            ]
        },
    }
]
DATABASES = {"default": CENTRE.django_database()}
# Counts of failed log-ins, which all processes of the pages share.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "settlement_cache"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
# What somebody hands over names people: no file of a name holds it. A larger one does not get to the page.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = OF_PAGES.file_bytes + 65_536

# A live centre's pages travel over TLS only (`check --deploy` is clean). Of its warnings W005 and W021 want
# what other hosts of the domain may not bear, and W008 the redirect of settlement/web/serving/plain.py.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
_https = CENTRE.web.https and CENTRE.realm is Realm.LIVE
_hsts = CENTRE.web.hsts if _https else Hsts.OFF
SECURE_HSTS_SECONDS = 31_536_000 if _hsts is not Hsts.OFF else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _hsts in {Hsts.SUBDOMAINS, Hsts.PRELOAD}
SECURE_HSTS_PRELOAD = _hsts is Hsts.PRELOAD
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
# With "no-referrer" browsers send `Origin: null` with each form, which is refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "settlement.web.missing.not_from_here"
X_FRAME_OPTIONS = "DENY"

# Log-in: django-allauth with its second factor, by login names; nobody signs up and no e-mail is known.
AUTH_USER_MODEL = "settlement.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["settlement.accounts.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": CENTRE.accounts.shortest_password},
    }
]
ACCOUNT_ADAPTER = "settlement.accounts.log_in.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_SESSION_REMEMBER = False
# Looking papers and receipts up from one address: a fair with a stand has one, and its people many.
ACCOUNT_RATE_LIMITS = {"certificate": "30/m/ip", "rating": "30/m/ip", "receipt": "30/m/ip"}
MFA_ADAPTER = "settlement.accounts.log_in.SecondFactor"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
LOGIN_URL = "account_login"
SESSION_COOKIE_AGE = CENTRE.accounts.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
