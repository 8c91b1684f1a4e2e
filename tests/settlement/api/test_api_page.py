"""docs/api.md: its example does what it says, and it names what there is."""

import json
import os
import re
import subprocess
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler

from settlement.accounts.api_tokens import Scope
from settlement.models import LedgerEntry

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))


def table(heading):
    """The first cells of the table below a heading."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `?([\w]+)`? \|", part, re.MULTILINE)


def test_every_scope_is_on_the_page():
    assert table("A token")[1:] == list(Scope)


def test_every_status_is_on_the_page():
    told = {
        status
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert set(table("Refusals")) - {"status", "405"} == told - {"200"}


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Nothing is told of requests."""


def printed(script, environment):
    """What a script prints that calls a centre, which answers in this very thread and its transaction."""
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet) as centre:
        centre.timeout = 0.1
        environment = {**environment, "CENTRE": f"http://127.0.0.1:{centre.server_port}"}
        called = subprocess.Popen(
            ["sh", "-eu", "-c", script], env=environment, stdout=subprocess.PIPE, text=True
        )
        while called.poll() is None:
            centre.handle_request()
        lines, _ = called.communicate()
    assert called.returncode == 0
    return lines.splitlines()


@pytest.mark.django_db
def test_its_example_is_answered_as_it_says(program, everything, one_connection):
    example, answer, *_ = re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
    environment = {"PATH": os.environ["PATH"], "TOKEN": program.secret}
    activities, entries, decided = map(json.loads, printed(example, environment))
    assert activities["items"][0]["id"] == "fair"
    assert [one["name"] for one in entries["items"]] == ["Mei"]
    told = json.loads(answer)
    assert decided.keys() == told.keys()
    assert decided["refused"][0]["text"] == told["refused"][0]["text"]
    assert LedgerEntry.objects.get(volunteer=1001).review.note == "checked against the roster"
