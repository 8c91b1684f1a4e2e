"""A plugin of pytest: writes what the tests of its process met into the folder that MUSTER_MET names."""

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import click
from django.core.handlers.base import BaseHandler
from django.test.signals import template_rendered

from foundation.trouble import Trouble
from sync.contract import wire

MET: defaultdict[str, set[str]] = defaultdict(set)


def pytest_configure() -> None:
    """Listen where each kind of thing passes by."""
    BaseHandler.resolve_request = _noting(
        BaseHandler.resolve_request,
        lambda found, _handler, request: MET["route"].add(f"{request.method} {found.route}"),
    )
    click.Command.invoke = _noting(
        click.Command.invoke,
        lambda _, command, context: MET["command"].add(context.command_path.partition(" ")[2]),
    )
    wire.topic = _noting(wire.topic, lambda topic, *_: MET["topic"].add(topic))
    Trouble.of = staticmethod(
        _noting(Trouble.of, lambda trouble, *_, **__: MET["trouble"].add(f"{trouble.family}-{trouble.code}"))
    )
    template_rendered.connect(_rendered)


def pytest_sessionfinish() -> None:
    """Write it to a file of this process's own: several of them run side by side."""
    folder = Path(os.environ["MUSTER_MET"])
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps({kind: sorted(names) for kind, names in MET.items()}, ensure_ascii=False, indent=1)
    (folder / f"{uuid.uuid4().hex}.json").write_text(told, encoding="utf-8")


def _rendered(template: object, **_: object) -> None:
    MET["template"].add(str(getattr(template, "name", "")))


def _noting(function: Callable[..., object], note: Callable[..., object]) -> Callable[..., object]:
    def noted(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        note(result, *args, **kwargs)
        return result

    return noted
