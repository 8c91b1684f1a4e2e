"""Who may use a page for more than reading, and what services refuse, told on the page that follows."""

from collections.abc import Callable, Sequence
from types import TracebackType

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from foundation.errors import MusterError, RulesError, SettingsError
from foundation.words import Words
from settlement.accounts.authority import Deed, may
from settlement.troubles import AccountTrouble
from settlement.web.next_page import tell_on_next_page, tell_trouble
from settlement.web.readers import Reader
from sync.contract.enrolment import EnrolmentError


def check_may_open(reader: Reader, deed: Deed) -> None:
    """Raise PermissionDenied for a page that is about a deed which the reader's account may not do."""
    if reader.actor is not None and not may(reader.actor, deed):
        raise PermissionDenied


class ToldIfRefused:
    """Around what a service does: what it refuses is told on the next page, and the page goes on."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, RulesError | SettingsError | EnrolmentError):
            return False
        tell_refused(self._request, error)
        return True


def tell_refused(request: HttpRequest, error: MusterError) -> None:
    """Keep why for the page that follows; raises PermissionDenied for a deed that is never the account's."""
    if isinstance(error, RulesError) and error.code == AccountTrouble.NOT_ALLOWED:
        raise PermissionDenied from error
    tell_trouble(request, error.trouble)


def tell(request: HttpRequest, name: str, **arguments: str | int) -> None:
    """Keep one sentence of the catalogs for the page that follows."""
    say: Callable[[Words], Sequence[str]] = lambda words: [words.say(name, **arguments)]  # noqa: E731
    tell_on_next_page(request, say)
