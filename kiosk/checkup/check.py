"""What a check comes to: a mark, what is said of what is good, and what is to be repaired; pure."""

from dataclasses import dataclass
from enum import StrEnum

from foundation.trouble import Trouble


class Mark(StrEnum):
    """How something is, from the best on: the worst of several is what counts."""

    GOOD = "good"
    OPEN = "open"  # nobody can say yet, or it does not matter here
    LOOK = "look"  # works, but somebody should look at it
    BROKEN = "broken"


class Subject(StrEnum):
    """What is checked, in the order of the page; `doctor-check-…` in the catalogs."""

    KEYS = "keys"
    CENTRE = "centre"
    CERTIFICATE = "certificate"
    BROKER = "broker"
    ROSTER = "roster"
    CLOCK = "clock"
    DISK = "disk"
    LOG = "log"
    SERVICES = "services"
    SCREEN = "screen"
    DISPLAY = "display"
    DEVICES = "devices"
    PINS = "pins"
    SOUND = "sound"
    CARDS = "cards"
    WEDGE = "wedge"
    BADGES = "badges"


class Said(StrEnum):
    """What a line says that has nothing to repair; `checked-…` in the catalogs."""

    AFTER_ENROLMENT = "after_enrolment"
    NOT_JUDGED = "not_judged"
    KEYS_GOOD = "keys_good"
    CENTRE_GOOD = "centre_good"
    CENTRE_KNOWN = "centre_known"
    CERTIFICATE_GOOD = "certificate_good"
    BROKER_GOOD = "broker_good"
    BROKER_UNENCRYPTED = "broker_unencrypted"
    BROKER_CONNECTED = "broker_connected"
    ROSTER_GOOD = "roster_good"
    CLOCK_GOOD = "clock_good"
    CLOCK_WITHIN = "clock_within"
    DISK_GOOD = "disk_good"
    LOG_GOOD = "log_good"
    LOG_AND_UNSENT = "log_and_unsent"
    SERVICES_GOOD = "services_good"
    NO_SYSTEMD = "no_systemd"
    SCREEN_GOOD = "screen_good"
    DISPLAY_READ = "display_read"
    DISPLAY_NOT_MEASURED = "display_not_measured"
    DISPLAY_WITHOUT_SCREEN = "display_without_screen"
    DEVICES_GOOD = "devices_good"
    DEVICES_NONE = "devices_none"
    PINS_GOOD = "pins_good"
    PINS_OF_ENGINE = "pins_of_engine"
    SOUND_PLAYED = "sound_played"
    SOUND_SPOKEN = "sound_spoken"
    SOUND_OF_BUZZER = "sound_of_buzzer"
    SOUND_OF_BELL = "sound_of_bell"
    SOUND_NONE = "sound_none"
    CARDS_GOOD = "cards_good"
    WEDGE_LAYOUT = "wedge_layout"
    BADGES_GOOD = "badges_good"
    BADGES_OF_ENGINE = "badges_of_engine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to repair; `mark` is LOOK or BROKEN."""

    mark: Mark
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the page; `said` is told where nothing was found."""

    subject: Subject
    said: Trouble | None
    findings: tuple[Finding, ...] = ()
    is_open: bool = False

    @property
    def mark(self) -> Mark:
        """The worst of the findings; without any, good, or open where nothing was judged."""
        marks = {one.mark for one in self.findings}
        if marks:
            return Mark.BROKEN if Mark.BROKEN in marks else Mark.LOOK
        return Mark.OPEN if self.is_open else Mark.GOOD


def good(subject: Subject, code: Said, /, **arguments: object) -> Check:
    """A line without a finding."""
    return Check(subject, Trouble.term("checked", code, **arguments))


def unjudged(subject: Subject, code: Said, /, **arguments: object) -> Check:
    """A line that neither praises nor blames."""
    return Check(subject, Trouble.term("checked", code, **arguments), is_open=True)


def found(subject: Subject, *findings: Finding) -> Check:
    """A line that leads to what is to be repaired."""
    return Check(subject, None, findings)


def broken(code: str, /, **arguments: object) -> Finding:
    """Something that must be repaired before the terminal does its work."""
    return Finding(Mark.BROKEN, Trouble.of(code, **arguments))


def to_look_at(code: str, /, **arguments: object) -> Finding:
    """Something that works and may not go on so."""
    return Finding(Mark.LOOK, Trouble.of(code, **arguments))
