"""What the engine tells of somebody who checks out: time, rules, and the code to take along."""

from msgspec import Struct


class ReceiptStep(Struct, frozen=True):
    """A rule that took `seconds` off today's time: a CreditRule, or one that a newer engine knows.

    `at_s` is the moment (UTC, seconds) from or until which time counts by it, where it has one.
    """

    rule: str
    seconds: int
    at_s: int | None = None


class Receipt(Struct, frozen=True):
    """What somebody who checked out takes along. The centre decides; until then all of it is provisional.

    `code` proves the check-out (`sync/contract/receipt.py`), "" without a key; `today_s` is what counts of
    today's stays at this terminal, None where that can't be told, and `steps` say why it is less than they
    lasted. `approved_s` was approved before today, in all, and earned `stars`; None where nobody tells it.
    """

    code: str = ""
    today_s: int | None = None
    steps: list[ReceiptStep] = []
    approved_s: int | None = None
    stars: int = 0
