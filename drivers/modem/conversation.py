"""A conversation with a modem on a serial port: one command, one answer, each within its time."""

import time
from collections.abc import Callable

from drivers.modem.pdu import OutgoingPdu
from drivers.modem.protocol import ATTENTION, Answer, ModemDialogue, Prompt, Unsolicited, says_message_came
from drivers.serial_port import SerialPort
from drivers.troubles import DeviceTrouble
from foundation.errors import DeviceError

_ANSWER_WITHIN_MS = 5_000
_PROMPT_WITHIN_MS = 10_000
_SENT_WITHIN_MS = 120_000
_WAKE_WITHIN_MS = 1_000
_WAKE_TRIES = 3
_MOST_LATE_LINES = 50


class ModemConversation:
    """Asks and waits; a modem that does not answer in time is lost, since late answers fit no question."""

    def __init__(self, port: SerialPort, *, stopping: Callable[[], bool]) -> None:
        self._port = port
        self._stopping = stopping
        self._dialogue = ModemDialogue()
        self.message_came = False
        """Set when the modem mentions a stored message; the reader of the store clears it."""

    def wake(self) -> None:
        """Get an answer to `AT`, whatever came before; raises DeviceError without one."""
        self._port.write(ATTENTION)
        for _ in range(_WAKE_TRIES):
            self._port.write(self._dialogue.ask("AT"))
            if self._wait(_WAKE_WITHIN_MS) is not None:
                self._hear_out()
                return
        raise DeviceError(DeviceTrouble.MODEM_SILENT)

    def ask(self, command: str, *, prefix: str = "", within_ms: int = _ANSWER_WITHIN_MS) -> Answer:
        """Give a command and return its answer, a refusal included; raises DeviceError when none comes."""
        self._port.write(self._dialogue.ask(command, prefix=prefix))
        answer = self._wait(within_ms)
        if not isinstance(answer, Answer):
            raise _no_answer(command)
        return answer

    def demand(self, command: str) -> None:
        """Give a command that must be obeyed; raises DeviceError when it is refused."""
        answer = self.ask(command)
        if answer.failure is not None:
            raise DeviceError(DeviceTrouble.MODEM_REFUSED, command=command, why=answer.failure)

    def ask_to_send(self, message: OutgoingPdu) -> Answer | None:
        """Announce a message: None when the modem waits for it, an Answer when it refused."""
        self._port.write(self._dialogue.ask(f"AT+CMGS={message.octets}", prefix="+CMGS:", prompts=True))
        event = self._wait(_PROMPT_WITHIN_MS)
        if event is None:
            raise _no_answer("AT+CMGS")
        return event if isinstance(event, Answer) else None

    def hand_over(self, message: OutgoingPdu) -> Answer:
        """Give the announced message; when this raises DeviceError, nobody knows whether it was sent."""
        self._port.write(self._dialogue.give_pdu(message.pdu))
        answer = self._wait(_SENT_WITHIN_MS)
        if not isinstance(answer, Answer):
            raise _no_answer("AT+CMGS")
        return answer

    def listen(self) -> None:
        """Take in what the modem says unasked."""
        self._take_in()

    def restart(self) -> None:
        """Order the modem to restart itself, without hope for an answer."""
        self._port.write(ATTENTION + self._dialogue.ask("AT+CFUN=1,1"))

    def _hear_out(self) -> None:
        """Take in late answers to earlier tries; each would pass for the answer to the next command."""
        for _ in range(_MOST_LATE_LINES):
            data = self._port.read()
            if not data:
                return
            self._dialogue.feed(data)

    def _wait(self, within_ms: int) -> Answer | Prompt | None:
        give_up_at = time.monotonic_ns() + within_ms * 1_000_000
        while time.monotonic_ns() < give_up_at and not self._stopping():
            if event := self._take_in():
                return event
        return None

    def _take_in(self) -> Answer | Prompt | None:
        awaited: Answer | Prompt | None = None
        for event in self._dialogue.feed(self._port.read()):
            if not isinstance(event, Unsolicited):
                awaited = event
            elif says_message_came(event):
                self.message_came = True
        return awaited


def _no_answer(command: str) -> DeviceError:
    return DeviceError(DeviceTrouble.MODEM_NO_ANSWER, command=command)
