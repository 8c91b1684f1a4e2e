"""What the screens show of a terminal that is not enrolled yet: what to do, and how far it is. Pure.

Nobody has said yet in which language: all stand there at once, or, where there is more to say, in turn.
"""

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Direction, Words
from kiosk.local_api.messages import Enrolment, EnrolmentStage, Snapshot
from kiosk.screens.panel import Face, Panel, Paragraph
from kiosk.screens.results import QUIET
from sync.contract.enrolment import approval_command

_IN_TURN_MS = 8_000
"""How long one language stays."""


def enrolment_panel(snapshot: Snapshot, enrolment: Enrolment, language: str | None) -> Panel:
    """The volunteers' screen."""
    known = language or snapshot.language
    if known:
        spoken = [Words(known)]
    elif enrolment.stage == EnrolmentStage.NEEDED:
        spoken = [Words(each) for each in LANGUAGES]
    else:
        spoken = [Words(LANGUAGES[snapshot.status.wall_ms // _IN_TURN_MS % len(LANGUAGES)])]
    paragraphs = tuple(one for words in spoken for one in _paragraphs(enrolment, words))
    first = spoken[0]
    code = qr_text(enrolment) if enrolment.stage == EnrolmentStage.WAITING else ""
    return Panel(
        Face.NOT_ENROLLED, QUIET, first.say("not_enrolled-word"), first.direction, paragraphs, code=code
    )


def enrolment_lines(enrolment: Enrolment, words: Words) -> list[str]:
    """The same for the staff's view, a text a line."""
    return [one.text for one in _paragraphs(enrolment, words)]


def qr_text(enrolment: Enrolment) -> str:
    """What a telephone reads: where the centre is, and the code; short, for the smallest screen."""
    return f"{enrolment.centre}\n{approval_command(enrolment.code)}"


def _paragraphs(enrolment: Enrolment, words: Words) -> list[Paragraph]:
    said = [Paragraph(text, words.direction) for text in _sentences(enrolment, words)]
    if enrolment.stage == EnrolmentStage.WAITING:
        command = approval_command(enrolment.code, is_named=bool(enrolment.terminal))
        said.insert(-1, Paragraph(command, Direction.LTR, strong=True))
    if enrolment.words and enrolment.stage in (EnrolmentStage.ASKING, EnrolmentStage.WAITING):
        # Words of an English list, in their own order wherever they stand.
        said.append(Paragraph(enrolment.words, Direction.LTR, strong=True))
    return said


def _sentences(enrolment: Enrolment, words: Words) -> list[str]:
    match enrolment.stage:
        case EnrolmentStage.READ:
            return [words.say("not_enrolled-read")]
        case EnrolmentStage.ASKING:
            trouble = [_told(enrolment.trouble, words)] if enrolment.trouble else []
            return [*trouble, words.say("not_enrolled-asking"), words.say("not_enrolled-words")]
        case EnrolmentStage.WAITING:
            approve = words.say("not_enrolled-approve", centre=enrolment.centre)
            return [words.say("not_enrolled-text"), approve, words.say("not_enrolled-words")]
        case EnrolmentStage.FAILED if enrolment.trouble:
            return [_told(enrolment.trouble, words), words.say("not_enrolled-again")]
        case EnrolmentStage.DONE:
            return [words.say("not_enrolled-done", terminal=enrolment.terminal)]
        case _:
            return [words.say("not_enrolled-text"), words.say("not_enrolled-how")]


def _told(trouble: Trouble, words: Words) -> str:
    """What is in the way, and what helps somebody who stands before the terminal."""
    here = f"{trouble.family}-{trouble.code}.here"
    if words.knows(here):
        return words.together(words.what(trouble), words.say(here))
    return words.trouble(trouble)
