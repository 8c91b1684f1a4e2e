import msgspec
import pytest

from muster.demo import table
from muster.demo.day import load_day
from muster.demo.table import Board, Line, TerminalRow

DAY = load_day()
COMPLETE = [TerminalRow("complete")]


def boards(change=lambda line: line):
    """What a centre's pages would tell that settled all as foreseen, but for a change to the lines."""
    lines = {
        on: [
            Line(one.who, one.seconds, "", one.here, [], activity=one.activity)
            for one in DAY.expected
            if DAY.date_of(one) == on
        ]
        for on in table.dates(DAY)
    }
    return {
        on: Board([changed for line in of_day if (changed := change(line))], COMPLETE)
        for on, of_day in lines.items()
    }


def changing(volunteer, **fields):
    return lambda line: msgspec.structs.replace(line, **fields) if line.volunteer == volunteer else line


def test_lines_as_foreseen_are_equal_on_both_dates():
    assert len(table.dates(DAY)) == 2
    assert table.equal(DAY, boards())
    assert table.render(DAY, boards()).endswith("\nexpected = settled")


@pytest.mark.parametrize(
    "change",
    [
        changing(100101, seconds=28_799),
        changing(100116, seconds=17_999),
        changing(100119, is_open=False),
        changing(100106, is_open=True),
        changing(100117, activity="lantern-watch"),
        lambda line: None if line.volunteer == 100116 else line,
    ],
    ids=["a second", "a second the evening before", "gone", "not gone", "other activity", "no line"],
)
def test_whatever_differs_is_not_equal(change):
    assert not table.equal(DAY, boards(change))
    assert table.render(DAY, boards(change)).endswith("\nexpected ≠ settled")


def test_a_line_that_nobody_foresaw_is_not_equal():
    more = boards()
    more[DAY.date].lines.append(Line(100116, 0, "", is_open=False, steps=[]))
    assert not table.equal(DAY, more)


@pytest.mark.parametrize("behind", [Board([], COMPLETE, waiting=1), Board([], [TerminalRow("missing")])])
def test_it_is_finished_once_every_date_is(behind):
    assert table.is_finished(boards())
    assert not table.is_finished({**boards(), DAY.date: behind})
