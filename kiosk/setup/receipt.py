"""Whether this terminal's own log holds the check-out that a receipt came from: `muster receipt` at it."""

import secrets
from collections.abc import Callable

from foundation.clock import open_clock
from foundation.words import Words
from kiosk.provisioning.delivered_keys import DeliveredKeys
from kiosk.roster.site_time import time_in
from kiosk.settings import KioskFiles
from kiosk.storage.encrypted_files import AtRest
from sync.contract import events
from sync.contract.events import CORRECTED_WITHIN_MS, CheckOut, Correction
from sync.contract.receipt import WINDOW_MS, Receipt, read_receipt, receipt_of
from sync.log.reader import LogReader

_ROUNDS = 2
"""No terminal keeps its log for longer than the windows take to begin again."""
_AHEAD_MS = 86_400_000


def tell_receipt(files: KioskFiles, typed: str, words: Words, say: Callable[[str], None]) -> bool:
    """Say what the log holds of it; whether it is genuine. Raises LogError without a log."""
    receipt = read_receipt(typed)
    if receipt is None:
        say(words.say("receipt_check-not_a_code"))
        return False
    key = DeliveredKeys(files, AtRest(files.state_folder, files.device_secret_file)).pseudonym_key_untouched()
    if not key:
        say(words.say("receipt_check-no_key"))
        return False
    log = LogReader(files.log_file, files.settings.terminal)
    try:
        left = _check_out_of(receipt, key, log, open_clock(files.shared_clock).wall_ms())
        if left is None:
            say(words.say("receipt_check-not_in_log"))
            return False
        when = time_in(files.settings.zone or "UTC", left.wall_ms, beside_ms=0)
        say(words.say("receipt_check-in_log", activity=left.activity, when=when))
        if _is_taken_back(left, log):
            say(words.code("outcome", "cancelled"))
    finally:
        log.close()
    return True


def _check_out_of(receipt: Receipt, key: bytes, log: LogReader, now_ms: int) -> CheckOut | None:
    for began_ms in receipt.began_ms(now_ms + _AHEAD_MS, _ROUNDS):
        for encoded, digest in log.between(began_ms, began_ms + WINDOW_MS):
            event = events.decode(encoded)
            if isinstance(event, CheckOut):
                made = receipt_of(key, event.terminal, event.epoch, event.seq, digest, event.wall_ms)
                if secrets.compare_digest(made.code, receipt.code):
                    return event
    return None


def _is_taken_back(left: CheckOut, log: LogReader) -> bool:
    place = left.epoch, left.seq
    later = log.between(left.wall_ms, left.wall_ms + CORRECTED_WITHIN_MS + 1)
    corrections = (events.decode(encoded) for encoded, _ in later)
    return any(
        isinstance(one, Correction) and (one.cancelled_epoch, one.cancelled_seq) == place
        for one in corrections
    )
