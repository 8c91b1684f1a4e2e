"""`muster centre import`: what it prints, and with which status it ends."""

import subprocess
import sys

import pytest

from settlement.ingest.ingest import ingest
from settlement.lists.number_spans import spans
from settlement.models import Activity, LogAlarm, Membership, Site, Volunteer
from settlement.organisations.tree import add_organisation
from sync.contract.events import Alarm
from tests.settlement.lists.workbooks import workbook
from tests.settlement.own_centre import ACCOUNT

GOOD = "number,name,phone\n1001,Mei,13800138000\n1002,Wei,\n"
BROKEN = GOOD + "one,Zhao,\n"


@pytest.fixture
def write(tmp_path):
    def _write(text, encoding="utf-8"):
        file = tmp_path / "people.csv"
        file.write_text(text, encoding=encoding)
        return file

    return _write


def test_it_says_what_is_new(muster, write):
    city = add_organisation("City")
    told = muster("centre", "import", write(GOOD), "--organisation", city.path)
    assert told.startswith("2 volunteers, 2 memberships, 0 assignments and 1 cards are new; 0 broken rows ")
    assert Membership.objects.filter(organisation=city).count() == 2


def test_one_broken_row_stops_all_and_is_told(muster, write):
    told = muster("centre", "import", write(BROKEN), status=1)
    assert "row 4: 'one' is no volunteer number" in told
    assert "Nothing was imported: 1 rows are broken" in told
    assert not Volunteer.objects.exists()


def test_broken_rows_are_left_out_if_asked(muster, write):
    told = muster("centre", "import", write(BROKEN), "--skip-broken")
    assert "row 4: " in told
    assert "1 broken rows were left out" in told
    assert Volunteer.objects.count() == 2


def test_a_preview_tells_everything_and_stores_nothing(muster, write):
    city = add_organisation("City")
    file = write(BROKEN.replace("13800138000", "138 0013 8000"))
    told = muster("centre", "import", file, "--organisation", city.path, "--preview", status=1)
    assert told.endswith(
        "Rows that would be refused: 1\n"
        "row  column  what is wrong, and what is wanted                             what to do\n"
        "4    number  'one' is no volunteer number of 1 to 12 digits: o at place 1  "
        "Write the volunteer number alone, with 1 to 12 digits.\n"
        "\n"
        "Cells that would be read otherwise than they are written "
        "(9 stands for any digit, A and a for letters):\n"
        "column  cells  what is done                         for example\n"
        "phone   1      + and the country are put before it  999 9999 9999 → +8699999999999\n"
        "\n"
        "Volunteers: 2 new, 0 known.\n"
        "Memberships: 2 new, 0 as they are.\n"
        "Assignments: 0 new, 0 with another post, 0 as they are.\n"
        "Cards, telephones and codes: 1 new, 0 known.\n"
        "New volunteers: 1001–1002\n"
        "New, telephone: of 1001\n"
        "As it stands nothing would be imported: correct these rows, or leave them out with --skip-broken.\n"
        "This was a preview: nothing is stored.\n"
    )
    assert not Volunteer.objects.exists()
    muster("centre", "import", file, "--organisation", city.path, "--preview", "--skip-broken")
    assert not Volunteer.objects.exists()


def test_a_preview_of_a_file_that_is_no_list_says_why(muster, write):
    assert "lacks number, name" in muster("centre", "import", write("wage\n"), "--preview", status=1)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((), ""), ((7,), "7"), ((1, 2, 3, 7, 9, 10), "1–3, 7, 9–10"), (range(0, 200, 2), "98 …")],
)
def test_numbers_are_told_in_few_words(numbers, told):
    assert spans(numbers, 50).endswith(told)


def test_a_sheet_of_a_workbook_is_named(muster, tmp_path):
    def further(book, _):
        book.create_sheet("Choir").append(["number", "name"])

    file = tmp_path / "people.csv"
    file.write_bytes(workbook([["number", "name"], [1001, "Mei"]], further))
    assert "Sheet, Choir" in muster("centre", "import", file, status=1)
    muster("centre", "import", file, "--sheet", "Sheet")
    assert Volunteer.objects.get().number == 1001


def test_another_encoding_is_said(muster, write):
    file = write("number,name\n1001,王小明\n", "gb18030")
    assert "--encoding" not in muster("centre", "import", file, "--encoding", "gb18030")
    assert Volunteer.objects.get().display_name == "王小明"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("none.csv",), "none.csv can't be read"),
        (("--organisation", "0009"), "organisation '0009'"),
    ],
)
def test_what_is_not_there_is_told(muster, write, words, why):
    file = () if words[0] == "none.csv" else (write(GOOD),)
    assert why in muster("centre", "import", *file, *words, status=1)
    assert not Volunteer.objects.exists()


def test_the_command_works_on_its_own(own_centre, write):
    own_centre.run(ACCOUNT)
    command = [sys.executable, "-m", "muster", "centre", "import", str(write(GOOD)), "--as", "zhao"]
    done = subprocess.run(
        [*command, "--config", str(own_centre.config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 volunteers")
    assert own_centre.rows("SELECT count(*) FROM settlement_credential") == [(1,)]
    assert (own_centre.folder / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_the_example_of_the_help_can_be_entered(muster, tmp_path):
    from muster.commands.machines.centre import centre

    example = centre.commands["enter"].help.partition("\b\n")[2]
    file = tmp_path / "master.toml"
    file.write_text(example, encoding="utf-8")
    assert "3 sites, organisations and activities are entered" in muster("centre", "enter", file)
    assert Activity.objects.get().breaks.count() == 1


def test_a_mistake_in_master_data_is_told_and_nothing_is_entered(muster, tmp_path):
    file = tmp_path / "master.toml"
    file.write_text('[[site]]\ncode = "n"\nname = "N"\nzone = "Moon"\n', encoding="utf-8")
    told = muster("centre", "enter", file, status=1)
    assert "site 'n': The zone 'Moon' is not in the time zone database. Use an IANA name" in told
    assert "Nothing was entered: 1 mistakes" in told
    assert not Site.objects.exists()


def test_a_prepared_centre_tells_what_its_terminals_need(muster, tmp_path):
    told = muster("centre", "prepare")
    assert f"are in {tmp_path / 'broker'}" in told
    assert "muster terminal add" in told
    assert (tmp_path / "pseudonym.key").read_text() not in told


def test_the_roster_is_written_as_the_help_says(muster, terminal, tmp_path):
    muster("centre", "prepare")
    file = tmp_path / "roster.json"
    assert f"The roster of {terminal.name} is in {file}" in muster("centre", "roster", terminal.name, file)
    assert b"north" in file.read_bytes()


def test_an_alarm_of_the_centres_own_stays_listed_until_it_is_settled(muster, terminal, centre, noon_ms):
    long_ago_ms = noon_ms - 90 * 86_400_000
    ingest(terminal.hello_topic, terminal.hello([], taken_over=True), long_ago_ms, centre=centre)
    told = muster("centre", "alarms")
    assert "session_taken_over  another device speaks with its certificate  open" in told
    assert "Another device speaks to the broker with this terminal's certificate" in told
    assert "No alarm of a terminal's own" in told
    number = LogAlarm.objects.get().pk
    said = muster("centre", "settle-alarm", number, "the old device was still on", "--as", "zhao")
    assert said == f"Alarm {number} (session_taken_over) about north-gate is settled.\n"
    assert "No alarm came" in muster("centre", "alarms")
    assert "Zhao: the old device was still on" in muster("centre", "alarms", "--days", "100")
    assert "was settled already" in muster("centre", "settle-alarm", number, "x", "--as", "qian", status=1)


def test_what_a_restored_database_lacks_is_listed_with_where_it_is(muster, terminal, deliver, hear, folder):
    muster("centre", "prepare")
    assert "Nothing is missing that a terminal has told of" in muster("centre", "restore-check")
    for _ in range(4):
        terminal.check_in()
    deliver(1, 2)
    deliver(5, 5)
    hear()
    kept = folder / "archive" / terminal.name
    kept.mkdir(parents=True)
    (kept / f"{terminal.epoch}-000000001-000000003.muster").touch()
    told = muster("centre", "restore-check", "--restored")
    assert told.startswith("This is generation 2 of the database")
    assert f"north-gate  {terminal.epoch[:8]}  3–3     1         {kept}" in told
    assert f"north-gate  {terminal.epoch[:8]}  4–4     1         at the terminal" in told
    assert "muster log import FILE" in told


def test_the_alarms_of_terminals_are_listed_and_explained(muster, terminal, deliver, noon_ms):
    assert "No alarm came in the last 30 days." in muster("centre", "alarms")
    terminal.log(Alarm, wall_ms=noon_ms, code="clock_jump", detail="offset 1 ms -> 9000 ms")
    terminal.log(Alarm, wall_ms=noon_ms, code="of_tomorrow")
    terminal.check_in()
    deliver()
    told = muster("centre", "alarms")
    assert "2026-03-07 12:00:00  north-gate  clock_jump   offset 1 ms -> 9000 ms" in told
    assert "clock_jump: The terminal's clock was set by two seconds or more" in told
    assert "of_tomorrow: The terminal tells of of_tomorrow. Its version of Muster is newer" in told
    assert told.count("north-gate") == 2
