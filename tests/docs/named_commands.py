"""Finding every command `muster …` that a text names, and telling what is wrong with it, if anything."""

import re
import shlex
from collections.abc import Iterator

import click

from muster.console import main

_IN_BACKTICKS = re.compile(r"`(?:sudo )?(?:[\w./]*/)?(muster\s[^`]+)`")
_IN_A_LINE_OF_CODE = re.compile(
    r"(?:^|&&|;|\||-- |sudo |ExecStart=)\s*(?:[\w./]*/)?(muster (?:-|[a-z])[^#\n]*)", re.MULTILINE
)
_OF_CODE = re.compile(r"^ {4}\S.*$|^```.*?^```", re.MULTILINE | re.DOTALL)
_GOES_ON = re.compile(r"\\\n\s*")


def in_prose(text: str) -> Iterator[str]:
    """What stands between backticks, a line's break included."""
    return (" ".join(found.split()) for found in _IN_BACKTICKS.findall(text))


def in_code(text: str) -> Iterator[str]:
    """What a line of a shell or of a unit runs."""
    return (found.strip() for found in _IN_A_LINE_OF_CODE.findall(_GOES_ON.sub(" ", text)))


def in_document(text: str) -> Iterator[str]:
    """What a Markdown document names, in prose or in its blocks of code."""
    for block in _OF_CODE.findall(text):
        yield from in_code(block.replace("    ", "", 1) if block.startswith("    ") else block)
    yield from in_prose(_OF_CODE.sub("", text))


def fault_of(command: str) -> str:
    """What is wrong with a command as somebody would type it; "" when it can be given.

    Words in capitals, `[…]` and `…` stand for something; so does whatever follows an option with a value.
    """
    words = _split(command)[1:]
    group: click.Command = main
    path = "muster"
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            name, equals, _ = word.partition("=")
            option = _option(group, name)
            if option is None:
                return f"{path} has no {name}"
            if not equals and not option.is_flag and words:
                words.pop(0)
        elif isinstance(group, click.Group):
            if word.isupper() or word.startswith(("[", "…")):
                return ""
            found = group.get_command(click.Context(group), word.rstrip(".,:"))
            if found is None:
                return f"there is no {path} {word}"
            group, path = found, f"{path} {word}"
        elif word in {"#", "&&", "|", ">", ";"}:
            return ""
    return ""


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:  # an apostrophe of prose
        return command.split()


def _option(command: click.Command, name: str) -> click.Option | None:
    if name in {"--help", "-h"}:
        return click.Option(["--help"], is_flag=True)
    options = (param for param in command.params if isinstance(param, click.Option))
    return next((one for one in options if name in (*one.opts, *one.secondary_opts)), None)
