"""The least that Textual can do: paint one word for each line from a socket. `bare_app.py SOCKET`."""

import socket
import sys
import threading

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Static


class Bare(App[None]):
    """One word in the middle."""

    CSS = "Static { width: 100%; height: 100%; content-align: center middle; }"

    class Said(Message):
        """A line came."""

        def __init__(self, word: str) -> None:
            self.word = word
            super().__init__()

    def compose(self) -> ComposeResult:
        """Nothing but the word."""
        yield Static("ready")

    def on_mount(self) -> None:
        """Begin to listen."""
        self.animation_level = "none"
        threading.Thread(target=self._listen, daemon=True).start()

    def on_bare_said(self, said: Said) -> None:
        """Paint it."""
        self.query_one(Static).update(said.word)

    def _listen(self) -> None:
        with socket.socket(socket.AF_UNIX) as connected:
            connected.connect(sys.argv[1])
            for line in connected.makefile("rb"):
                self.post_message(self.Said(line.decode().strip()))


if __name__ == "__main__":
    Bare().run()
