"""The dialogue with a modem: commands out, lines in, sorted into answers and what the modem says unasked.

Pure: bytes in, events out (3GPP TS 27.005 and 27.007, ITU-T V.250).
"""

import re
from dataclasses import dataclass, field

from drivers.modem.inbox import StoredPdu
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_LONGEST_LINE = 1024  # a listed message has 352 digits
_END_OF_PDU = b"\x1a"
_ABORT = b"\x1b"

_FAILURE = re.compile(r"\+CM([ES]) ERROR: *(.*)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_STORED_HEADERS = ("+CMGL:", "+CMGR:")


@dataclass(frozen=True, slots=True)
class Failure:
    """A command was refused: with a number (CME: of the equipment, CMS: of messages) or a bare ERROR."""

    kind: str = ""
    number: int | None = None

    def __str__(self) -> str:
        if not self.kind:
            return "ERROR"
        return f"+{self.kind} ERROR" if self.number is None else f"+{self.kind} ERROR: {self.number}"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and the lines that belong to it."""

    lines: tuple[str, ...] = field(repr=False)
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """The modem waits for the PDU of `AT+CMGS`."""


@dataclass(frozen=True, slots=True)
class Unsolicited:
    """A line that answers nothing: a message came in, the network changed, the modem restarted."""

    line: str = field(repr=False)


class ModemDialogue:
    """One command at a time; whatever the modem says between is kept apart from its answer."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._overlong = False
        self._command: str | None = None
        self._prefix = ""
        self._awaits_prompt = False
        self._awaits_pdu = False
        self._lines: list[str] = []

    def ask(self, command: str, *, prefix: str = "", prompts: bool = False) -> bytes:
        """Begin a command and return the bytes to send.

        Lines that begin with `prefix` belong to the answer, with the PDU that follows a listed message;
        `prompts` says that a Prompt comes first. A command that was not answered is given up.
        """
        self._command, self._prefix, self._awaits_prompt = command, prefix, prompts
        self._awaits_pdu = False
        self._lines = []
        return command.encode("ascii") + b"\r"

    def give_pdu(self, pdu: str) -> bytes:
        """Answer the Prompt and return the bytes to send."""
        return pdu.encode("ascii") + _END_OF_PDU

    def feed(self, data: bytes) -> list[Answer | Prompt | Unsolicited]:
        """Take bytes as they arrived and return what they completed."""
        events: list[Answer | Prompt | Unsolicited] = []
        for byte in data:
            if byte in b"\r\n":
                events += self._end_line()
            elif len(self._line) < _LONGEST_LINE:
                self._line.append(byte)
                if self._awaits_prompt and self._line.strip() == b">":
                    self._awaits_prompt = False
                    self._line.clear()
                    events.append(Prompt())
            else:
                self._overlong = True
        return events

    def _end_line(self) -> list[Answer | Prompt | Unsolicited]:
        line, overlong = self._line.decode("latin-1").strip(), self._overlong
        self._line.clear()
        self._overlong = False
        if not line or overlong or line == self._command:  # an echo, until ATE0 is in force
            return []
        if self._command is None:
            return [Unsolicited(line)]
        if line == "OK":
            return [self._finish(None)]
        if line == "ERROR":
            return [self._finish(Failure())]
        if failed := _FAILURE.fullmatch(line):
            number = int(failed[2]) if failed[2].isascii() and failed[2].isdigit() else None
            return [self._finish(Failure(f"CM{failed[1]}", number))]
        if self._prefix and line.startswith(self._prefix):
            self._lines.append(line)
            self._awaits_pdu = line.startswith(_STORED_HEADERS)
            return []
        if self._awaits_pdu and _HEX.fullmatch(line):
            self._lines.append(line)
            self._awaits_pdu = False
            return []
        return [Unsolicited(line)]

    def _finish(self, failure: Failure | None) -> Answer:
        lines, self._lines = tuple(self._lines), []
        self._command, self._awaits_prompt, self._awaits_pdu = None, False, False
        return Answer(lines, failure)


ATTENTION = _ABORT + b"\r"
"""Ends a prompt that an interrupted conversation left behind; send it before the first command."""


def says_message_came(event: Unsolicited) -> bool:
    """Whether a message was stored: a hint only, since modems lose these lines and send them in bursts."""
    return event.line.startswith("+CMTI:")


def stored_pdus(answer: Answer) -> list[StoredPdu]:
    """The received messages of an answer to `AT+CMGL=4`; drafts and sent ones are left out."""
    stored = []
    for header, pdu in zip(answer.lines, answer.lines[1:], strict=False):
        numbers = re.match(r"\+CMGL: *([0-9]{1,5}) *, *([01]) *,", header)
        if numbers and _HEX.fullmatch(pdu):
            stored.append(StoredPdu(int(numbers[1]), pdu))
    return stored


def store_level(answer: Answer) -> tuple[int, int]:
    """How many messages the store holds, and how many it can; from an answer to `AT+CPMS?`."""
    found = _first(r'\+CPMS: *"[A-Z]{2}" *, *([0-9]{1,5}) *, *([0-9]{1,5})', answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def is_registered(answer: Answer) -> bool:
    """Whether the SIM may use a network; from an answer to `AT+CREG?` or `AT+CEREG?`.

    1 is home, 5 roaming, 6 and 7 the same for text messages only (TS 27.007, 7.2).
    """
    found = _first(r"\+CE?REG: *[0-9] *, *([0-9]{1,2})", answer)
    return found is not None and found[1] in {"1", "5", "6", "7"}


def signal_dbm(answer: Answer) -> int | None:
    """The received signal's strength; from an answer to `AT+CSQ`, None when the modem doesn't know."""
    found = _first(r"\+CSQ: *([0-9]{1,2}) *,", answer)
    return -113 + 2 * int(found[1]) if found and int(found[1]) <= 31 else None


def require_sim(answer: Answer) -> None:
    """Raise DeviceError unless an answer to `AT+CPIN?` says that the SIM is ready."""
    found = _first(r"\+CPIN: *(.+)", answer)
    if found and found[1] == "READY":
        return
    if found and found[1] == "SIM PIN":
        raise DeviceError(DeviceTrouble.SIM_PIN)
    if answer.failure:
        raise DeviceError(DeviceTrouble.SIM_NOT_USABLE, why=answer.failure)
    raise DeviceError(DeviceTrouble.SIM_NOT_READY)


def _first(pattern: str, answer: Answer) -> re.Match[str] | None:
    return next((found for line in answer.lines if (found := re.match(pattern, line))), None)
