"""Notes what passes by: commands that are run, topics that are used, troubles that are told; no Django."""

import importlib.abc
import importlib.machinery
import json
import os
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

MET: defaultdict[str, set[str]] = defaultdict(set)


def note_what_passes() -> None:
    """Listen where each kind of thing passes by, once a process has loaded it; nothing is loaded for it."""
    for name in [name for name in _LISTENERS if name in sys.modules]:
        _LISTENERS.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, _Listening())


def write_down() -> None:
    """Write it to a file of this process's own: several of them run side by side."""
    if not MET:
        return
    folder = Path(os.environ["MUSTER_MET"])
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps({kind: sorted(names) for kind, names in MET.items()}, ensure_ascii=False, indent=1)
    (folder / f"{uuid.uuid4().hex}.json").write_text(told, encoding="utf-8")


def noting(function: Callable[..., object], note: Callable[..., object]) -> Callable[..., object]:
    """The function, and a note of each of its results; of a command that ends the process, before it runs."""

    def noted(*args: object, **kwargs: object) -> object:
        try:
            result = function(*args, **kwargs)
        except SystemExit:
            note(None, *args, **kwargs)
            raise
        note(result, *args, **kwargs)
        return result

    return noted


def _at_commands(click: ModuleType) -> None:
    click.Command.invoke = noting(
        click.Command.invoke,
        # A test may call a group of commands by itself: then the path begins with the group's own name.
        lambda _, command, context: MET["command"].update(
            (context.command_path, context.command_path.partition(" ")[2])
        ),
    )


def _at_troubles(trouble: ModuleType) -> None:
    trouble.Trouble.of = staticmethod(
        noting(trouble.Trouble.of, lambda told, *_, **__: MET["trouble"].add(f"{told.family}-{told.code}"))
    )


def _at_topics(wire: ModuleType) -> None:
    wire.topic = noting(wire.topic, lambda topic, *_: MET["topic"].add(topic))


_LISTENERS: dict[str, Callable[[ModuleType], None]] = {
    "click": _at_commands,
    "foundation.trouble": _at_troubles,
    "sync.contract.wire": _at_topics,
}
"""By the module at which each listens; one that listens already is here no more."""


class _Listening(importlib.abc.MetaPathFinder):
    """Finds what is listened at as Python does, and begins to listen once it is loaded."""

    def find_spec(
        self, name: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        listen = _LISTENERS.pop(name, None)
        if listen is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader.exec_module = _and_then(spec.loader.exec_module, listen)
                return spec
        return None


def _and_then(
    load: Callable[[ModuleType], None], listen: Callable[[ModuleType], None]
) -> Callable[..., None]:
    def loaded(module: ModuleType) -> None:
        load(module)
        listen(module)

    return loaded
