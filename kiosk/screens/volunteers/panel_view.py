"""The middle of the volunteers' screen as a widget: a panel, as large as there is room and need for."""

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from kiosk.local_api.messages import Display, ScreenSize
from kiosk.screens.panel import DrawnLine, Panel, drawn
from kiosk.screens.results import in_sixteen
from kiosk.screens.volunteers.dimmed import Dimmed, dimmed_lines
from kiosk.screens.volunteers.distance import needed


class PanelView(Widget):
    """Shows one panel, or next to nothing while nobody has been there for long."""

    def __init__(self) -> None:
        super().__init__()
        self._panel: Panel | None = None
        self._dimmed: Dimmed | None = None
        self._display = Display()

    def show(self, shown: Panel, display: Display, dimmed: Dimmed | None, *, sixteen: bool) -> None:
        """Draw this from now on; `dimmed` takes the panel's place, `sixteen` are all colours there are."""
        look = dimmed.look if dimmed else shown.look
        look = in_sixteen(look) if sixteen else look
        self._panel, self._display, self._dimmed = shown, display, dimmed
        self.styles.background = look.paper
        self.styles.color = look.ink
        self.styles.border = (look.border, look.ink)
        self.refresh(layout=True)

    def render(self) -> Content:
        """The lines for the present size."""
        if self._panel is None:
            return Content("")
        width, height = self.content_size
        if self._dimmed:
            parts = dimmed_lines(self._dimmed, width, height)
        else:
            size = ScreenSize(self.app.size.width, self.app.size.height)
            parts = drawn(self._panel, width, height, needed(self._display, size))
        return Content("\n").join(map(_content, parts))


def _content(line: DrawnLine) -> Content:
    shown = Content.styled(line.text, "bold" if line.strong else "")
    if not line.key:
        return shown
    return shown.stylize(Style.from_meta({"@click": f"app.press('{line.key}')"}))
