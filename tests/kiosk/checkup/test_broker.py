"""What a technician is told of each way in which the broker was not reached."""

import pytest

from foundation.trouble import Trouble
from kiosk.checkup.broker import BrokerSeen, judge_broker, look_at_broker
from kiosk.checkup.check import Mark
from kiosk.local_api.messages import LinkReport
from kiosk.settings import KioskFiles
from sync.line.broker_trial import BrokerTrial, Obstacle
from tests.english import in_english
from tests.kiosk.checkup.said import codes
from tests.kiosk.terminal_files import TerminalFolder

WELL = BrokerTrial()


def seen(trial=WELL, **more):
    return BrokerSeen("broker.example", 8883, "/etc/muster/ca.pem", trial, **more)


def test_a_broker_that_lets_the_terminal_in_is_well():
    assert judge_broker(seen()).said.code == "broker_good"
    assert judge_broker(seen(connected=True)).said.code == "broker_connected"
    assert judge_broker(BrokerSeen("h", 1883, "", WELL)).said.code == "broker_unencrypted"


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_each_obstacle_has_a_sentence_of_its_own(obstacle):
    told = {in_english(*_found(one)) for one in Obstacle}
    assert len(told) == len(Obstacle)
    assert codes(judge_broker(seen(BrokerTrial(obstacle, "why")))).keys() == {_found(obstacle)[0].code}
    assert "broker.example" in in_english(*_found(obstacle))


def _found(obstacle):
    check = judge_broker(seen(BrokerTrial(obstacle, "why")))
    assert check.mark is Mark.BROKEN
    return [one.trouble for one in check.findings]


def test_without_usable_certificates_nothing_is_judged():
    assert judge_broker(seen(None)).mark is Mark.OPEN


def test_what_the_uplink_complains_of_while_connected_is_to_be_looked_at():
    late = Trouble.of("certificate_not_renewed", days=3, why="x")
    check = judge_broker(seen(connected=True, troubles=(late,)))
    assert codes(check) == {"certificate_not_renewed": "look"}


def test_an_address_where_nobody_listens_is_tried_really(tmp_path):
    folder = TerminalFolder(tmp_path)
    link = LinkReport(connected=False, unsent=0)
    check = judge_broker(look_at_broker(KioskFiles(folder.settings), link))
    folder.scanner.unplug()
    assert codes(check) == {"broker_unreachable": "broken"}
