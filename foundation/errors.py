"""The exceptions that Muster raises on purpose.

Each message says what happened, to what, and what the person can do; `remedy` holds the last part so that
screens can set it apart.
"""


class MusterError(Exception):
    """What every deliberate error of Muster is; `str()` is the whole sentence for a person."""

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


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

    def __init__(self, code: str, what: str, *, remedy: str) -> None:
        super().__init__(what, remedy=remedy)
        self.code = code


class CredentialError(MusterError):
    """What a person presented proves nothing: forged, expired or unreadable.

    `code` is the refusal's reason as it stands in the log.
    """

    def __init__(self, code: str, what: str, *, remedy: str) -> None:
        super().__init__(what, remedy=remedy)
        self.code = code


class GatewayError(MusterError):
    """A text message could not be handed to whoever sends it, or nobody knows whether it was."""


class RulesError(MusterError):
    """A rule set or a request to the rules is invalid; nothing was computed.

    `code` names the broken rule, for example WEIGHT_OUT_OF_RANGE.
    """

    def __init__(self, code: str, what: str, *, remedy: str) -> None:
        super().__init__(what, remedy=remedy)
        self.code = code
