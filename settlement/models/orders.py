"""What people ask terminals to do and let their screens say, each with what the terminal answered."""
# ruff: noqa: D106 - what a Meta class is for stands in its constraints and indexes

from django.db import models

from settlement.models.accounts import Account
from settlement.models.sites import Terminal


class TerminalOrder(models.Model):
    """An order to a terminal, by the id that it bears on the line; `what` is a `sync.contract.orders.Task`.

    It is sent until the terminal answers or `ends_ms` is over. The answer stands in the terminal's log:
    it was given at `done_ms` by its clock and came at `came_ms`; `result` is a
    `sync.contract.events.OrderResult`, or one that another version knows.
    """

    id = models.CharField(max_length=32, primary_key=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="orders", db_index=False)
    what = models.CharField(max_length=20)
    argument = models.CharField(max_length=120, blank=True)
    at_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    by = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    sent_ms = models.BigIntegerField(null=True, blank=True)
    done_ms = models.BigIntegerField(null=True, blank=True)
    came_ms = models.BigIntegerField(null=True, blank=True)
    result = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("terminal", "at_ms"), name="orders_of_terminal"),
            models.Index(fields=("ends_ms",), condition=models.Q(came_ms=None), name="orders_open"),
        )

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.what} {self.id[:8]}"


class ScreenMessage(models.Model):
    """A text for terminals' screens until `until_ms`, by language; `for_all`: the volunteers' screens, too.

    `ended_ms`: somebody took it back before.
    """

    id = models.CharField(max_length=32, primary_key=True)
    texts = models.JSONField()
    for_all = models.BooleanField()
    at_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(db_index=True)
    by = models.CharField(max_length=40, blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    ended_ms = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id[:8]


class MessageAt(models.Model):
    """A message for the screens of one terminal: when it was sent there first, and shown, by its own clock.

    `is_due`: the terminal is to be told what it shows now, because of this message or its end.
    """

    message = models.ForeignKey(ScreenMessage, on_delete=models.PROTECT, related_name="places")
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="screen_messages")
    is_due = models.BooleanField(default=True)
    sent_ms = models.BigIntegerField(null=True, blank=True)
    shown_ms = models.BigIntegerField(null=True, blank=True)
    came_ms = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "terminal"), name="message_once_at_a_terminal"),
        )
        indexes = (models.Index(fields=("terminal",), condition=models.Q(is_due=True), name="messages_due"),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.message_id}"
