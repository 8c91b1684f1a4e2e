"""Presents each card that is held to a PC/SC reader (ACR122U and its kin): its UID, or what it signed."""

from drivers.contactless.ndef import web_address
from drivers.contactless.ntag424 import tap_message
from drivers.contactless.pcsc import CardService, PcscCardService, ReaderState
from drivers.contactless.type4_tag import Transmit, read_ndef
from drivers.contactless.uid import GET_UID, is_random, uid_from
from drivers.debounce import CardPresence
from drivers.lifecycle import DriverThread, Unreadable, tell_nobody
from drivers.reading import Deliver, Now, Presented, Secret
from drivers.settings import ContactlessSettings
from drivers.troubles import DeviceTrouble
from foundation.back_off import BackOff
from foundation.errors import CredentialError, DeviceError

_WAIT_MS = 500
_TRIES = 5  # the last after two seconds, at which nobody holds a card still any more
_ASK_AGAIN_AFTER_MS = 100
_BACK_OFF = BackOff(first_ms=500, longest_ms=2_000)  # nothing but the service tells that a reader is back


class ContactlessDriver(DriverThread):
    """Outlives a pulled reader, a restart of the service, and cards that are pulled away too soon."""

    def __init__(
        self,
        settings: ContactlessSettings,
        service: CardService | None = None,
        *,
        deliver: Deliver,
        now: Now,
        unreadable: Unreadable = tell_nobody,
        signed_taps: bool = False,
        back_off: BackOff = _BACK_OFF,
    ) -> None:
        """`service` is pcscd unless another stands in for it.

        With `signed_taps`, what a card signs is read and presented in place of its UID.
        """
        super().__init__(
            settings.name,
            kind="contactless",
            deliver=deliver,
            now=now,
            unreadable=unreadable,
            back_off=back_off,
        )
        self._settings = settings
        self._service = service or PcscCardService()
        self._signed_taps = signed_taps
        self._presence = CardPresence(gone_after_ms=settings.gone_after_ms)
        self._reader = ""
        self._state = ReaderState()
        self._tries_left = 0

    def open(self) -> None:
        """Find the reader; a card that lies on it already is read."""
        self._service.open()
        wanted = self._settings.reader
        self._reader = next((name for name in self._service.readers() if wanted in name), "")
        if not self._reader:
            if wanted:
                raise DeviceError(DeviceTrouble.CARD_READER_NAMED_MISSING, reader=wanted)
            raise DeviceError(DeviceTrouble.CARD_READER_MISSING)
        self._state = ReaderState()

    def step(self) -> None:
        """Wait for a card to come, and read it."""
        before = self._state
        self._state = self._service.wait(self._reader, before, _WAIT_MS)
        came = self._state.has_card and not (before.has_card and before.changes == self._state.changes)
        if came:
            self._tries_left = _TRIES
        if self._state.has_card and self._tries_left:
            self._tries_left -= 1
            self._read_card()

    def interrupt(self) -> None:
        """End a wait for a card."""
        self._service.interrupt()

    def close(self) -> None:
        """End the use of the service."""
        self._service.close()

    def _read_card(self) -> None:
        try:
            uid, signed = self._ask_twice()
        except CredentialError:
            self.count("cards_unreadable")
            self.reject()
            return
        self._tries_left = 0
        at = self.now()
        presented, payload = (Presented.SIGNED_TAP, signed) if signed else (Presented.CARD_UID, uid)
        # A phone that stays at the reader shows one UID after the other, and is still one phone.
        card = Secret("random") if is_random(uid.reveal()) else uid
        if self._presence.is_new(card, at) and not self.present(presented, payload, at=at):
            self._presence.forget()

    def _ask_twice(self) -> tuple[Secret, Secret | None]:
        """Ask the card; again when it fails, as one that just came into the field often does."""
        try:
            return self._ask()
        except CredentialError:
            self.pause(_ASK_AGAIN_AFTER_MS)
            return self._ask()

    def _ask(self) -> tuple[Secret, Secret | None]:
        """The card's UID, and what it signed where it signs and is asked to."""
        with self._service.card(self._reader) as transmit:
            uid = uid_from(transmit(GET_UID), self._settings.uid_order)
            return uid, self._signed(transmit) if self._signed_taps else None

    def _signed(self, transmit: Transmit) -> Secret | None:
        return tap_message(web_address(read_ndef(transmit)))
