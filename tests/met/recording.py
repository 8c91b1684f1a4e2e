"""A plugin of pytest: writes what the tests of its process, and of its children, met into a folder.

The folder is what MUSTER_MET names. Children find `children/sitecustomize.py` on their path.
"""

import os
from pathlib import Path

from django.core.handlers.base import BaseHandler
from django.test.signals import template_rendered

from tests.met.noting import MET, note_what_passes, noting, write_down

CHILDREN = Path(__file__).parent / "children"


def pytest_configure() -> None:
    """Listen where each kind of thing passes by."""
    note_what_passes()
    BaseHandler.resolve_request = noting(
        BaseHandler.resolve_request,
        lambda found, _handler, request: MET["route"].add(f"{request.method} {found.route}"),
    )
    template_rendered.connect(_rendered)
    above = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(CHILDREN), above)))


def pytest_sessionfinish() -> None:
    """Write down what was met."""
    write_down()


def _rendered(template: object, **_: object) -> None:
    MET["template"].add(str(getattr(template, "name", "")))
