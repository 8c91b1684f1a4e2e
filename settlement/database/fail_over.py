"""Another database than before answers: a standby that was promoted, or a restored copy on a server.

Behind a line to the broker that never broke nobody would notice, and what the new one lacks would come only
with each terminal's next check-in. So the centre's generation is raised, and terminals are told.
"""

import structlog
from django.db import Error, connection, transaction
from django.db.models import F

from settlement.database.away import is_away
from settlement.models import Store

# The timeline by its newest piece of log: until its next checkpoint pg_control names the one before. During
# recovery it can't be asked, and then nothing can be written either.
_LINE = (
    "SELECT system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)"
    " FROM pg_control_system()"
)

_logger = structlog.get_logger()


class FailOver:
    """Looks at each new connection of its thread which database it leads to."""

    def __init__(self, generation: int) -> None:
        """`generation` is what terminals are told so far."""
        self._told = generation
        self._seen: object = None

    def look(self) -> int | None:
        """The generation that terminals have to be told of now; None while it is the one they know.

        Connects nowhere by itself and waits for nothing: while the database is away it is asked later.
        """
        if connection.vendor != "postgresql" or connection.connection in (None, self._seen):
            return None
        asked = connection.connection
        try:
            generation = _generation()
        except Error as error:
            if is_away(error):
                connection.close()
                return None
            # The server's owner may have taken the right to ask from everybody; all else goes on.
            _logger.warning("fail_over_not_noticed", error=str(error))
            self._seen = asked
            return None
        self._seen = asked
        if generation == self._told:
            return None
        _logger.warning("database_another", generation=generation)
        self._told = generation
        return generation


def _generation() -> int:
    """The centre's generation, one higher where another database answers than the one that stands there.

    Conditions instead of a lock: of several listeners that notice it one raises it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINE)
        (line,) = cursor.fetchone()
    with transaction.atomic():
        Store.objects.filter(line="").update(line=line)
        Store.objects.exclude(line=line).update(line=line, generation=F("generation") + 1)
        return Store.objects.values_list("generation", flat=True).get()
