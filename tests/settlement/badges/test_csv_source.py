import datetime as dt

import pytest

from foundation.errors import SettingsError
from settlement.badges.csv_source import read_wanted
from settlement.lists.file import ListFile
from settlement.lists.text_table import Encoding
from sync.contract.badge import Badge
from tests.english import in_english

TODAY = dt.date(2026, 3, 7)


def read(text, **options):
    return read_wanted(ListFile(text.encode()), TODAY, **({"demo": False} | options))


def fault_of(row, header="number,name,serial,last_day"):
    wanted, (fault,) = read(f"{header}\n{row}\n")
    assert wanted == []
    return in_english(fault.faults[0])


def test_a_row_needs_a_number_and_a_name_alone():
    (one,), broken = read("number,name\n100101,林晓梅\n")
    assert (in_english(one.place), one.badge, one.name) == ("row 2", Badge(100101), "林晓梅")
    assert broken == []


def test_a_row_may_name_serial_and_last_day():
    (one,), _ = read("name,last_day,serial,number\nSara,2026-12-31,7,100103\n", demo=True)
    assert one.badge == Badge(100103, serial=7, last_day=dt.date(2026, 12, 31), demo=True)


def test_the_last_day_may_be_today():
    (one,), _ = read("number,name,last_day\n1,Sara,2026-03-07\n")
    assert one.badge.last_day == TODAY


def test_two_badges_of_one_volunteer_have_two_serials():
    wanted, broken = read("number,name,serial\n1,Sara,1\n1,Sara,2\n1,Sara,02\n")
    assert [one.badge.serial for one in wanted] == [1, 2]
    assert [in_english(each) for row in broken for each in row.troubles] == [
        "row 4: it repeats row 3: the same volunteer and serial"
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,Sara,,", "'x' is no volunteer number"),
        ("0,Sara,,", "'0' is no volunteer number"),
        (",Sara,,", "'' is no volunteer number"),
        ("1,,,", "the name must have"),
        (f"1,{'a' * 81},,", "the name must have"),
        ("1,Sara,-1,", "'-1' is no serial"),
        ("1,Sara,one,", "'one' is no serial"),
        ("1,Sara,65536,", "serial 65536 can't be issued"),
        ("1,Sara,,2026-03-06", "its last day, 2026-03-06, is over"),
        ("1,Sara,,2199-08-01", "valid until 2199-08-01 can't be issued"),
        ("1,Sara,,31.12.2026", "'31.12.2026' is no date"),
        ("1,Sara", "it has 2 cells, the first row 4"),
    ],
)
def test_a_broken_row_tells_why(row, why):
    assert why in fault_of(row)


def test_an_identity_number_in_the_wrong_column_is_not_repeated():
    assert "11010519491231002X" not in fault_of("11010519491231002X,Sara,,")


def test_a_file_of_a_chinese_spreadsheet_is_read():
    content = "number,name\n1,林晓梅\n".encode("gb18030")
    (one,), _ = read_wanted(ListFile(content, Encoding.GB18030), TODAY, demo=False)
    assert one.name == "林晓梅"
    with pytest.raises(SettingsError, match=r"not UTF-8.*GB18030"):
        read_wanted(ListFile(content), TODAY, demo=False)


@pytest.mark.parametrize("text", ["", "number\n1\n", "number,name,phone\n1,Sara,1\n", '"number,name\n1'])
def test_another_kind_of_file_is_refused(text):
    with pytest.raises(SettingsError, match="number, name"):
        read(text)
