"""What a look at a picture found: codes with what they hold and where they are, and codes left unread."""

from dataclasses import dataclass

from drivers.camera.contents import Content, Kind
from drivers.camera.view import Quad


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code that was read; its corners are pixels of the camera's picture."""

    content: Content
    corners: Quad


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that were read, each content once, and where codes stand that could not be read."""

    found: tuple[FoundCode, ...] = ()
    unread: tuple[Quad, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the codes hold that are certain to be whole texts."""
        return tuple(code.content.text for code in self.found if code.content.kind is Kind.TEXT)


def joined(one: Codes, other: Codes) -> Codes:
    """What two looks at the same picture found."""
    known = {code.content for code in one.found}
    more = tuple(code for code in other.found if code.content not in known)
    return Codes(one.found + more, one.unread + other.unread)
