"""Notes what passes by: commands that are run, topics that are used, troubles that are told; no Django."""

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

MET: defaultdict[str, set[str]] = defaultdict(set)


def note_what_passes() -> None:
    """Listen where each kind of thing passes by, from now on."""
    import click

    from foundation.trouble import Trouble
    from sync.contract import wire

    click.Command.invoke = noting(
        click.Command.invoke,
        # A test may call a group of commands by itself: then the path begins with the group's own name.
        lambda _, command, context: MET["command"].update(
            (context.command_path, context.command_path.partition(" ")[2])
        ),
    )
    wire.topic = noting(wire.topic, lambda topic, *_: MET["topic"].add(topic))
    Trouble.of = staticmethod(
        noting(Trouble.of, lambda trouble, *_, **__: MET["trouble"].add(f"{trouble.family}-{trouble.code}"))
    )


def write_down() -> None:
    """Write it to a file of this process's own: several of them run side by side."""
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
