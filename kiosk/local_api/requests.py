"""What a client asks of the engine on the local socket.

Every request carries a number of the client's choice, `request`; the answer to it carries the same. What only
staff may do is refused without a session (`Login`), which belongs to the connection.
"""

from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.events import Direction

RequestNumber = Annotated[int, Meta(ge=0, le=2**53)]
Text = Annotated[str, Meta(max_length=300)]
Name = Annotated[str, Meta(max_length=80)]
LONGEST_NOTE = 160
LONGEST_REMARK = 40
LONGEST_MESSAGE = 200
MOST_CALLED = 8
"""Names at one roll call: with their remarks, they have to fit into an event."""
NoteText = Annotated[str, Meta(max_length=LONGEST_NOTE)]


class Answer(Struct, frozen=True, tag_field="type", tag="answer"):
    """When the volunteer of a question left, in UTC milliseconds within the question's bounds.

    Without a staff session only the question that is being asked right now is answered.
    """

    request: RequestNumber
    question: str
    at_ms: int


class Decline(Struct, frozen=True, tag_field="type", tag="decline"):
    """The volunteer doesn't know when they left; they are not asked again until the engine restarts."""

    request: RequestNumber
    question: str


class Cancel(Struct, frozen=True, tag_field="type", tag="cancel"):
    """Take an accepted event back; `epoch` "" is the log's running one, `reason` a sentence of staff.

    Without a staff session only the newest event of the terminal is taken back.
    """

    request: RequestNumber
    seq: Annotated[int, Meta(ge=1)]
    epoch: Annotated[str, Meta(max_length=32)] = ""
    reason: Text = ""


class Login(Struct, frozen=True, tag_field="type", tag="login"):
    """Begin a staff session on this connection; `staff` is a reference, or the badge that a scanner types."""

    request: RequestNumber
    staff: Text
    pin: Name

    def __repr__(self) -> str:
        return f"Login(request={self.request})"  # no PIN in a traceback or a log


class Logout(Struct, frozen=True, tag_field="type", tag="logout"):
    """End this connection's staff session."""

    request: RequestNumber


class Find(Struct, frozen=True, tag_field="type", tag="find"):
    """Look for volunteers of the roster by a part of their name, by number, or by a badge's text; staff."""

    request: RequestNumber
    text: Text


class EnterManually(Struct, frozen=True, tag_field="type", tag="enter_manually"):
    """Write down that somebody came ("in") or left ("out") at `at_ms`; a second person signs too; staff.

    `volunteer` is a number of the roster, or the reference of somebody who walked in today. With `on_break`
    they left to come back.
    """

    request: RequestNumber
    volunteer: Name
    direction: Direction
    at_ms: int
    reason: Text
    second: Text
    second_pin: Name
    on_break: bool = False

    def __repr__(self) -> str:
        return f"EnterManually(request={self.request})"


class WalkIn(Struct, frozen=True, tag_field="type", tag="walk_in"):
    """Write down that somebody came at `at_ms` who is not on the roster; a second person signs too; staff.

    Name and telephone are sealed for the centre, which finds out who it is; until then it counts for nobody.
    """

    request: RequestNumber
    name: Name
    telephone: Annotated[str, Meta(max_length=30)]
    at_ms: int
    reason: Text
    second: Text
    second_pin: Name

    def __repr__(self) -> str:
        return f"WalkIn(request={self.request})"  # no name and no PIN in a traceback or a log


class GroupCame(Struct, frozen=True, tag_field="type", tag="group_came"):
    """Note that `count` people came together without names; they are nobody's hours; staff.

    `activity` is one of the roster that goes on, "" for the one of now; `remark` who they are as a whole.
    """

    request: RequestNumber
    count: int
    remark: Text
    activity: Annotated[str, Meta(max_length=40)] = ""


class GroupLeft(Struct, frozen=True, tag_field="type", tag="group_left"):
    """Note that `count` of a group left, at most as many as are here; staff."""

    request: RequestNumber
    group: Annotated[str, Meta(max_length=40)]
    count: int


class ListGroups(Struct, frozen=True, tag_field="type", tag="list_groups"):
    """Ask for the groups without names that are here; staff."""

    request: RequestNumber


class LookUp(Struct, frozen=True, tag_field="type", tag="look_up"):
    """Ask where a volunteer of the roster stands, by number, and what was recorded of them; staff."""

    request: RequestNumber
    volunteer: Name


class LookUpNext(Struct, frozen=True, tag_field="type", tag="look_up_next"):
    """Ask whose the next reading at this terminal is, within 15 s; it records nobody; staff.

    Answered once something was presented, or by `nothing_presented`.
    """

    request: RequestNumber


class EndLookUp(Struct, frozen=True, tag_field="type", tag="end_look_up"):
    """The next reading is a volunteer's own again; staff."""

    request: RequestNumber


class LeaveNote(Struct, frozen=True, tag_field="type", tag="leave_note"):
    """What a volunteer is to read at their next scan, once; an empty text takes it away; staff."""

    request: RequestNumber
    volunteer: Name
    text: NoteText


class ListMissing(Struct, frozen=True, tag_field="type", tag="list_missing"):
    """Ask who is expected today and was not seen yet; staff."""

    request: RequestNumber


class ListStillIn(Struct, frozen=True, tag_field="type", tag="list_still_in"):
    """Ask who is checked in; staff."""

    request: RequestNumber


class LeaveInBulk(Struct, frozen=True, tag_field="type", tag="leave_in_bulk"):
    """Write down that all of these left at `at_ms`; a second person signs too; staff.

    Each is judged as if entered alone (`enter_manually`); who can't be written down is left out and named.
    """

    request: RequestNumber
    volunteers: Annotated[list[Name], Meta(max_length=2000)]
    at_ms: int
    reason: Text
    second: Text
    second_pin: Name

    def __repr__(self) -> str:
        return f"LeaveInBulk(request={self.request})"


class ListFigures(Struct, frozen=True, tag_field="type", tag="list_figures"):
    """Ask how many came, left and were refused today; staff."""

    request: RequestNumber


class ListActivities(Struct, frozen=True, tag_field="type", tag="list_activities"):
    """Ask for the activities of the roster that are not over; staff."""

    request: RequestNumber


class ListRecent(Struct, frozen=True, tag_field="type", tag="list_recent"):
    """Ask for the events that can still be taken back; staff."""

    request: RequestNumber


class ListQuestions(Struct, frozen=True, tag_field="type", tag="list_questions"):
    """Ask for every stay of which nobody has said yet when it ended; staff."""

    request: RequestNumber


class SetTerminal(Struct, frozen=True, tag_field="type", tag="set_terminal"):
    """What a scan means here until further notice; staff.

    `direction` is toggle, in, out or break, "" for what the settings say; `activity` an id of the roster, ""
    for the one that its times name.
    """

    request: RequestNumber
    direction: Annotated[str, Meta(pattern="^(|toggle|in|out|break)$")] = ""
    activity: Annotated[str, Meta(max_length=40)] = ""


class SetOutOfOrder(Struct, frozen=True, tag_field="type", tag="set_out_of_order"):
    """Stop admitting anybody and say so on the screen, or go on again; staff."""

    request: RequestNumber
    out_of_order: bool


class RestartDevice(Struct, frozen=True, tag_field="type", tag="restart_device"):
    """Close a device and open it anew, by its name in the settings; staff."""

    request: RequestNumber
    device: Name


class TryDevice(Struct, frozen=True, tag_field="type", tag="try_device"):
    """See what a device reads next, within half a minute; staff. Nothing of it is recorded or decided.

    `language` is the one to tell it in.
    """

    request: RequestNumber
    device: Name
    language: Annotated[str, Meta(max_length=20)] = ""


class Examine(Struct, frozen=True, tag_field="type", tag="examine"):
    """Judge the whole terminal as `muster doctor` does, as far as the engine may look; staff."""

    request: RequestNumber


class ListSticks(Struct, frozen=True, tag_field="type", tag="list_sticks"):
    """Ask for the removable disks that are mounted, to carry the log away on one; staff."""

    request: RequestNumber


class ExportLog(Struct, frozen=True, tag_field="type", tag="export_log"):
    """Write the log onto one of the listed sticks, by its folder, and read it back; staff."""

    request: RequestNumber
    folder: Annotated[str, Meta(max_length=4096)]


UpkeepRequest = TryDevice | Examine | ListSticks | ExportLog
"""What staff do about the machine; none of it waits for a turn between two readings."""


class DrawRoll(Struct, frozen=True, tag_field="type", tag="draw_roll"):
    """Draw so many names of those who are checked in here; inspectors and supervisors."""

    request: RequestNumber
    count: Annotated[int, Meta(ge=1, le=MOST_CALLED)]


class RollAnswer(Struct, frozen=True):
    """Whether somebody whose name was called was found."""

    volunteer: Name
    seen: bool
    remark: Annotated[str, Meta(max_length=LONGEST_REMARK)] = ""


class SignRoll(Struct, frozen=True, tag_field="type", tag="sign_roll"):
    """Sign what was found of every name that was drawn by this seed; inspectors and supervisors."""

    request: RequestNumber
    seed: Annotated[str, Meta(max_length=32)]
    answers: Annotated[list[RollAnswer], Meta(max_length=MOST_CALLED)]


class TellCentre(Struct, frozen=True, tag_field="type", tag="tell_centre"):
    """Write to whoever runs the centre; about the site and its things, never about a person; staff."""

    request: RequestNumber
    text: Annotated[str, Meta(max_length=LONGEST_MESSAGE)]


JudgedRequest = (
    Answer
    | Decline
    | Cancel
    | Find
    | EnterManually
    | WalkIn
    | GroupCame
    | GroupLeft
    | ListGroups
    | LookUp
    | EndLookUp
    | LeaveNote
    | DrawRoll
    | SignRoll
    | TellCentre
    | ListActivities
    | ListFigures
    | ListMissing
    | ListStillIn
    | ListRecent
    | ListQuestions
    | SetTerminal
    | SetOutOfOrder
)
"""Requests that are judged between two readings."""
Request = JudgedRequest | UpkeepRequest | LookUpNext | LeaveInBulk | RestartDevice | Login | Logout
