"""A demo that goes on until Ctrl-C: what it prints can be pasted, and shows what people decide."""

import contextlib
import json
import os
import pty
import queue
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import termios
import urllib.request
from functools import partial
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from kiosk.local_api.client import LocalClient
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import Login
from tests.boot.browser import sent_with_a_form
from tests.sync.patience import PATIENCE_S, until

LAST_LINE = "Everything goes on until Ctrl-C.\n"
MONITOR, SCREEN = "the staff's monitor", "the volunteers' screen"
REVIEW, DISPUTES = "what waits for a reviewer", "what is objected to"

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]


class Kept:
    """The demo as it waits; `told` is what it offers to look at, by what that is."""

    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "muster", "demo", "--keep", "--volunteers", "60", "--folder", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            # A shell lets what it starts in the background ignore Ctrl-C, and that is handed on to us.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one system call
        )
        self.printed = ""
        while not self.printed.endswith(LAST_LINE):
            line = self.process.stdout.readline()
            assert line, self.printed[-3000:]
            self.printed += line
        offered = self.printed.partition("To look at:\n")[2]
        self.told = dict(re.findall(r"^ +(\S.*?) {2,}(\S.*)$", offered, re.MULTILINE))

    def run(self, command):
        """What a command prints whose line was pasted."""
        done = subprocess.run(
            shlex.split(command), capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def page(self, address):
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def end(self):
        """Press Ctrl-C; returns the exit status and the last words."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, rest


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    # With a blank in it, as a folder of somebody's may have.
    demo = Kept(tmp_path_factory.mktemp("kept") / "the demo")
    yield demo
    if demo.process.poll() is None:
        demo.end()


def line_of(listing, *words):
    """The one line of a listing in which all these words stand."""
    (found,) = [line for line in listing.splitlines() if set(words) <= set(line.split())]
    return found


def test_the_hours_hold_before_anything_is_offered(kept):
    assert "expected = settled" in kept.printed.partition("To look at:")[0].splitlines()


def test_the_board_shows_who_is_still_there_and_the_evening_before_its_night(kept):
    board = kept.told["the centre's board"]
    present = json.loads(kept.page(f"{board}api/board.json"))["present"]
    assert [(one["volunteer"], one["title"]) for one in present] == [(100119, "Clearing up")]
    evening = kept.told["of 2026-03-06"]
    assert "Hana Kimura" in kept.page(evening)
    night = json.loads(kept.page(evening.replace("?", "api/board.json?")))["lines"]
    (stay,) = next(line for line in night if line["volunteer"] == 100116)["sessions"]
    assert stay["out_s"] - stay["in_s"] == 18_870
    assert stay["seconds"] == 18_000


def test_two_lines_of_the_evening_are_doubtful_and_a_reviewer_can_decide(kept):
    waiting = kept.run(kept.told[REVIEW])
    assert "!MISSING_OUT" in line_of(waiting, "100117", "lantern-set-up")
    overlapping = line_of(waiting, "100118", "lantern-watch")
    assert "!OVERLAP" in overlapping
    entry = overlapping.split()[0]
    approve = kept.told[REVIEW].replace(" review list ", f" review approve {entry} ")
    assert "1 entry approved." in kept.run(approve)


def test_an_objection_waits_and_can_be_upheld(kept):
    number = line_of(kept.run(kept.told[DISPUTES]), "100117", "lantern-set-up", "open").split()[0]
    answer = f" dispute answer {number} --outcome upheld --answer 'He left with us.' "
    said = kept.run(kept.told[DISPUTES].replace(" dispute list ", f"{answer}--left 2026-03-06T22:00 "))
    assert "waits for a second person" in said


def test_everybody_belongs_to_the_organisation_of_the_activities(kept):
    with sqlite3.connect(kept.folder / "centre" / "centre.sqlite3") as database:
        ((organisation, name),) = database.execute(
            "SELECT id, name FROM settlement_organisation WHERE path = '0001'"
        ).fetchall()
        of_activities = database.execute(
            "SELECT DISTINCT organisation_id FROM settlement_activity WHERE site_id = 'north-gate'"
        ).fetchall()
        strangers = database.execute(
            "SELECT number FROM settlement_volunteer WHERE number < 200000 AND number NOT IN"
            " (SELECT volunteer_id FROM settlement_membership WHERE organisation_id = ?)",
            (organisation,),
        ).fetchall()
    assert name == "Lantern Society"
    assert of_activities == [(organisation,)]
    assert strangers == []


def test_whoever_is_named_can_log_in_at_the_terminal(kept):
    told = [
        (what.removeprefix("log in there as "), re.match(r"with PIN (\d+)", how)[1])
        for what, how in kept.told.items()
        if what.startswith("log in there as ")
    ]
    assert len(told) == 2
    answers = queue.SimpleQueue()
    client = LocalClient(
        kept.folder / "terminal" / "kiosk.sock",
        "test",
        lambda heard: answers.put(heard) if isinstance(heard, Result) else None,
    )
    client.start()
    try:
        for number, (reference, pin) in enumerate(told):
            until(partial(client.send, Login(number, reference, pin)))
            answer = answers.get(timeout=PATIENCE_S)
            assert (answer.request, answer.ok, answer.code) == (number, True, "logged_in")
    finally:
        client.close()


def test_the_pages_that_are_offered_are_those_of_the_city(kept):
    assert "Willow Square" in kept.page(kept.told["now: who is here, who is missing"])
    assert "Lantern market" in kept.page(kept.told["review: what waits for a decision"])
    assert "<strong>" in kept.page(kept.told["inbox: everything else that waits"])
    assert "<input" in kept.page(kept.told["volunteers"])


def test_each_level_that_is_printed_can_log_in(kept):
    told = re.findall(r"^  (\w+) +.*? (\w+) +(demo-\S+)$", kept.printed, re.MULTILINE)
    assert [level for level, _, _ in told] == ["super", "senior", "middle", "ordinary", "volunteer"]
    board = kept.told["the centre's board"]
    page = f"{board}account/log-in/"
    for _, login, password in told:
        cookies = CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        with browser.open(page, timeout=PATIENCE_S) as shown:
            sent = sent_with_a_form(shown.headers["Referrer-Policy"], page)
        token = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
        form = {"csrfmiddlewaretoken": token, "login": login, "password": password}
        asked = urllib.request.Request(page, urlencode(form).encode(), sent)
        with contextlib.suppress(HTTPError):  # the lowest level may not read the board that it is sent to
            browser.open(asked, timeout=PATIENCE_S).close()
        assert "sessionid" in {cookie.name for cookie in cookies}, login


@pytest.mark.parametrize(("what", "shown"), [(MONITOR, "Elif Demir"), (SCREEN, "North Gate")])
def test_the_views_open_in_another_window(kept, what, shown):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 140))
    view = subprocess.Popen(
        shlex.split(kept.told[what]),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    try:
        drawn = b""
        while shown.encode() not in drawn:
            drawn += os.read(ours, 65536)  # ends with an error, should the program end
    finally:
        view.kill()
        view.wait()
        os.close(ours)


def test_ctrl_c_ends_it_with_the_status_of_the_hours(kept):
    status, rest = kept.end()
    assert status == 0
    assert "Stopping." in rest
