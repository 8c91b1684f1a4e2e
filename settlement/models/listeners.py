"""Which listeners live, where several share a database."""

from django.db import models


class ListenerBeat(models.Model):
    """The heartbeat of one listener, by its connection to the database; times are those of the server.

    `backend` is the server's process at the other end of the connection that stores evidence. Such numbers
    are used again: with `started` it is that connection and no other.
    """

    backend = models.IntegerField(primary_key=True)
    started = models.DateTimeField()
    name = models.CharField(max_length=32)
    beat = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
