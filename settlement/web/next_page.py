"""What a decision came to, told once on the page that follows, in whichever language that is read."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest

from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words

_TOLD = "told"


def tell_on_next_page(request: HttpRequest, say: Callable[[Words], Sequence[str]]) -> None:
    """Keep these sentences for the page that somebody is sent to now."""
    request.session[_TOLD] = {language: [*say(Words(language))] for language in LANGUAGES}


def tell_trouble(request: HttpRequest, trouble: Trouble) -> None:
    """Keep why something was refused for the page that somebody is sent to now."""
    tell_on_next_page(request, lambda words: [words.trouble(trouble)])


def told_before(request: HttpRequest, words: Words) -> list[str]:
    """The sentences that were kept, if any."""
    told: dict[str, list[str]] = request.session.pop(_TOLD, {})
    return told.get(words.language, [])
