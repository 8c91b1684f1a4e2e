"""What terminals are asked to do and answer, and which settings several are given; times are UTC ms."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr

from settlement.api.shapes import Asked, Shape
from settlement.downlink.group_settings import MOST_TOGETHER, Confirmed
from settlement.downlink.tasks import LONGEST_ARGUMENT
from sync.contract.orders import Task

Value = StrictBool | StrictInt | Annotated[StrictStr, Field(max_length=200)]
TerminalId = Annotated[str, Field(min_length=1, max_length=32)]


class OrderAsked(Asked):
    """What a terminal shall do; `argument` is the device to restart, or why it is out of order."""

    task: Task
    argument: str = Field(default="", max_length=LONGEST_ARGUMENT)


class OrderTold(Shape):
    """An order and the terminal's answer; without `came_ms` there is none, and after `ends_ms` none comes."""

    id: str
    task: str
    argument: str
    at_ms: int
    ends_ms: int
    by: str
    sent_ms: int | None
    done_ms: int | None
    came_ms: int | None
    result: str = Field(description="Empty before the answer; done, failed, not_known, too_late …")
    detail: str


class Orders(Shape):
    """What one terminal was asked, the newest first."""

    items: list[OrderTold]


class GroupMember(Shape):
    """A terminal of a group: what it is given, the edition of that, and the one that it says it runs."""

    id: str
    site_name: str
    values: dict[str, Value]
    given: int | None
    runs: int | None
    confirmed: Confirmed


class Group(Shape):
    """The terminals at work of a site or an organisation; `more` are left out."""

    items: list[GroupMember]
    more: bool


class SettingsWanted(Asked):
    """Which settings shall be others at these terminals; what is not named stays as it is at each."""

    terminals: list[TerminalId] = Field(min_length=1, max_length=MOST_TOGETHER)
    values: dict[str, Value] = Field(default={}, max_length=40)
    left: list[Annotated[str, Field(max_length=80)]] = Field(
        default=[], max_length=40, description="Settings left to the terminals' own files."
    )


class SettingsGiven(SettingsWanted):
    """The same, to be given; `seen` is the digest of what was planned."""

    seen: str = Field(pattern="^[0-9a-f]{64}$")
    reason: str = Field(max_length=300)


class SettingChanged(Shape):
    """A setting that would be another; null: left to the terminal's own file."""

    key: str
    before: Value | None
    after: Value | None


class PlannedAt(Shape):
    """What would change at one terminal."""

    terminal: str
    changes: list[SettingChanged]


class PlanTold(Shape):
    """What would change, terminal by terminal; who gives it hands the digest back."""

    items: list[PlannedAt]
    digest: str


class Given(Shape):
    """Where something was given; whether each runs it `GET /group-settings` tells."""

    terminals: list[str]
