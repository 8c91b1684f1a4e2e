"""What the centre may ask a terminal to do, and let its screens say: a short list that is closed.

None of it is a way to run anything else. A terminal that does not know an order passes over it, and says so.
"""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.events import Milliseconds

MAX_MESSAGES = 5
"""Texts that a terminal's screens hold at once."""
LONGEST_TEXT = 120

OrderId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
ScreenText = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]


class Task(StrEnum):
    """What a terminal does when it is asked to."""

    SEND_STATE = "send_state"  # greet and tell its state, now
    SAY_VERSION = "say_version"
    RESTART_DEVICE = "restart_device"  # close it and open it anew
    TAKE_ROSTER = "take_roster"  # though it holds that version
    OUT_OF_ORDER = "out_of_order"  # accept nobody
    IN_ORDER = "in_order"


class DoTask(Struct, frozen=True, tag_field="order", tag="task"):
    """Do this once; the answer is an event of the terminal's log, which names the command's id.

    `argument` is the name of the device to restart, or why the terminal is out of order or in order again.
    """

    task: Task
    argument: Annotated[str, Meta(max_length=120)] = ""


class ScreenMessage(Struct, frozen=True):
    """A text for whoever stands before the terminal, in one to three languages, until `until_ms`.

    The staff's monitor shows it; the volunteers' screen only `for_all`. That it was shown is an event of the
    terminal's log, which names the message's `id`.
    """

    id: OrderId
    texts: Annotated[dict[Literal["en", "zh-Hans", "ar"], ScreenText], Meta(min_length=1, max_length=3)]
    until_ms: Milliseconds
    for_all: bool = False


class ScreenMessages(Struct, frozen=True, tag_field="order", tag="messages"):
    """All texts that the terminal's screens are to show from now on; others are shown no more.

    `told_ms` is the centre's UTC: what was told before is passed over, and each text lives for the rest of
    its life then by the terminal's monotonic clock. They are told again after each hello while they live.
    """

    told_ms: Milliseconds
    messages: Annotated[list[ScreenMessage], Meta(max_length=MAX_MESSAGES)]
