"""The service that enrols a terminal whose engine runs already: with what was held to it, or by itself.

It takes the token that the engine handed over, goes on with an enrolment that was interrupted, or, where the
settings name a centre, asks that one to let somebody approve. A token that comes meanwhile goes first.
"""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from foundation.trouble import Trouble
from foundation.words import Words
from kiosk.local_api.messages import Enrolment, EnrolmentStage
from kiosk.provisioning import enrolment_files, token_handover
from kiosk.provisioning.enrol import PASSING, Enrolling
from kiosk.provisioning.enrolment_progress import write_progress
from kiosk.settings import KioskFiles
from sync.contract.enrolment import EnrolmentError, EnrolmentRefusal

AGAIN_AFTER_S = 10.0
_LOOK_EVERY_S = 0.25

_logger = structlog.get_logger()


class _TokenArrivedError(Exception):
    """Somebody held a token to the terminal while something else was waited for."""


class EnrolHere:
    """One run of the service; it ends once the terminal is enrolled, or needs a person to go on."""

    def __init__(self, config: Path, words: Words, say: Callable[[str], None]) -> None:
        """Look at the settings, writing the shipped ones where there are none yet.

        Raises SettingsError or EnrolmentError.
        """
        self._config = config
        self._words = words
        self._say = say
        self._files = enrolment_files.open_settings(config)
        self._progress_file = self._files.path(self._files.settings.enrolment.progress_file)
        self._taken: token_handover.Stamp | None = None
        self._gave_up = False
        self._words_of_key = ""
        self._logged: Trouble | None = None

    def run(self) -> bool:
        """Enrol; False where it failed and only a person can help, as the progress file then says."""
        while True:
            try:
                attempt = self._next_attempt()
                if attempt is None:
                    return True
                attempt()
            except _TokenArrivedError:
                continue
            except EnrolmentError as error:
                self._fail(error)
                if not self._may_go_on(error):
                    return False
                self._wait_again()
            else:
                return True

    def _next_attempt(self) -> Callable[[], object] | None:
        """What is to be tried now; None where there is nothing, or nothing any more."""
        pending = enrolment_files.read_pending(self._config)
        if KioskFiles(self._config).lacks_enrolment() is None and not (pending and pending.grant):
            token_handover.take(self._files)  # of no use any more, and nobody's to read
            return None
        stamp = token_handover.stamp_of(self._files)
        if stamp and stamp != self._taken:
            self._taken = stamp
            self._gave_up, self._logged = False, None
            if token := token_handover.take(self._files):
                return lambda: self._enrolling().with_token(token.reveal())
        if pending and not self._gave_up and (pending.secret or pending.grant or not self._names_a_centre):
            return lambda: self._enrolling().go_on()
        if self._names_a_centre:
            return self._by_approval
        return None

    @property
    def _names_a_centre(self) -> bool:
        return self._files.settings.enrolment.names_a_centre

    def _enrolling(self) -> Enrolling:
        return Enrolling(self._config, self._words, self._say, self._pause, tell=self._tell)

    def _by_approval(self) -> None:
        enrolling = self._enrolling()
        enrolling.by_approval(enrolling.centre("", ""))

    def _may_go_on(self, error: EnrolmentError) -> bool:
        """Whether it is worth trying again without anybody's help."""
        if error.code in (*PASSING, EnrolmentRefusal.NOT_WRITTEN):
            return True
        self._gave_up = True
        return self._names_a_centre and error.code != EnrolmentRefusal.DECLINED

    def _fail(self, error: EnrolmentError) -> None:
        if error.trouble != self._logged:  # once, however often it is tried
            self._logged = error.trouble
            _logger.warning("not_enrolled", error=error.trouble)
        self._tell(Enrolment(EnrolmentStage.FAILED, self._words_of_key, trouble=error.trouble))

    def _tell(self, progress: Enrolment) -> None:
        self._words_of_key = progress.words
        if self._logged and progress.stage == EnrolmentStage.ASKING and progress.trouble is None:
            # What is in the way stays in sight while it is tried again.
            progress = msgspec.structs.replace(progress, trouble=self._logged)
        write_progress(self._progress_file, progress)

    def _wait_again(self) -> None:
        try:
            self._pause(AGAIN_AFTER_S)
        except _TokenArrivedError:
            return

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until a token arrives: then raise _TokenArrivedError."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            stamp = token_handover.stamp_of(self._files)
            if stamp and stamp != self._taken:
                raise _TokenArrivedError
            time.sleep(min(_LOOK_EVERY_S, left_s))
