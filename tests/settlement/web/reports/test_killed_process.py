"""A process that is killed in the middle of a report: its successor makes it, and nothing is left behind."""

import signal

import pytest

from tests.sync.patience import PATIENCE_S

ASK = """
from actors import actor
from settlement.models import ReportFile, Volunteer
from settlement.reports.files import FileForm, ask_for_file
from settlement.reports.kinds import Asked, kind_called
Volunteer.objects.bulk_create(Volunteer(number=n, display_name=f"V{n}") for n in range(1, 5001))
asked = Asked(now_ms=1_772_856_000_000, year=2026, branch="", places=5, months=12)
ask_for_file(kind_called("lapsed"), asked, FileForm.CSV, "en", by=actor("Zhao"))
"""
KILLED = """
import os, signal, threading
from settlement.reports import making
written = making.csv_parts
def dies(table):
    parts = written(table)
    yield next(parts)
    yield next(parts)
    os.kill(os.getpid(), signal.SIGKILL)
making.csv_parts = dies
making.make_next(threading.Event())
"""
NEXT = """
import threading
from settlement.models import ReportFile
from settlement.reports.files import end_old_files
from settlement.reports.making import make_next
print(ReportFile.objects.get().state)
end_old_files()
print(make_next(threading.Event()), make_next(threading.Event()))
row = ReportFile.objects.get()
print(row.state, row.rows, row.tries)
"""


@pytest.mark.long
def test_the_next_process_makes_what_a_killed_one_was_making(own_centre):
    own_centre.run(ASK)
    assert own_centre.start(KILLED).wait(PATIENCE_S) == -signal.SIGKILL
    folder = own_centre.folder / "reports"
    assert len(list(folder.iterdir())) == 1
    assert own_centre.run(NEXT).splitlines()[-3:] == ["running", "True False", "done 5000 2"]
    (file,) = folder.iterdir()
    assert file.read_text("utf-8").count("\n") > 5000
