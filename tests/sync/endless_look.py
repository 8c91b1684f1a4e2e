"""A look at a log's pages that never ends by itself."""

import threading

from sync.log import integrity as log_integrity


def make_endless(monkeypatch) -> threading.Event:
    """Let every look at a log's pages last until SQLite is interrupted; set once one has begun."""
    looking = threading.Event()

    def endless(connection, _):
        looking.set()
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        ).fetchone()

    monkeypatch.setattr(log_integrity, "check_pages", endless)
    return looking
