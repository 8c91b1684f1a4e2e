from foundation.trouble import Trouble
from kiosk.local_api.messages import Enrolment, EnrolmentStage
from kiosk.provisioning.enrolment_progress import ProgressFile, write_progress

ASKING = Enrolment(EnrolmentStage.ASKING, words="a b c d e f")
FAILED = Enrolment(EnrolmentStage.FAILED, trouble=Trouble.term("enrol", "expired", terminal="gate-1"))


def test_each_step_is_told_once(tmp_path):
    file = tmp_path / "run" / "progress.json"
    look = ProgressFile(file)
    assert look.news() is None
    for step in (ASKING, FAILED):
        write_progress(file, step)
        assert look.news() == step
        assert look.news() is None


def test_junk_and_a_file_that_is_too_large_are_no_news(tmp_path):
    file = tmp_path / "progress.json"
    for content in (b"junk", b"{}", b'{"stage":"failed"}' + b" " * 20_000):
        file.write_bytes(content)
        assert ProgressFile(file).news() is None


def test_where_nothing_can_be_written_nobody_is_stopped(tmp_path):
    (tmp_path / "run").write_text("a file")
    write_progress(tmp_path / "run" / "progress.json", ASKING)
