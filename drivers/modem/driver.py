"""Takes text messages from a GSM modem and sends the answers."""

import secrets
from collections import deque
from dataclasses import dataclass

import structlog

from drivers.lifecycle import Unreadable, tell_nobody
from drivers.modem.conversation import ModemConversation
from drivers.modem.gateway import SmsGateway
from drivers.modem.inbox import StoreWatch, WholeSms, look_into
from drivers.modem.pdu import OutgoingPdu, encode_submitted
from drivers.modem.protocol import (
    Failure,
    is_registered,
    require_sim,
    signal_dbm,
    store_level,
    stored_pdus,
)
from drivers.modem.sms_fields import AddressKind
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.serial_port import SerialDriver
from drivers.settings import ModemSettings
from drivers.troubles import DeviceTrouble
from foundation.clock import monotonic_ms
from foundation.errors import DeviceError
from foundation.telephone import e164

_log = structlog.get_logger()

MOST_QUEUED = 100
"""Texts that wait to be sent; more would mean hours at the pace of a modem."""

_LIST_WITHIN_MS = 20_000
_WATCH_EVERY_MS = 60_000
_UNREGISTERED_UNTIL_RESTART_MS = 600_000
_FAILED_TALKS_UNTIL_RESTART = 3
_SEND_TRIES = 3
_SEND_AGAIN_AFTER_MS = 30_000
_NEARLY_FULL_PERCENT = 80


@dataclass(slots=True)
class _Outgoing:
    messages: deque[OutgoingPdu]
    tries: int = 0
    not_before_ms: int = 0


class ModemDriver(SerialDriver, SmsGateway):
    """Presents every text with its sender, and frees its place in the modem when `deliver` answered True.

    So `deliver` must answer True only once the text is safe; a power cut between the two presents it again.
    Texts of senders that are no subscribers (names, service numbers) come without a sender.
    """

    _READ_TIMEOUT_MS = 100

    def __init__(
        self, settings: ModemSettings, *, deliver: Deliver, now: Now, unreadable: Unreadable = tell_nobody
    ) -> None:
        super().__init__(
            settings,
            kind="modem",
            read_timeout_ms=self._READ_TIMEOUT_MS,
            deliver=deliver,
            now=now,
            unreadable=unreadable,
        )
        self._settings = settings
        self._talk = self._new_conversation()
        self._store_watch = StoreWatch()
        self._outbox: deque[_Outgoing] = deque()
        self._next_reference = secrets.randbelow(256)
        self._failed_talks = 0
        self._look_at_ms = 0
        self._watch_at_ms = 0
        self._registered_ms: int | None = None

    def send(self, number: Secret, text: str) -> bool:
        """Queue `text` for the E.164 `number`, as SmsGateway says."""
        self._next_reference = (self._next_reference + 1) % 256
        messages = encode_submitted(number.reveal(), Secret(text), reference=self._next_reference)
        if len(self._outbox) >= MOST_QUEUED:
            return False
        self._outbox.append(_Outgoing(deque(messages)))
        return True

    def open(self) -> None:
        """Open the port and set the modem up, or restart it when that has failed too often."""
        super().open()
        self._talk = self._new_conversation()
        self._failed_talks += 1
        if self._failed_talks > _FAILED_TALKS_UNTIL_RESTART:
            self._restart(DeviceTrouble.MODEM_FAILED)
        self._talk.wake()
        self._talk.demand("ATE0")
        self._talk.demand("AT+CMEE=1")
        require_sim(self._talk.ask("AT+CPIN?", prefix="+CPIN:"))
        self._talk.demand("AT+CMGF=0")
        store = self._settings.store
        self._talk.demand(f'AT+CPMS="{store}","{store}","{store}"')
        self._talk.demand("AT+CNMI=2,1,0,0,0")
        self._look_at_ms = self._watch_at_ms = 0

    def step(self) -> None:
        """Listen, and do what is due: look into the store, send a text, watch the network."""
        self._talk.listen()
        now_ms = monotonic_ms()
        if self._talk.message_came or now_ms >= self._look_at_ms:
            self._look_into_store(now_ms)
        if self._outbox and now_ms >= self._outbox[0].not_before_ms:
            self._send_next(now_ms)
        if now_ms >= self._watch_at_ms:
            self._watch_network(now_ms)

    def _look_into_store(self, now_ms: int) -> None:
        self._talk.message_came = False
        answer = self._talk.ask("AT+CMGL=4", prefix="+CMGL:", within_ms=_LIST_WITHIN_MS)
        if answer.failure is not None:
            raise DeviceError(DeviceTrouble.MODEM_LISTS_NOTHING, why=answer.failure)
        stored = stored_pdus(answer)
        new = self._store_watch.note(stored, now_ms)
        inbox = look_into(stored)
        self.reject(len(inbox.undecodable & new))
        for sms in inbox.whole:
            if self._store_watch.was_delivered(sms.slots) or self._present(sms):
                self._store_watch.mark_delivered(sms.slots)
                self._free(sms.slots)
        used, size = store_level(self._talk.ask("AT+CPMS?", prefix="+CPMS:"))
        self.measure("stored_messages", used)
        if used * 100 > size * _NEARLY_FULL_PERCENT:
            self._make_room(self._store_watch.stuck_for_long(inbox.stuck, now_ms))
        self._failed_talks = 0
        self._look_at_ms = now_ms + self._settings.look_every_ms

    def _present(self, sms: WholeSms) -> bool:
        # A name may be anything, also somebody's digits.
        is_name = sms.sender.kind is AddressKind.NAME
        sender = None if is_name else e164(sms.sender.dialled(), self._settings.home)
        return self.present(Presented.SMS, sms.text, sender=Secret(sender) if sender else None)

    def _make_room(self, stuck: tuple[int, ...]) -> None:
        """Discard what can't be read before the store is full: then nothing more would come in."""
        if stuck:
            self._free(stuck)
            self.count("discarded_messages", len(stuck))
            _log.warning("messages_discarded", device=self.name, count=len(stuck))

    def _free(self, slots: tuple[int, ...]) -> None:
        for slot in slots:
            if self._talk.ask(f"AT+CMGD={slot}").failure is not None:
                self.count("undeleted_messages")

    def _send_next(self, now_ms: int) -> None:
        outgoing = self._outbox[0]
        while outgoing.messages:
            failure = self._send_message(outgoing)
            if failure is not None:
                self._note_refusal(outgoing, failure, now_ms)
                return
        self._outbox.popleft()
        self.count("sent_texts")

    def _send_message(self, outgoing: _Outgoing) -> Failure | None:
        message = outgoing.messages[0]
        refusal = self._talk.ask_to_send(message)
        if refusal is not None:
            return refusal.failure
        try:
            answer = self._talk.hand_over(message)
        except DeviceError:
            self._give_up("no answer")  # it may have been sent: twice is worse than not at all
            raise
        if answer.failure is None:
            outgoing.messages.popleft()
        return answer.failure

    def _note_refusal(self, outgoing: _Outgoing, failure: Failure, now_ms: int) -> None:
        outgoing.tries += 1
        outgoing.not_before_ms = now_ms + _SEND_AGAIN_AFTER_MS
        if outgoing.tries >= _SEND_TRIES:
            self._give_up(str(failure))
        else:
            self._outbox.rotate(-1)

    def _give_up(self, failure: str) -> None:
        self._outbox.popleft()
        self.count("unsent_texts")
        _log.warning("text_not_sent", device=self.name, failure=failure)

    def _watch_network(self, now_ms: int) -> None:
        self._watch_at_ms = now_ms + _WATCH_EVERY_MS
        registered = any(
            is_registered(self._talk.ask(f"AT+{command}?", prefix=f"+{command}:"))
            for command in ("CREG", "CEREG")
        )
        self.measure("registered", int(registered))
        signal = signal_dbm(self._talk.ask("AT+CSQ", prefix="+CSQ:"))
        if signal is not None:
            self.measure("signal_dbm", signal)
        if registered or self._registered_ms is None:
            self._registered_ms = now_ms
        elif now_ms - self._registered_ms >= _UNREGISTERED_UNTIL_RESTART_MS:
            self._registered_ms = None
            self._restart(DeviceTrouble.MODEM_NO_NETWORK)

    def _restart(self, why: DeviceTrouble) -> None:
        self._failed_talks = 0
        self.count("restarts")
        self._talk.restart()
        raise DeviceError(why)

    def _new_conversation(self) -> ModemConversation:
        return ModemConversation(self.port, stopping=lambda: self.stopping)
