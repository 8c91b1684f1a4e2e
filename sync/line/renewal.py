"""When a terminal asks for a new certificate, and how it takes the answer: the terminal's half of renewal.

By this machine's own clock, as TLS goes by it: a terminal that wakes up in 1970 asks for nothing.
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from foundation.errors import MessageError, SettingsError
from foundation.trouble import Trouble
from sync.contract.renewal import RenewalRefusal, open_answer, pem_of, seal_request
from sync.contract.signing import VerifyKey
from sync.line.broker import BrokerSettings
from sync.line.certificate_authority import common_name_of, half_life_of, read_certificate
from sync.line.certificate_files import CertificateFiles
from sync.line.certificate_request import make_request
from sync.line.identity import Identity
from sync.line.troubles import LineTrouble

FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 6 * 3600.0
_LOOK_EVERY_S = 30.0
_DAY_S = 86_400

_logger = structlog.get_logger()


class Renewal:
    """The certificate of one terminal, renewed at half of its life; used by the uplink's loop alone."""

    def __init__(
        self,
        identity: Identity,
        settings: BrokerSettings,
        random: Random,
        now_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`settings` name the certificate, its key and the authority, with absolute paths.

        What a power cut interrupted is finished first. Raises SettingsError for files that can't be renewed.
        """
        self._identity = identity
        self._authority = Path(settings.ca_file)
        self._files = CertificateFiles(Path(settings.certificate_file), Path(settings.key_file))
        self._random = random
        self._now_s = now_s
        self._mono_s = mono_s
        self._look_due_s = self._ask_due_s = float("-inf")
        self._asked = 0
        self._is_due = False
        self._ends_s: float | None = None
        self.trouble: Trouble | None = None
        self._settle()

    @property
    def days_left(self) -> int | None:
        """Whole days until the certificate ends, 0 once it has; None for one that can't be read."""
        return None if self._ends_s is None else max(0, int(self._ends_s - self._now_s()) // _DAY_S)

    def why_refused(self, broker: str) -> Trouble:
        """Why the broker at this address may not have let the terminal in, for staff."""
        has_ended = self._ends_s is not None and self._now_s() >= self._ends_s
        code = LineTrouble.CERTIFICATE_ENDED if has_ended else LineTrouble.BROKER_HUNG_UP
        return Trouble.of(code, broker=broker)

    def believe(self, centre: VerifyKey) -> None:
        """The centre signs with another key from now on."""
        self._identity = replace(self._identity, centre=centre)

    def on_centre_back(self) -> None:
        """The centre was started anew: what was asked before may be lost."""
        self._ask_due_s = float("-inf")

    def request_due(self) -> bytes | None:
        """The sealed request to send now, or None; not sent again before a pause that grows."""
        self._look()
        if not self._is_due or self._mono_s() < self._ask_due_s:
            return None
        pause_s = min(FIRST_PAUSE_S * 2 ** min(self._asked, 20), LONGEST_PAUSE_S)
        self._asked += 1
        self._ask_due_s = self._mono_s() + pause_s * self._random.uniform(0.5, 1)
        identity = self._identity
        try:
            request = make_request(self._files.waiting_key(), identity.terminal)
        except OSError as error:
            self._complain(error)
            return None
        _logger.info("certificate_asked_for", days_left=self.days_left)
        return seal_request(request, terminal=identity.terminal, realm=identity.realm, key=identity.key)

    def take(self, payload: bytes) -> bool:
        """Take the centre's answer; True when a new certificate is in place and the line is to be made anew.

        What is not the centre's, or not for the key that waits, changes nothing.
        """
        identity = self._identity
        try:
            certificate, refused = open_answer(
                payload, terminal=identity.terminal, realm=identity.realm, centre=identity.centre
            )
            if certificate is None:
                self._on_refusal(refused)
                return False
            if not self._is_ours(certificate) or not self._files.take_up(certificate, pem_of(certificate)):
                _logger.warning("certificate_passed_over", name=common_name_of(certificate))
                return False
        except (MessageError, SettingsError) as error:
            _logger.warning("certificate_refused", error=str(error))
            return False
        except OSError as error:
            self._complain(error)
            return False
        self.trouble = None
        self._asked = 0
        self._ask_due_s = self._look_due_s = float("-inf")
        self._look()
        _logger.info("certificate_renewed", days_left=self.days_left)
        return True

    def _is_ours(self, certificate: x509.Certificate) -> bool:
        """Whether the authority that the broker goes by signed it, for this terminal: else we lock us out."""
        if common_name_of(certificate) != self._identity.terminal:
            return False
        try:
            certificate.verify_directly_issued_by(read_certificate(self._authority))
        except (ValueError, TypeError, InvalidSignature):
            return False
        return certificate.not_valid_after_utc > self._files.current().not_valid_after_utc

    def _on_refusal(self, refused: RenewalRefusal | None) -> None:
        self._asked = max(self._asked, 6)
        self._complain(refused)

    def _complain(self, why: object) -> None:
        """`why` is the centre's code or the system's word."""
        trouble = Trouble.of(LineTrouble.CERTIFICATE_NOT_RENEWED, days=self.days_left or 0, why=why)
        if trouble != self.trouble:
            _logger.warning("certificate_not_renewed", why=str(why), days_left=self.days_left)
        self.trouble = trouble

    def _settle(self) -> None:
        try:
            self._files.settle()
        except OSError as error:
            _logger.warning("certificate_not_settled", error=str(error))
        self._look()

    def _look(self) -> None:
        if self._mono_s() < self._look_due_s:
            return
        self._look_due_s = self._mono_s() + _LOOK_EVERY_S
        try:
            current = self._files.current()
        except SettingsError as error:
            _logger.warning("certificate_unreadable", error=str(error))
            self._is_due, self._ends_s = False, None
            return
        self._is_due = dt.datetime.fromtimestamp(self._now_s(), dt.UTC) >= half_life_of(current)
        self._ends_s = current.not_valid_after_utc.timestamp()
