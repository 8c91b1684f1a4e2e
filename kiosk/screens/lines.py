"""A widget that lays out its text for whatever width it is given."""

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

LinesOf = Callable[[int], list[Content]]
"""The lines for a width in cells, each no wider than that."""


class Lines(Widget):
    """As high as its lines. They are made anew for each width, because wrapping and columns depend on it."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._lines_of: LinesOf = lambda _: []
        self._made: tuple[int, list[Content]] | None = None

    def show(self, lines_of: LinesOf) -> None:
        """Draw these from now on; nothing happens where they are the same lines as before."""
        before, self._lines_of, self._made = self._made, lines_of, None
        if before is None or not _are_alike(self._lines(before[0]), before[1]):
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many rows as there are lines."""
        return len(self._lines(width))

    def render(self) -> Content:
        """The lines for the present width."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        """Made once for each width: a list of a thousand people is asked for several times a picture."""
        if self._made is None or self._made[0] != width:
            self._made = (width, self._lines_of(width))
        return self._made[1]


def _are_alike(some: list[Content], others: list[Content]) -> bool:
    """Whether they look the same; Textual compares contents by their text alone."""
    return len(some) == len(others) and all(
        one == other and one.spans == other.spans for one, other in zip(some, others, strict=True)
    )
