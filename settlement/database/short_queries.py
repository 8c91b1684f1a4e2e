"""The centre's questions are short: compiling one, as PostgreSQL may do, takes longer than to answer it."""

from django.db import connection


def never_compile() -> None:
    """Let the server interpret what the centre's own role asks, from now on.

    A role may always change its own defaults, and unlike a parameter of the connection these pass a pool. To
    be called by one process at a time.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit', true)")
        if cursor.fetchone() == ("on",):
            cursor.execute("ALTER ROLE CURRENT_USER SET jit = off")
            cursor.execute("SET jit = off")  # for this connection too, which is not ours to close
