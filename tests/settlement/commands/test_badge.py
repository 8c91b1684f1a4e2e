"""`muster badge`, as whoever prints badges calls it."""

import os
import subprocess
import sys

import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner
from PIL import Image
from pyzbar import pyzbar

from foundation.clock import SystemClock
from muster.console import main
from sync.contract import badge
from sync.contract.badge import Badge, Form
from sync.contract.signing import SigningKey, VerifyKey
from tests.settlement.own_centre import ACCOUNT
from tests.sync.patience import PATIENCE_S

PEOPLE = "number,name,serial\n100101,林晓梅,\n100102,أحمد الحربي,2\n"
BROKEN = "100101,林晓梅,1\nx,Sara,\n100103,Sara 👍,\n"


@pytest.fixture
def muster(tmp_path, monkeypatch):
    """Runs `muster badge …` without a database, in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return CliRunner().invoke(main, ["badge", *map(str, words)])

    return run


@pytest.fixture
def key(muster):
    """The public key of the issuer whose key lies in issuer.pem."""
    return VerifyKey.from_hex(muster("key", "issuer.pem").stdout.split()[-1])


@pytest.fixture
def people(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file


def shown_on(picture):
    (found,) = pyzbar.decode(Image.open(picture))
    return found.data.decode()


def test_a_key_is_never_replaced(muster, key, tmp_path):
    again = muster("key", "issuer.pem")
    assert (again.exit_code, "never replaced" in again.stderr) == (1, True)
    assert SigningKey.load(tmp_path / "issuer.pem").public.raw == key.raw


def test_badges_are_printed_in_every_form(muster, key, people, tmp_path):
    done = muster(
        *("issue", "--csv", people, "--key", "issuer.pem"),
        *("--pdf", "out/b.pdf", "--png", "out/png", "--svg", "out/svg"),
    )
    assert done.exit_code == 0, done.stderr
    assert "2 badges are in" in done.stdout
    names = ["100101-1", "100102-2"]
    assert sorted(file.stem for file in (tmp_path / "out/svg").iterdir()) == names
    shown = [badge.verify(shown_on(tmp_path / f"out/png/{name}.png"), [key]) for name in names]
    assert shown == [Badge(100101), Badge(100102, serial=2)]
    assert len(pypdfium2.PdfDocument(tmp_path / "out/b.pdf")) == 1


def test_what_exists_is_not_overwritten_silently(muster, key, people, tmp_path):
    issue = ("issue", "--csv", people, "--key", "issuer.pem", "--png", "png")
    assert muster(*issue).exit_code == 0
    before = (tmp_path / "png/100101-1.png").read_bytes()
    again = muster(*issue)
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)
    assert (tmp_path / "png/100101-1.png").read_bytes() == before
    assert muster(*issue, "--overwrite").exit_code == 0


def test_one_broken_row_stops_all_unless_it_is_left_out(muster, key, people, tmp_path):
    people.write_text(PEOPLE + BROKEN)
    issue = ("issue", "--csv", people, "--key", "issuer.pem", "--pdf", "b.pdf")
    stopped = muster(*issue)
    assert stopped.exit_code == 1
    assert stopped.stdout.splitlines() == [
        "row 4: it repeats row 2: the same volunteer and serial",
        "row 5: 'x' is no volunteer number of 1 to 12 digits: x at place 1",
        "row 6: no font here has 👍 (U+1F44D)",
        "Nothing was written: 3 rows are broken. Correct them, or leave them out with --skip-broken.",
    ]
    assert not (tmp_path / "b.pdf").exists()
    done = muster(*issue, "--skip-broken")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (
        0,
        "2 badges are in b.pdf; 3 broken rows were left out.",
    )


def test_a_list_without_anybody_writes_nothing(muster, key, people, tmp_path):
    people.write_text("number,name\n")
    done = muster("issue", "--csv", people, "--key", "issuer.pem", "--pdf", "b.pdf")
    assert (done.exit_code, "nobody is named" in done.stdout) == (1, True)
    assert not (tmp_path / "b.pdf").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--csv", "people.csv"], "--pdf, --png or --svg"),
        (["--pdf", "b.pdf"], "either --csv or --centre"),
        (["--csv", "people.csv", "--centre", "c.toml", "--pdf", "b.pdf"], "either --csv or --centre"),
        (["--csv", "people.csv", "--volunteer", "1", "--pdf", "b.pdf"], "the centre's volunteers"),
        (["--centre", "c.toml", "--demo", "--pdf", "b.pdf"], "--demo is for a CSV file"),
        (["--csv", "people.csv", "--pdf", "b.pdf", "--font", "nowhere.ttf"], "does not exist"),
    ],
)
def test_options_that_do_not_fit_are_told(muster, key, people, words, told):
    refused = muster("issue", "--key", "issuer.pem", *words)
    assert refused.exit_code == 2
    assert told in " ".join(refused.stderr.split())


def test_a_missing_library_is_told(muster, key, people, monkeypatch):
    monkeypatch.setattr(
        "settlement.badges.libraries.find_spec", lambda name: None if name == "fpdf" else name
    )
    refused = muster("issue", "--csv", people, "--key", "issuer.pem", "--pdf", "b.pdf")
    assert (refused.exit_code, "fpdf is not installed. Install Muster" in refused.stderr) == (1, True)


def test_a_wrong_key_file_is_told(muster, people):
    refused = muster("issue", "--csv", people, "--key", "people.csv", "--pdf", "b.pdf")
    assert (refused.exit_code, "signing key people.csv can't be read" in refused.stderr) == (1, True)


def test_the_centre_prints_for_its_volunteers_with_a_key_that_its_terminals_know(key, own_centre, tmp_path):
    own_centre.run(
        "from settlement.accounts.audit import Signed\n"
        "from settlement.master_data.people import enter_volunteer, revoke_credential\n"
        "for number, name in ((1, '李明'), (2, 'سارة')): enter_volunteer(number, name, Signed(None, 0))\n"
        "revoke_credential('badge:2.1', 0, 0)\n"
    )

    def issue(*words):
        where = ("--centre", own_centre.config, "--key", tmp_path / "issuer.pem", "--png", tmp_path / "codes")
        given = [sys.executable, "-m", "muster", "badge", "issue", *map(str, where), *words]
        acts = {**os.environ, "MUSTER_AS": "zhao"}
        return subprocess.run(
            given, capture_output=True, text=True, check=False, timeout=PATIENCE_S, env=acts
        )

    own_centre.run(ACCOUNT)
    refused = issue()
    assert refused.returncode == 1
    assert "terminals would refuse the badges" in refused.stderr
    own_centre.configure(f'badge_issuers = ["{key.raw.hex()}"]\n')
    done = issue("--last-day", "2099-12-31")
    assert done.returncode == 0, done.stderr
    assert sorted(file.name for file in (tmp_path / "codes").iterdir()) == ["1-1.png", "2-2.png"]
    shown = badge.verify(shown_on(tmp_path / "codes/2-2.png"), [key])
    assert (shown.volunteer, shown.serial, str(shown.last_day)) == (2, 2, "2099-12-31")


def test_a_telephones_code_admits_for_a_minute(muster, key):
    before_s = SystemClock().wall_ms() // 1000
    token = muster("phone", 100101, "--key", "issuer.pem", "--plain").stdout.strip()
    shown = badge.verify(token, [key])
    assert (shown.volunteer, shown.form, shown.demo) == (100101, Form.PHONE, False)
    assert before_s + 60 <= shown.until_s <= SystemClock().wall_ms() // 1000 + 60


def test_a_telephones_code_is_shown_as_what_a_camera_reads(muster, key):
    done = muster("phone", 100101, "--key", "issuer.pem", "--seconds", 30, "--demo")
    *lines, told = done.stdout.rstrip().splitlines()
    assert told.startswith("Admits volunteer 100101 until ")
    # Each character is two modules, one above the other: a dark console shows full blocks as light.
    rows = [[one in half for one in line] for line in lines if line for half in ("█▀", "█▄")]
    grey = np.kron(np.array(rows, np.uint8) * 255, np.ones((6, 6), np.uint8))
    (found,) = pyzbar.decode(Image.fromarray(grey))
    shown = badge.verify(found.data.decode(), [key])
    assert (shown.volunteer, shown.form, shown.demo) == (100101, Form.PHONE, True)


def test_a_telephones_code_is_drawn_into_a_file(muster, key, tmp_path):
    muster("phone", 100101, "--key", "issuer.pem", "--svg", "code.svg")
    assert (tmp_path / "code.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("seconds", [4, 601])
def test_a_telephones_code_that_lives_long_is_a_badge(muster, key, seconds):
    assert muster("phone", 100101, "--key", "issuer.pem", "--seconds", seconds).exit_code == 2
