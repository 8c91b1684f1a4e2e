"""Which names a terminal may bear. Its name is its certificate's common name, and the broker goes by that."""

import re
from collections.abc import Collection

import msgspec

from foundation.errors import SettingsError
from sync.contract.events import TerminalId
from sync.contract.troubles import ContractTrouble

_OF_OTHERS = re.compile(r"(authority|broker|carrier|centre|enrolment|listener|probe)(-[0-9]+)?")
"""Who else has a certificate, or a paragraph of its own in the broker's access list (config/acl.conf)."""
_PROBE = re.compile(r"probe-[0-9]{1,3}")


def is_probe(name: str) -> bool:
    """Whether `muster broker check` comes by that name, as a terminal would: nothing it says is evidence."""
    return _PROBE.fullmatch(name) is not None


def check_terminal_name(name: str, taken: Collection[str] = ()) -> None:
    """Refuse a name that no terminal may bear; `taken` are further ones, the listener's own for example.

    Who were called `centre` could speak for it to every terminal. Raises SettingsError.
    """
    try:
        msgspec.convert(name, TerminalId)
    except msgspec.ValidationError as error:
        raise SettingsError(ContractTrouble.TERMINAL_NAME_WRONG, name=name) from error
    if _OF_OTHERS.fullmatch(name) or name in taken:
        raise SettingsError(ContractTrouble.TERMINAL_NAME_RESERVED, name=name)
