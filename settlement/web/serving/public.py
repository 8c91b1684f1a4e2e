"""What is for everybody has a process of its own: no busy page of staff holds a certificate check up."""

from collections.abc import Callable, Iterable
from typing import Any

from settlement.web.serving.health import PATH as HEALTH

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_FOLDERS = ("/certificate/", "/notice/", "/rating/", "/receipt/", "/static/")
_PLACES = frozenset({"/certificate", "/notice", "/receipt", HEALTH})


def only_public(application: Application) -> Application:
    """The same pages without those that name volunteers: as if nothing stood at their addresses."""

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in _PLACES or path.startswith(_FOLDERS):
            return application(environ, start_response)
        start_response("404 Not Found", [("Content-Length", "0")])
        return []

    return answered
