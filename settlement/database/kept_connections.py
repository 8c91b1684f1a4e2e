"""The pages keep their connections to PostgreSQL: making one takes longer than many a page asks of it."""

from django.db import connection

_KEPT_S = 60


def keep_connections() -> None:
    """Let it hold for every thread of this process; one that has broken meanwhile is made anew."""
    if connection.vendor == "postgresql":
        connection.settings_dict |= {"CONN_MAX_AGE": _KEPT_S, "CONN_HEALTH_CHECKS": True}
        connection.close()
