"""Style sheet, script and icon: named by what is in them, so browsers keep them until they change.

Their names are made when the process starts, from the folder that ships with the package: an installation
needs no step of its own, and whatever is served is what a page names.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls.converters import PathConverter
from whitenoise.base import WhiteNoise

from settlement.web.serving.security import Respond

_FOLDER = Path(__file__).parent.parent.parent / "static"
_PREFIX = "/static/"
_BY_PLAIN_NAME_S = 300
"""A page that was made before an update, or the one of an error, asks by the plain name."""
_DIGITS = 12


@cache
def hashed_names() -> dict[str, str]:
    """The name under which each file is served for ever, by its own: page.css is page.1f2e3d4c5b6a.css."""
    return {
        path.relative_to(_FOLDER).as_posix(): _hashed(path).relative_to(_FOLDER).as_posix()
        for path in sorted(_FOLDER.rglob("*"))
        if path.is_file()
    }


def _hashed(path: Path) -> Path:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
    return path.with_name(f"{path.stem}.{digest}{path.suffix}")


class FileName(PathConverter):
    """In an address: what names a file by its own name leads to the one that changes with it."""

    def to_url(self, value: str) -> str:
        """The name in the address."""
        return hashed_names().get(value, value)


class _Unchanged(FileResponse):
    """The file with the headers of whitenoise, and no others."""

    def set_headers(self, filelike: Any) -> None:  # noqa: ANN401 - Django's own
        """All of them are set already."""


def static_files(respond: Respond) -> Respond:
    """Middleware: answers for the files, and hands everything else on."""
    hashed = {_PREFIX + name for name in hashed_names().values()}
    files = WhiteNoise(
        None,
        max_age=_BY_PLAIN_NAME_S,
        allow_all_origins=False,
        immutable_file_test=lambda _, address: address in hashed,
    )
    for name, lasting in hashed_names().items():
        for address in (name, lasting):
            files.add_file_to_dictionary(_PREFIX + address, str(_FOLDER / name))

    def with_files(request: HttpRequest) -> HttpResponseBase:
        found = files.files.get(request.path_info)
        return respond(request) if found is None else _served(found, request)

    return with_files  # type: ignore[return-value]  # a file's answer is none that holds its content


def _served(found: Any, request: HttpRequest) -> HttpResponseBase:  # noqa: ANN401 - whitenoise has no types
    told = found.get_response(request.method, request.META)
    response = _Unchanged(told.file or (), status=int(told.status))
    del response["Content-Type"]
    for name, value in told.headers:
        response[name] = value
    return response
