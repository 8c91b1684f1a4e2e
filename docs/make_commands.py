#!/usr/bin/env python3
"""Write docs/commands.md from the commands themselves: `docs/make_commands.py`, or `make commands`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from muster.console import main as muster

DOCUMENT = Path(__file__).with_name("commands.md")

_HEAD = """\
# Commands

Every command with its options, as `muster COMMAND --help` tells them. The dozen that people need stand in the
[README](../README.md). Made by `make commands`; a test tells when it is old.

| command | what it does |
|---|---|
"""
_MARK = "\b"
"""What keeps click from rewrapping a paragraph: the examples."""
_KINDS = {"integer range": "NUMBER", "integer": "NUMBER", "datetime": "DATE"}

Named = tuple[str, click.Command]
"""What people type, and the command."""


def document() -> str:
    """The whole document."""
    commands = list(_leaves("muster", muster))
    listed = [
        f"| [`{name}`](#{name.replace(' ', '-')}) | {_cell(_paragraphs(command)[0])} |"
        for name, command in commands
    ]
    sections = [_section(("muster", muster)), *map(_section, commands)]
    return _HEAD + "\n".join(listed) + "\n\n" + "\n".join(sections)


def _leaves(name: str, command: click.Command) -> Iterator[Named]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for sub in command.list_commands(context):
        inner = command.get_command(context, sub)
        if inner is not None:
            yield from _leaves(f"{name} {sub}", inner)


def _section(named: Named) -> str:
    name, command = named
    options = [
        param for param in command.params if isinstance(param, click.Option) and param.opts != ["--help"]
    ]
    arguments = [_argument(param) for param in command.params if isinstance(param, click.Argument)]
    rest = ["COMMAND"] if isinstance(command, click.Group) else arguments
    usage = " ".join([name, *(["[OPTIONS]"] if options else []), *rest])
    parts = [f"## `{name}`", "", f"    {usage}", ""]
    for paragraph in _paragraphs(command):
        parts += [paragraph, ""]
    if options:
        parts += ["| option | default | what it says |", "|---|---|---|", *map(_option, options), ""]
    return "\n".join(parts)


def _paragraphs(command: click.Command) -> list[str]:
    """The help, one paragraph an item; examples keep their lines."""
    kept = []
    for paragraph in (command.help or "").split("\n\n"):
        lines = [line.strip() for line in paragraph.strip().splitlines()]
        if lines[0] == _MARK:
            kept.append("\n".join(f"    {line}" for line in lines[1:]))
        else:
            kept.append(" ".join(lines))
    return kept


def _argument(param: click.Argument) -> str:
    if param.metavar:
        return param.metavar
    name = (param.name or "").upper()
    shown = name if param.required else f"[{name}]"
    return shown if param.nargs == 1 else f"{shown}..."


def _option(param: click.Option) -> str:
    value = "" if param.is_flag else f" {param.metavar or _value(param.type)}"
    names = ", ".join([*param.opts, *param.secondary_opts])
    default = (
        "needed"
        if param.required
        else ""
        if callable(param.default)
        else _default(param.to_info_dict()["default"])
    )
    return f"| `{names}{value}` | {default} | {_cell(param.help or '')} |"


def _value(kind: click.ParamType) -> str:
    if isinstance(kind, click.Choice):
        return "/".join(map(str, kind.choices))
    return _KINDS.get(kind.name, kind.name.upper())


def _default(value: object) -> str:
    if value is None or value is False or (isinstance(value, Sequence) and not value):
        return ""
    return f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
