"""What a decision came to, told once on the page that follows, in whichever language that is read."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest
from msgspec import Struct

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words

_TOLD = "told"
_TYPED = "typed"
_LONGEST_TYPED = 500
_MOST_CHOSEN = 200


class Typed(Struct, frozen=True):
    """What stood in a form that was refused: the note, why although evidence is missing, what was chosen."""

    note: str = ""
    override: str = ""
    entries: tuple[int, ...] = ()


def tell_on_next_page(request: HttpRequest, say: Callable[[Words], Sequence[str]]) -> None:
    """Keep these sentences for the page that somebody is sent to now."""
    request.session[_TOLD] = {language: [*say(Words(language, on_pages=True))] for language in LANGUAGES}


def also_tell(request: HttpRequest, say: Callable[[Words], Sequence[str]]) -> None:
    """Keep these sentences behind those that are kept already."""
    before: dict[str, list[str]] = request.session.get(_TOLD, {})
    tell_on_next_page(request, lambda words: [*before.get(words.language, []), *say(words)])


def tell_trouble(request: HttpRequest, trouble: Trouble) -> None:
    """Keep why something was refused for the page that somebody is sent to now."""
    tell_on_next_page(request, lambda words: [words.trouble(trouble)])


def keep_typed(request: HttpRequest, typed: Typed) -> None:
    """Keep what was typed for the form on the page that somebody is sent to now."""
    note, override = typed.note[:_LONGEST_TYPED], typed.override[:_LONGEST_TYPED]
    request.session[_TYPED] = [note, override, [*typed.entries[:_MOST_CHOSEN]]]


def typed_before(request: HttpRequest) -> Typed:
    """What was kept, if anything."""
    note, override, entries = request.session.pop(_TYPED, ["", "", []])
    return Typed(note, override, tuple(entries))


def told_before(request: HttpRequest, words: Words) -> list[str]:
    """The sentences that were kept, if any."""
    told: dict[str, list[str]] = request.session.pop(_TOLD, {})
    return told.get(words.language, [])
