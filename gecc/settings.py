"""Settings of the register: one file, environment over defaults, secure unless told otherwise.

Every setting that an operator may change is read here through `setting`, `flag` or `number`,
which name the variable and its remedy when the value is bad. `.env.example` lists them all.
"""

import datetime
import hashlib
import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")
ENVIRON = environ.Env.ENVIRON


def setting(name: str, default: str | None = None, *, remedy: str = "") -> str:
    """The value of an environment variable; ImproperlyConfigured when it is needed and missing."""
    value = ENVIRON.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"The setting {name} is missing. {remedy}")
    return default


def flag(name: str, default: bool) -> bool:
    """A yes/no setting: 1, true, yes, on or 0, false, no, off."""
    value = setting(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"The setting {name} is {value!r}; write 1 for yes or 0 for no.")


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = setting(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"The setting {name} is {value!r}; write a whole number.")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in setting(name, default).split(",") if part.strip()]


def admin_path(value: str) -> str:
    """The first part of the staff desk's addresses, such as admin/."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*/?", value):
        raise ImproperlyConfigured(
            f"The setting ADMIN_PATH is {value!r}; write letters, digits and - or _, as in admin/."
        )
    return value.rstrip("/") + "/"


def database(url: str) -> dict:
    """Django's description of the database at `url`, with what SQLite needs to be safe."""
    try:
        config = environ.Env.db_url_config(url)
    except (KeyError, ValueError) as fault:
        raise ImproperlyConfigured(f"The setting DATABASE_URL cannot be read: {fault}.") from fault
    engine = config.get("ENGINE", "")
    if engine.endswith("sqlite3"):
        # WAL lets readers go on while one writes; FULL survives a power cut; IMMEDIATE takes the
        # write lock at the start, so that a busy database waits instead of failing half way.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif not engine.endswith("postgresql"):
        raise ImproperlyConfigured(
            "The setting DATABASE_URL must begin with sqlite:/// or postgresql://, "
            "for example postgresql://user:password@host:5432/gecc."
        )
    # Opening one takes longer than most pages that have not changed, on SQLite too. The development
    # server has a thread for each request, and would open ever more.
    config["CONN_MAX_AGE"] = 0 if DEBUG else 60
    config["CONN_HEALTH_CHECKS"] = True
    return config


# Who answers for the data, in the catalogue and on the data page. Until set, it says nobody is.
DATA_OWNER = setting("DATA_OWNER", "")
DATA_CONTACT = setting("DATA_CONTACT", "")
DATA_EMAIL = setting("DATA_EMAIL", "")

SHOWN = {".py", ".html", ".mo", ".css", ".js", ".csv", ".txt", ".xml", ".svg"}


def release() -> str:
    """What tells one release of the code from another: a digest of all that makes a page."""
    digest = hashlib.sha256("|".join((DATA_OWNER, DATA_CONTACT, DATA_EMAIL)).encode())
    for folder in ("certifications", "gecc", "templates", "static"):
        for path in sorted((BASE_DIR / folder).rglob("*")):
            if path.suffix in SHOWN:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


RELEASE = release()
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = setting(
    "SECRET_KEY",
    remedy="Put SECRET_KEY=<50 or more random characters> into the environment or the file .env; "
    "`make run` does it for you on a development machine.",
)
ALLOWED_HOSTS = names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "certifications",
    "certifications.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django_filters",
    "corsheaders",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "certifications.middleware.ContentSecurityPolicy",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "certifications.middleware.UnchangedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "certifications.middleware.UnusedSessions",
    "certifications.middleware.NoNullCharacters",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers for what the sign-in view found
]

ROOT_URLCONF = "gecc.urls"
WSGI_APPLICATION = "gecc.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database(setting("DATABASE_URL", f"sqlite:///{BASE_DIR / 'gecc.sqlite3'}"))}
# Pages as they were last made, in each worker's own memory; see certifications/middleware.py.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 300},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_RULES}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}.CommonPasswordValidator"},
    {"NAME": f"{_RULES}.NumericPasswordValidator"},
    {"NAME": "certifications.access.events.RecordsPasswords"},
]

# --- access to the staff desk; see certifications/access -----------------------------------------

ADMIN_PATH = admin_path(setting("ADMIN_PATH", "admin/"))
BEHIND_PROXY = flag("BEHIND_PROXY", default=False)
SESSION_ENGINE = "certifications.models.sessions"
STAFF_IDLE_AFTER = datetime.timedelta(minutes=max(1, number("STAFF_IDLE_MINUTES", 15)))
REQUIRE_SECOND_FACTOR = flag("REQUIRE_SECOND_FACTOR", default=not DEBUG)
OTP_TOTP_ISSUER = "GECC register"
CSRF_FAILURE_VIEW = "certifications.access.pages.stale_form"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses while locked; the next one knows the accounts
    "django.contrib.auth.backends.ModelBackend",
]
# An account is locked out from the address it failed at, so nobody can lock it out everywhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # it ends when the page says
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "certifications.access.visitors.network_of"
AXES_USERNAME_CALLABLE = "certifications.access.lockout.name_tried"
AXES_LOCKOUT_CALLABLE = "certifications.access.pages.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "next", "csrfmiddlewaretoken", "kept_form"]
AXES_DISABLE_ACCESS_LOG = True  # AccessEvent is the record
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Thai is the language the messages are written in; English is their translation.
LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
LOCALE_PATHS = [
    BASE_DIR / "certifications" / "locale",  # our sentences in English
    BASE_DIR / "certifications" / "locale_foreign",  # Django's sentences in Thai, where it has none
]
TIME_ZONE = "Asia/Bangkok"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Photos and documents of ceremonies; served through a view that asks whether they are public.
MEDIA_ROOT = Path(setting("MEDIA_ROOT", str(BASE_DIR / "media")))

# Behind plain HTTP (a development machine) these are off; everywhere else they are on.
HTTPS = flag("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# What is public changes by two people's hands; off only where one person is the whole office.
TWO_PERSONS = flag("TWO_PERSONS", default=True)

# The read-only API: no accounts, no cookies, JSON alone. API_RATE is for each address that asks.
API_RATE = setting("API_RATE", "120/min")
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["certifications.api.throttle.EachVisitor"],
    "DEFAULT_THROTTLE_RATES": {"anon": None if API_RATE == "off" else API_RATE},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "certifications.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "GECC register",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Public register of Thailand's convenient government offices (GECC). Read-only, "
    "no key. Years are Buddhist Era (B.E. = C.E. + 543), dates ISO 8601.",
    "LICENSE": {
        "name": "DGA Open Government License",
        "url": "https://data.go.th/th/pages/dga-open-government-license",
    },
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATION_PARAMETERS": False,
    "SERVERS": [{"url": "/"}],
    "ENUM_NAME_OVERRIDES": {
        "AgencyKind": "certifications.models.Agency.Kind",
        "NameKind": "certifications.models.AgencyName.Kind",
        "State": "certifications.reference.states.State",
    },
}
# Pages of other sites may read what is public; nothing here answers to a cookie.
CORS_URLS_REGEX = r"^/(api/v1|data)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": setting("LOG_LEVEL", "INFO").upper()},
}
