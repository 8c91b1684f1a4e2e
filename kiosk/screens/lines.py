"""A widget that lays out its text for whatever width it is given."""

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

LinesOf = Callable[[int], list[Content]]
"""The lines for a width in cells, each no wider than that."""


class Lines(Widget):
    """As high as its lines. They are made anew for each size, because wrapping and columns depend on it."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._lines_of: LinesOf = lambda _: []

    def show(self, lines_of: LinesOf) -> None:
        """Draw these from now on."""
        self._lines_of = lines_of
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many rows as there are lines."""
        return len(self._lines_of(width))

    def render(self) -> Content:
        """The lines for the present width."""
        return Content("\n").join(self._lines_of(self.content_size.width))
