"""Whoever asks for help waits for click and nothing else; `benchmarks/start_up.py` tells how long."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from muster.commands.group import Command, Group
from muster.console import main

# Asks for the help of every command, one after the other, and tells what was loaded by then.
ASK_FOR_EVERY_HELP = """
import contextlib, io, sys
before = set(sys.modules)
from muster.console import main

def ask(command, path):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        main.main([*path, "--help"], prog_name="muster", standalone_mode=False)
    assert said.getvalue().startswith("Usage: " + " ".join(("muster", *path))), said.getvalue()
    loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
    heavy = loaded - sys.stdlib_module_names | loaded & {"asyncio", "ssl", "sqlite3"}
    print(" ".join(("muster", *path)), *heavy, sep=",")
    for name, each in getattr(command, "commands", {}).items():
        ask(each, (*path, name))

ask(main, ())
"""
OURS = {"foundation", "muster", "sync"}

LOG_A_LINE = """
import sys, structlog
from muster.console import main

@main.command()
def greet():
    structlog.get_logger().info("greeted", whom="mei")

main.main(sys.argv[1:])
"""


def run(script, *words):
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran


def test_no_help_waits_for_more_than_click():
    said = [line.split(",") for line in run(ASK_FOR_EVERY_HELP).stdout.splitlines()]
    loaded = {command: set(modules) - OURS for command, *modules in said}
    assert {"muster", "muster engine", "muster centre prepare", "muster log verify"} <= set(loaded)
    assert {command: modules for command, modules in loaded.items() if modules != {"click"}} == {}


@pytest.mark.parametrize("asked", ["json", "text"])
def test_a_command_that_runs_logs_as_it_was_asked_to(asked):
    logged = run(LOG_A_LINE, "--log-format", asked, "greet").stderr
    if asked == "json":
        line = json.loads(logged)
        assert (line["event"], line["whom"], line["level"]) == ("greeted", "mei", "info")
    else:
        assert "greeted" in logged
        assert "whom=mei" in logged


def test_a_default_is_a_value_that_the_option_would_take():
    pending: list[click.Command] = [main]
    looked_at = 0
    while pending:
        command = pending.pop()
        pending += getattr(command, "commands", {}).values()
        context = click.Context(command)
        for param in command.params:
            default = param.to_info_dict()["default"]
            if isinstance(param, click.Option) and default is not None and not param.multiple:
                param.type_cast_value(context, default)
                looked_at += 1
    assert looked_at > 100


@click.command()
def needy():
    """Needs what is not installed."""
    importlib.import_module("no_such_library.part")


@click.command()
def broken():
    """Lacks a module of ours: a fault that must not look like a missing library."""
    importlib.import_module("muster.no_such_module")


def test_a_library_that_is_not_installed_is_told_in_words(monkeypatch):
    monkeypatch.setitem(main.commands, "needy", needy)
    ended = CliRunner().invoke(main, ("needy",))
    assert ended.exit_code == 1
    assert "needs the Python library no_such_library" in ended.output
    assert "muster[settlement]" in ended.output
    monkeypatch.setitem(main.commands, "broken", broken)
    assert isinstance(CliRunner().invoke(main, ("broken",)).exception, ModuleNotFoundError)


def test_every_command_sets_up_the_logs_as_they_were_asked_for():
    def all_of(group: click.Group) -> Iterator[click.Command]:
        for command in group.commands.values():
            yield command
            if isinstance(command, click.Group):
                yield from all_of(command)

    assert [one.name for one in all_of(main) if not isinstance(one, Command | Group)] == []
