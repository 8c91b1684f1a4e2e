"""The exceptions that Muster raises on purpose.

Each carries a trouble: what happened, to what, and what the person can do, said by the catalogs of
`foundation/words` in three languages.
"""

from typing import TYPE_CHECKING

from foundation.refusal import Refusal
from foundation.trouble import Trouble

if TYPE_CHECKING:
    from foundation.words import Words


class MusterError(Exception):
    """What every deliberate error of Muster is. `str()` says it in English, `said_in` in a reader's language.

    `code` names the sentence `error-<code>` and its remedy, `arguments` fill them in.
    """

    def __init__(self, code: str, /, **arguments: object) -> None:
        super().__init__(code)
        self.trouble = Trouble.of(code, **arguments)

    def __str__(self) -> str:
        return self.said_in(_english())

    def said_in(self, words: "Words") -> str:
        """What happened and what the person can do, in the language of `words`."""
        return words.trouble(self.trouble)

    @property
    def what(self) -> str:
        """What happened, in English: for what stands on record."""
        return _english().what(self.trouble)

    @property
    def remedy(self) -> str:
        """What the person can do, in English."""
        return _english().remedy(self.trouble)


class SettingsError(MusterError):
    """A settings file, a roster or another input that somebody wrote is wrong."""


class DeviceError(MusterError):
    """A device is missing, busy, forbidden or answers nonsense."""


class LogError(MusterError):
    """The terminal's log can't be opened, written or trusted; nothing was shown as accepted."""


class LogDamagedError(LogError):
    """The log's file is torn or was changed: what can still be read must be salvaged before going on."""


class MessageError(MusterError):
    """A message from the other end is not authentic, not whole or not understood.

    `code` is the machine-readable reason that a negative acknowledgement carries.
    """

    def __init__(self, code: str, trouble: str, /, **arguments: object) -> None:
        super().__init__(trouble, **arguments)
        self.code = code


class CredentialError(MusterError):
    """What a person presented proves nothing: forged, expired or unreadable.

    `code` is the refusal's reason as it stands in the log; the sentences are those of `reason-<code>`.
    """

    def __init__(self, code: Refusal, detail: str = "") -> None:
        """`detail` is for developers: nobody else can tell one way of being unreadable from another."""
        super().__init__(code)
        self.trouble = Trouble.term("reason", code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{super().__str__()} {self.detail}".rstrip()


class GatewayError(MusterError):
    """A text message could not be handed to whoever sends it, or nobody knows whether it was."""


class RulesError(MusterError):
    """A rule set or a request to the rules is invalid; nothing was computed.

    `code` names the broken rule, for example WEIGHT_OUT_OF_RANGE.
    """

    @property
    def code(self) -> str:
        """Which rule was broken."""
        return self.trouble.code


def _english() -> "Words":
    # Most programs end without an error: only what is said to somebody reads the catalogs.
    from foundation.words import Words  # noqa: PLC0415

    return Words("en")
