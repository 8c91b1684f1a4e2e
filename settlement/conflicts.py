"""Retrying a transaction that lost against another one which decided at the same moment."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError

TRIES = 3

Answer = TypeVar("Answer")


def again_on_conflict(transaction: Callable[[], Answer]) -> Answer:
    """Run a whole transaction, and once or twice more when somebody else wrote the same row meanwhile.

    A reviewer and a settler may both end an entry's waiting; its one `Review` row decides who was first. Seen
    again, the entry is no longer pending. Raises the last IntegrityError.
    """
    for _ in range(TRIES - 1):
        try:
            return transaction()
        except IntegrityError:
            continue
    return transaction()
