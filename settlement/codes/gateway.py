"""Who sends a text message for the centre. A terminal's modem is none: see docs/decisions."""

from collections.abc import Callable
from typing import Protocol

from foundation.errors import GatewayError
from settlement.settings import GatewayKind, TextMessageSettings
from settlement.troubles import CentreTrouble


class TextGateway(Protocol):
    """Sends one text message and waits until somebody has taken it."""

    def send(self, telephone: str, text: str) -> None:
        """Hand over `text` for the E.164 number; raises GatewayError when nobody took it for sure."""


class PrintingGateway:
    """Prints what it is to send: for demonstrations and tests."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def send(self, telephone: str, text: str) -> None:
        """Print the message; of the number only its end, as a screen may be seen by others."""
        self._say(f"text message to …{telephone[-4:]}: {text}")


def open_gateway(settings: TextMessageSettings, token: str, say: Callable[[str], None]) -> TextGateway:
    """The gateway of the settings; `token` is what the provider knows us by.

    Raises GatewayError where none is set.
    """
    match settings.gateway:
        case GatewayKind.PRINT:
            return PrintingGateway(say)
        case GatewayKind.HTTP:
            # Only a centre that sends loads it.
            from settlement.codes.http_gateway import HttpGateway  # noqa: PLC0415

            return HttpGateway(settings, token)
        case GatewayKind.NONE:
            raise GatewayError(CentreTrouble.NO_GATEWAY)
