"""A terminal joins a centre: it makes its keys, asks, and takes up what it is granted.

Over the network with a one-time token, or approved by a person who reads the code on this screen; or with a
request file and a reply file on a stick. Each begins or goes on with the same pending enrolment.
"""

import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from foundation.words import Words
from kiosk.local_api.messages import Enrolment, EnrolmentStage
from kiosk.provisioning import enrolment_files
from kiosk.provisioning.enrolment_files import PendingEnrolment
from kiosk.provisioning.enrolment_line import CentreAddress, ask_centre, is_authority
from sync.contract.enrolment import (
    AnswerState,
    EnrolmentAnswer,
    EnrolmentError,
    EnrolmentGrant,
    EnrolmentRefusal,
    EnrolmentRequest,
    Signed,
    approval_code,
    approval_command,
    ask,
    open_secrets,
    read_grant,
    read_request,
)
from sync.contract.enrolment_token import FINGERPRINT_BYTES, EnrolmentToken, read_token
from sync.contract.fingerprint_words import fingerprint_words
from sync.contract.signing import SigningKey
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import common_name_of
from sync.line.certificate_request import make_key, make_request
from sync.log.reader import owner_of

ASK_EVERY_S = 3.0
_UNNAMED = "unnamed"
"""In a request for a certificate; the centre gives the name."""
PASSING = (EnrolmentRefusal.UNREACHABLE, EnrolmentRefusal.BUSY, EnrolmentRefusal.NOT_NOW)
"""What a terminal that waits for a person's approval waits out, too."""

_FINAL = (
    EnrolmentRefusal.EXPIRED,
    EnrolmentRefusal.USED,
    EnrolmentRefusal.FOREIGN,
    EnrolmentRefusal.NAME_TAKEN,
    EnrolmentRefusal.SAME_KEYS,
    EnrolmentRefusal.DECLINED,
)
"""After these the same request will never be granted: the next attempt makes another."""

_logger = structlog.get_logger()


class Enrolling:
    """One `muster enrol`: `say` tells the person what happens, `pause` waits some seconds."""

    def __init__(
        self,
        config: Path,
        words: Words,
        say: Callable[[str], None],
        pause: Callable[[float], None],
        show: Callable[[str], None] | None = None,
        tell: Callable[[Enrolment], None] = lambda _: None,
    ) -> None:
        """Look at the settings; raises SettingsError or EnrolmentError where there can be none.

        `show` shows a text as a QR code, where one is wanted; `tell` hears how far it is, for screens.
        """
        self._config = config
        self._words = words
        self._say = say
        self._pause = pause
        self._show = show
        self._tell = tell
        self._files = enrolment_files.open_settings(config)

    def centre(self, address: str, fingerprint: str) -> CentreAddress:
        """The centre of the command line, else that of the settings; raises EnrolmentError without one."""
        known = self._files.settings.enrolment
        host, _, port = (address or known.address).rpartition(":")
        try:
            digest = bytes.fromhex(fingerprint or known.fingerprint)
            number = int(port)
        except ValueError:
            digest, number = b"", 0
        if not host or len(digest) != FINGERPRINT_BYTES or not 0 < number < 65536:
            raise EnrolmentError(EnrolmentRefusal.NO_CENTRE)
        return CentreAddress(host.strip("[]"), number, digest)

    def with_token(self, text: str, *, again: bool = False) -> EnrolmentGrant:
        """Enrol with the token that the centre printed; raises EnrolmentError."""
        pending = self._begin(read_token(text), again=again)
        return self._over_the_network(pending)

    def by_approval(self, address: CentreAddress, *, again: bool = False) -> EnrolmentGrant:
        """Ask the centre to let somebody approve this terminal, and wait for it; raises EnrolmentError."""
        pending = enrolment_files.read_pending(self._config)
        if pending is None or pending.secret or _address(pending) != address:
            pending = self._make(address, b"", "", "", again=again)
        return self._over_the_network(pending)

    def go_on(self) -> EnrolmentGrant:
        """Go on with what was interrupted; raises EnrolmentError where nothing was."""
        return self._over_the_network(self._pending())

    def write_request(self, text: str, file: Path, *, again: bool = False) -> None:
        """Write the request to a file that somebody carries to the centre; raises EnrolmentError."""
        pending = self._begin(read_token(text), again=again)
        self._tell_words(pending)
        try:
            file.write_bytes(msgspec.json.encode(pending.request))
        except OSError as error:
            raise EnrolmentError.not_written(file, error) from error
        reply = file.with_name("reply.json")
        self._say(self._words.say("enrolling-written", file=str(file), name=file.name, reply=str(reply)))

    def take_reply(self, file: Path) -> EnrolmentGrant:
        """Take up the centre's answer in a file; raises EnrolmentError."""
        pending = self._pending()
        try:
            answer = msgspec.json.decode(file.read_bytes(), type=EnrolmentAnswer)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise EnrolmentError(EnrolmentRefusal.NO_REPLY, file=str(file), why=why) from error
        return self._take_up(pending, self._decided(answer))

    def _begin(self, token: EnrolmentToken, *, again: bool) -> PendingEnrolment:
        """The enrolment of this token: the one under way, or a new one with new keys."""
        before = enrolment_files.read_pending(self._config)
        if before and before.grant and before.terminal == token.terminal:
            return before
        address = CentreAddress(token.host, token.port, token.fingerprint)
        if before and before.secret == token.secret:
            # The keys stay; where the centre is may have been wrong the first time.
            return msgspec.structs.replace(
                before, host=address.host, port=address.port, fingerprint=address.fingerprint
            )
        return self._make(address, token.secret, token.token_id, token.terminal, again=again)

    def _pending(self) -> PendingEnrolment:
        pending = enrolment_files.read_pending(self._config)
        if pending is None:
            raise EnrolmentError(EnrolmentRefusal.NOT_BEGUN)
        return pending

    def _make(
        self, address: CentreAddress, secret: bytes, token_id: str, terminal: str, *, again: bool
    ) -> PendingEnrolment:
        in_use = enrolment_files.keys_in_use(self._files, self._config)
        if in_use and not again:
            raise EnrolmentError(EnrolmentRefusal.KEYS_IN_USE, file=str(in_use))
        if terminal:
            self._refuse_log_of_another(terminal)
        signing, tls, sealing = SigningKey.generate(), make_key(), X25519PrivateKey.generate()
        request = EnrolmentRequest(
            terminal=terminal,
            token=token_id,
            signing_key=signing.public.raw.hex(),
            sealing_key=sealing.public_key().public_bytes_raw().hex(),
            tls_request=make_request(tls, terminal or _UNNAMED),
            unique=secrets.token_hex(16),
        )
        signed, _ = read_request(ask(request, signing, secret))
        pending = PendingEnrolment(
            machine=enrolment_files.machine_mark(),
            host=address.host,
            port=address.port,
            fingerprint=address.fingerprint,
            secret=secret,
            terminal=terminal,
            signing_key=signing.pem().decode(),
            tls_key=private_pem(tls).decode(),
            sealing_key=sealing.private_bytes_raw(),
            request=signed,
        )
        # Down to the disk before anybody hears of it: what the centre enrols must be what we still hold.
        enrolment_files.keep_pending(self._config, pending)
        return pending

    def _over_the_network(self, pending: PendingEnrolment) -> EnrolmentGrant:
        self._tell_words(pending)
        if pending.grant is None and not pending.host:
            raise EnrolmentError(EnrolmentRefusal.NO_ADDRESS)
        return self._take_up(pending, pending.grant or self._ask_until_granted(pending))

    def _ask_until_granted(self, pending: PendingEnrolment) -> Signed:
        waiting = told_of_clock = False
        while True:
            try:
                answer = ask_centre(_address(pending), msgspec.json.encode(pending.request))
            except EnrolmentError as error:
                if error.code == EnrolmentRefusal.CLOCK_BEHIND:
                    if not told_of_clock:
                        self._tell(
                            Enrolment(EnrolmentStage.ASKING, _words_of(pending), trouble=error.trouble)
                        )
                        self._say(f"{error.said_in(self._words)} {self._words.say('enrolling-clock')}")
                    told_of_clock = True
                elif not (waiting and error.code in PASSING):
                    raise
            else:
                if answer.state is not AnswerState.WAITING:
                    return self._decided(answer)
                if not waiting:
                    code = approval_code(pending.request.digest)
                    where = str(_address(pending))
                    named = pending.terminal
                    self._tell(Enrolment(EnrolmentStage.WAITING, _words_of(pending), code, where, named))
                    if self._show:
                        self._show(approval_command(code))
                    command = approval_command(code, is_named=bool(named))
                    self._say(self._words.say("enrolling-waiting", command=command))
                waiting = True
            self._pause(ASK_EVERY_S)

    def _take_up(self, pending: PendingEnrolment, signed: Signed) -> EnrolmentGrant:
        granted = read_grant(signed, pending.request, pending.secret)
        _check_grant(pending, granted)
        opened = open_secrets(granted, X25519PrivateKey.from_private_bytes(pending.sealing_key))
        # From here on the centre is not needed any more, whatever happens to this disk.
        enrolment_files.keep_pending(self._config, msgspec.structs.replace(pending, grant=signed))
        self._refuse_log_of_another(granted.terminal)
        enrolment_files.install(self._config, pending, granted, opened.pseudonym_key)
        enrolment_files.forget_pending(self._config)
        _logger.info("enrolled", terminal=granted.terminal, centre=granted.centre)
        self._tell(Enrolment(EnrolmentStage.DONE, _words_of(pending), terminal=granted.terminal))
        self._say(
            self._words.say(
                "enrolling-done",
                terminal=granted.terminal,
                site=granted.site,
                zone=granted.zone,
                centre=granted.centre,
            )
        )
        self._say(self._words.say("enrolling-next"))
        return granted

    def _decided(self, answer: EnrolmentAnswer) -> Signed:
        if answer.state is AnswerState.GRANTED and answer.grant is not None:
            return answer.grant
        if answer.refusal in _FINAL:
            enrolment_files.forget_pending(self._config)
        raise EnrolmentError(answer.refusal or EnrolmentRefusal.MALFORMED, **answer.arguments)

    def _refuse_log_of_another(self, terminal: str) -> None:
        """A log is one terminal's for good: its chain begins with the name."""
        log = self._files.log_file
        before = owner_of(log)
        if before not in (None, terminal):
            raise EnrolmentError(EnrolmentRefusal.OTHER_LOG, before=before, terminal=terminal, file=str(log))

    def _tell_words(self, pending: PendingEnrolment) -> None:
        said = _words_of(pending)
        self._tell(Enrolment(EnrolmentStage.ASKING, said))
        self._say(self._words.say("enrolling-words", words=said))


def _words_of(pending: PendingEnrolment) -> str:
    _, request = read_request(msgspec.json.encode(pending.request))
    return fingerprint_words(bytes.fromhex(request.signing_key))


def _address(pending: PendingEnrolment) -> CentreAddress:
    return CentreAddress(pending.host, pending.port, pending.fingerprint)


def _check_grant(pending: PendingEnrolment, granted: EnrolmentGrant) -> None:
    """Whether the grant is of the centre that we asked, and its certificate is for our key and name."""
    if not is_authority(granted.authority, pending.fingerprint):
        raise EnrolmentError(EnrolmentRefusal.OTHER_CENTRE, host=str(_address(pending)))
    if pending.terminal and granted.terminal != pending.terminal:
        raise EnrolmentError(EnrolmentRefusal.OTHER_REQUEST)
    own = load_pem_private_key(pending.tls_key.encode(), password=None)
    try:
        certificate = x509.load_pem_x509_certificate(granted.certificate.encode())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(granted.authority.encode()))
    except (ValueError, TypeError, InvalidSignature) as error:
        raise EnrolmentError(EnrolmentRefusal.MALFORMED) from error
    if certificate.public_key() != own.public_key() or common_name_of(certificate) != granted.terminal:
        raise EnrolmentError(EnrolmentRefusal.OTHER_REQUEST)
