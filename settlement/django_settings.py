"""Django's settings of the centre."""

SECRET_KEY = "replaced when the centre starts"  # noqa: S105 - a placeholder for type checks
INSTALLED_APPS = ["settlement"]
USE_TZ = True
