"""What the engine answers to a request of a client on the local socket, and what it asks people.

Every answer carries the number of its request.
"""

from msgspec import Struct

from foundation.trouble import Trouble
from kiosk.local_api.requests import RequestNumber


class Result(Struct, frozen=True, tag_field="type", tag="result"):
    """What became of a request: `code` is a DoneCode or a DenialCode, or one that a newer engine knows.

    `name` and `seconds` stand in some of these sentences: whom or what it is about, how long to wait. `role`
    is that of whoever logged in, unless they are just staff.
    """

    request: RequestNumber
    ok: bool
    code: str
    name: str = ""
    seconds: int = 0
    role: str = ""


class Found(Struct, frozen=True):
    """One volunteer of the roster; `since_ms` is the check-in that stands here, if any."""

    volunteer: str
    name: str
    since_ms: int | None = None


class People(Struct, frozen=True, tag_field="type", tag="people"):
    """The volunteers that a search found, at most fifty; `more` says that there are others."""

    request: RequestNumber
    found: list[Found]
    more: bool = False


class Movement(Struct, frozen=True):
    """Somebody came or left (`direction` in or out) at `at_ms`, as told by `method`.

    `epoch` and `seq` name its event as long as that can be taken back, else `seq` is 0. Of an entry by staff
    `reason` says why. What counts no more says since when and by whom: staff's reference, or "".
    """

    at_ms: int
    direction: str
    method: str
    epoch: str = ""
    seq: int = 0
    reason: str = ""
    taken_back_ms: int | None = None
    taken_back_by: str = ""


class NoteForPerson(Struct, frozen=True):
    """What staff (`by`) left for somebody to read; `shown_ms` is when that was, None while it waits."""

    text: str
    by: str
    left_ms: int
    shown_ms: int | None = None


class PersonCard(Struct, frozen=True, tag_field="type", tag="person_card"):
    """Where a volunteer stands: in since `since_ms`, or not in; `events` are the last accepted ones.

    Among them are those of today that were taken back. `note` waits to be read, or was read lately.
    `has_question`: nobody has said yet when they left. `reason` is why what was presented is refused, if the
    card answers a look-up, and `badges_revoked` how many of their badges the centre took back.

    `on_break_ms` is since when they are on a break. `methods` are the kinds of credentials that the roster
    knows of them; what a badge or a telephone's code says is not in it. `expected_at` names another site that
    expects them. Of somebody who walked in `volunteer` is a reference and not a number.
    """

    request: RequestNumber
    volunteer: str
    name: str
    since_ms: int | None = None
    activity: str = ""
    events: list[Movement] = []
    methods: list[str] = []
    suspended: bool = False
    expected_at: str = ""
    on_break_ms: int | None = None
    note: NoteForPerson | None = None
    has_question: bool = False
    reason: str = ""
    badges_revoked: int = 0


class MissingPerson(Struct, frozen=True):
    """Somebody who is expected: for which activity, and for which of today's shifts, where there are any."""

    volunteer: str
    name: str
    activity: str
    start_ms: int | None = None
    end_ms: int | None = None


class Missing(Struct, frozen=True, tag_field="type", tag="missing"):
    """Who is expected today and was not seen: `count` in all, at most two thousand of them listed."""

    request: RequestNumber
    count: int
    people: list[MissingPerson]


class StillInPerson(Struct, frozen=True):
    """Somebody who is checked in."""

    volunteer: str
    name: str
    since_ms: int
    activity: str


class StillIn(Struct, frozen=True, tag_field="type", tag="still_in"):
    """Who is checked in at this terminal, the longest first; at most two thousand."""

    request: RequestNumber
    people: list[StillInPerson]


class HourFigures(Struct, frozen=True):
    """How many came and left in the hour of the site's clock that began at `start_ms` (UTC)."""

    start_ms: int
    came: int
    left: int


class Figures(Struct, frozen=True, tag_field="type", tag="figures"):
    """The site's day at this terminal: by hour, by method, refusals by reason; nothing stands with 0.

    `in_groups` are the people who came in groups without names; they stand in no hour.
    """

    request: RequestNumber
    hours: list[HourFigures]
    methods: dict[str, int]
    refused: dict[str, int]
    taken_back: int = 0
    in_groups: int = 0


class ActivityListed(Struct, frozen=True):
    """An activity of the site; `is_executing` while attendance is recorded for it."""

    id: str
    title: str
    is_executing: bool


class Activities(Struct, frozen=True, tag_field="type", tag="activities"):
    """What can be recorded for here, now or later; in the roster's order."""

    request: RequestNumber
    activities: list[ActivityListed]


class GroupListed(Struct, frozen=True):
    """How many of a group without names are here, who they are as a whole, and since when it is here."""

    group: str
    count: int
    remark: str
    activity: str
    since_ms: int


class GroupsHere(Struct, frozen=True, tag_field="type", tag="groups_here"):
    """The groups that are here, the newest first."""

    request: RequestNumber
    groups: list[GroupListed]


class LeftOut(Struct, frozen=True):
    """Somebody who could not be written down; `code` is a DenialCode."""

    volunteer: str
    name: str
    code: str


class BulkResult(Struct, frozen=True, tag_field="type", tag="bulk_result"):
    """How many were written down, and who could not be."""

    request: RequestNumber
    entered: int
    left_out: list[LeftOut]


class DeviceTried(Struct, frozen=True, tag_field="type", tag="device_tried"):
    """What a device read when staff tried it, in the language they asked for; nothing that admits anybody.

    `text` is "" for something that was presented and could not be read.
    """

    request: RequestNumber
    device: str
    text: str


class Checked(Struct, frozen=True):
    """One line of the doctor's page: `mark` is good, open, look or broken; `said` where nothing was found."""

    subject: str
    mark: str
    said: Trouble | None = None
    findings: list[Trouble] = []


class Checkup(Struct, frozen=True, tag_field="type", tag="checkup"):
    """How the terminal was judged, in the order of the doctor's page."""

    request: RequestNumber
    checks: list[Checked]


class Stick(Struct, frozen=True):
    """A removable disk that is mounted at `folder`."""

    folder: str
    free_bytes: int


class Sticks(Struct, frozen=True, tag_field="type", tag="sticks"):
    """The removable disks that are mounted now."""

    request: RequestNumber
    sticks: list[Stick]


class LogExported(Struct, frozen=True, tag_field="type", tag="log_exported"):
    """The log lies in `file`, read back and whole; or `trouble` says why not."""

    request: RequestNumber
    file: str
    batches: int = 0
    trouble: Trouble | None = None


class RollName(Struct, frozen=True):
    """Somebody whose name is to be called, and the title of what they are checked in for."""

    volunteer: str
    name: str
    activity: str


class Roll(Struct, frozen=True, tag_field="type", tag="roll"):
    """The names that were drawn by `seed`, of so many who are `present`."""

    request: RequestNumber
    seed: str
    present: int
    names: list[RollName]


class SessionEnded(Struct, frozen=True, tag_field="type", tag="session_ended"):
    """This connection's staff session is over, because nobody used it."""


class Recent(Struct, frozen=True):
    """An accepted event that can still be taken back; `direction` is in or out."""

    epoch: str
    seq: int
    at_ms: int
    volunteer: str
    name: str
    direction: str


class RecentEvents(Struct, frozen=True, tag_field="type", tag="recent_events"):
    """Each volunteer's newest event of the last five minutes, the newest first."""

    request: RequestNumber
    events: list[Recent]


class Question(Struct, frozen=True, tag_field="type", tag="question"):
    """ "When did you leave?": a stay at whose end nobody checked out.

    The answer lies within [`earliest_ms`, `latest_ms`] (UTC); `likely_ms` holds one to three moments to
    choose from. `came_ms` is the check-in, `expires_ms` when the volunteers' screen shows it no longer,
    `language` the person's own or "". `put_down_ms` is the moment that the centre puts down by itself for
    somebody to confirm, null where it puts down none.
    """

    id: str
    volunteer: str
    name: str
    language: str
    activity: str
    came_ms: int
    earliest_ms: int
    latest_ms: int
    likely_ms: list[int]
    expires_ms: int
    put_down_ms: int | None = None


class QuestionEnded(Struct, frozen=True, tag_field="type", tag="question_ended"):
    """A question is shown no longer; `how` is a QuestionEnd, or what a newer engine knows."""

    id: str
    how: str


class Questions(Struct, frozen=True, tag_field="type", tag="questions"):
    """Every question that is still open, the oldest first."""

    request: RequestNumber
    open: list[Question]


Reply = (
    Result
    | People
    | PersonCard
    | Missing
    | StillIn
    | Activities
    | GroupsHere
    | Figures
    | BulkResult
    | Roll
    | RecentEvents
    | Questions
    | DeviceTried
    | Checkup
    | Sticks
    | LogExported
)
