"""The key that the centre signs with, and how the next one takes its place.

Beside the key lie its handovers (`sync.contract.handover`) and, while it is being replaced, the next key. The
handovers decide: once one to the next key is on the disk, that one is in force, and whoever comes next puts
its file in place. Cut off before, a replacement has changed nothing.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from foundation.durable import replace_file, sync_folder
from foundation.errors import MessageError, SettingsError
from settlement.settings import CentreSettings
from settlement.troubles import CentreTrouble
from sync.contract.handover import CentreKeys, first_key, read_handovers, seal_handover, write_handovers
from sync.contract.signing import SigningKey

_READ_AGAIN = 3


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The key in force, and all public keys of this centre that its handovers prove, which end with it."""

    key: SigningKey
    public: CentreKeys


def key_file(settings: CentreSettings) -> Path:
    """Where the key in force lies."""
    return settings.path(settings.signing_key_file)


def next_key_file(settings: CentreSettings) -> Path:
    """Where the next key lies while a replacement is under way."""
    file = key_file(settings)
    return file.with_name(f"{file.stem}.next{file.suffix}")


def handovers_file(settings: CentreSettings) -> Path:
    """Where the handovers lie; there is none before the key was replaced for the first time."""
    return key_file(settings).with_suffix(".handovers")


def load_signing_keys(settings: CentreSettings) -> SigningKeys:
    """The keys of the files; raises SettingsError for what can't be read, or doesn't belong together."""
    for _ in range(_READ_AGAIN):  # they may be replaced meanwhile
        public = _proven(settings)
        files = (key_file(settings), *filter(Path.exists, (next_key_file(settings),)))
        for key in map(SigningKey.load, files):
            if public is None:
                return SigningKeys(key, CentreKeys((key.public,)))
            if key.public.raw == public.newest.raw:
                return SigningKeys(key, public)
    raise SettingsError(
        CentreTrouble.HANDOVERS_OF_ANOTHER, path=handovers_file(settings), key=key_file(settings)
    )


def replace_signing_key(settings: CentreSettings, now_ms: int) -> SigningKeys:
    """Make a key, let the one in force hand over to it, and put it in place; one process at a time.

    Cut off, it is repeated: a key that was made and not handed over to is taken. Raises SettingsError,
    OSError.
    """
    finish_replacement(settings)
    held = load_signing_keys(settings)
    file = next_key_file(settings)
    if not file.exists():
        replace_file(file, SigningKey.generate().pem(), 0o600)
    handover = seal_handover(SigningKey.load(file).public, now_ms, settings.realm, held.key)
    write_handovers(handovers_file(settings), (*held.public.handovers, handover))
    finish_replacement(settings)
    return load_signing_keys(settings)


def finish_replacement(settings: CentreSettings) -> None:
    """Put the next key in place where the handovers lead to it; raises SettingsError, OSError."""
    public, file = _proven(settings), next_key_file(settings)
    if public and file.exists() and SigningKey.load(file).public.raw == public.newest.raw:
        with contextlib.suppress(FileNotFoundError):  # another process was faster
            file.replace(key_file(settings))
        sync_folder(file.parent)


def forget_other_handovers(settings: CentreSettings) -> None:
    """Remove handovers that don't lead to the key here: another took its place, as after a theft."""
    try:
        load_signing_keys(settings)
    except SettingsError as error:
        if error.trouble.code != CentreTrouble.HANDOVERS_OF_ANOTHER:
            raise
        for file in (handovers_file(settings), next_key_file(settings)):
            file.unlink(missing_ok=True)


def _proven(settings: CentreSettings) -> CentreKeys | None:
    """The keys that the handovers prove, None where there are none; raises SettingsError."""
    file = handovers_file(settings)
    try:
        handovers = read_handovers(file)
        if not handovers:
            return None
        keys = CentreKeys((first_key(handovers[0]),))
        for sealed in handovers:
            keys = keys.follow(sealed, settings.realm)
    except OSError as error:
        raise SettingsError(CentreTrouble.HANDOVERS_NOT_READ, path=file, why=error.strerror) from error
    except MessageError as error:
        raise SettingsError(CentreTrouble.HANDOVERS_NOT_READ, path=file, why=error.trouble) from error
    return keys
