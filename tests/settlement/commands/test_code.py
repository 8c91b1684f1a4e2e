import re

import msgspec
import pytest
from click.testing import CliRunner

from settlement.settings import GatewayKind
from sync.contract.pseudonym import Subject, keyed_reference
from sync.contract.wire import Realm
from tests.settlement.actors import actor

KEY = bytes(range(32))
PHONE = "+8613912345678"


@pytest.fixture
def issue(db, settings, folder, site, mei):
    """Runs `muster code issue` for Mei, a telephone number on its standard input."""
    from muster.console import main
    from settlement.models import Credential

    (folder / "pseudonym.key").write_text(KEY.hex())
    messages = msgspec.structs.replace(settings.CENTRE.text_messages, gateway=GatewayKind.PRINT)
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, realm=Realm.DEMO, text_messages=messages)
    ref = keyed_reference(KEY, Subject.PHONE, PHONE)
    Credential.objects.create(ref=ref, volunteer=mei, method="sms_in", assurance="low")

    def _issue(number=PHONE, volunteer="1001", place="north"):
        words = ["code", "issue", "--volunteer", volunteer, "--site", place]
        config = ["--config", str(folder / "settlement.toml"), "--as", actor("zhao").login]
        return CliRunner().invoke(main, [*words, *config], input=f"{number}\n")

    return _issue


def test_it_sends_a_code_and_says_where_it_works(issue):
    done = issue()
    assert done.exit_code == 0, done.output
    assert re.search("text message to …5678: .*[0-9]{6}", done.stdout)
    assert re.search("code:1001[.][0-9a-f]{16} is on its way. It works at North gate", done.stdout)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "+8613900000000"}, "not registered for volunteer 1001"),
        ({"number": "139"}, "Write it as"),
        ({"volunteer": "7"}, "There is no volunteer 7"),
        ({"place": "east"}, "There is no site 'east'"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_sent(issue, wrong, sentence):
    done = issue(**wrong)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "text message to" not in done.output
