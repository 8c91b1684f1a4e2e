"""A file that root may read all the same is judged for the account of the service that needs it."""

import pytest

from kiosk.checkup.files import judge_file, look_at_file


@pytest.mark.parametrize(
    ("mode", "told"),
    [(0o600, ["service_may_not_read"]), (0o000, ["service_may_not_read"]), (0o644, [])],
)
def test_a_file_that_bars_its_service_is_told(tmp_path, mode, told):
    path = tmp_path / "terminal.key"
    path.touch()
    path.chmod(mode)
    seen = look_at_file(path, "signing_key_file", "nobody")
    found = [one.trouble.code for one in judge_file(seen, "root", secret=False)]
    assert [code for code in found if code != "account_may_not_read"] == told


def test_an_account_that_is_not_on_this_machine_is_not_judged(tmp_path):
    path = tmp_path / "terminal.key"
    path.touch(mode=0o600)
    assert look_at_file(path, "signing_key_file", "nobody-of-here").barred == ""
