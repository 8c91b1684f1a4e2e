"""What can send a text message: the terminal's modem, or a provider's service beside it."""

from typing import Protocol

from drivers.reading import Secret


class SmsGateway(Protocol):
    """Sends text messages in its own time; whoever calls it never waits for a network."""

    def send(self, number: Secret, text: str) -> bool:
        """Queue `text` for the E.164 `number`; False when the queue is full and it was not taken.

        Raises DeviceError for a number or a text that no message can carry.
        """
