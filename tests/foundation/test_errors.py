import pytest

from foundation import errors
from foundation.errors import CredentialError, DeviceError, MessageError, MusterError, RulesError
from foundation.refusal import Refusal
from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MusterError)]


def test_there_are_no_others():
    assert {kind.__name__ for kind in CLASSES} == {
        "MusterError",
        "SettingsError",
        "DeviceError",
        "LogError",
        "LogDamagedError",
        "MessageError",
        "CredentialError",
        "RulesError",
        "GatewayError",
    }


def test_an_error_is_a_sentence_and_what_to_do_in_english():
    error = DeviceError("port_speed", port="/dev/ttyS0", why="EINVAL")
    assert (
        str(error) == "The port /dev/ttyS0 can't be opened (EINVAL). Choose a speed that the port supports."
    )
    assert error.what == "The port /dev/ttyS0 can't be opened (EINVAL)."
    assert error.remedy == "Choose a speed that the port supports."


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_is_said_in_the_readers_language(language):
    error, words = DeviceError("zbar_missing"), Words(language)
    assert error.said_in(words) == words.trouble(error.trouble)
    assert (error.said_in(words) == str(error)) is (language == "en")


def test_an_error_keeps_its_code_and_what_fills_its_sentence_in():
    error = DeviceError("port_lost", port="/dev/ttyS0", why=OSError("gone"))
    assert error.trouble == Trouble("port_lost", {"port": "/dev/ttyS0", "why": "gone"})


def test_a_message_is_refused_with_a_code_of_the_line_and_a_sentence_for_people():
    error = MessageError("auth", "not_signed", kind="ack", key="a1")
    assert (error.code, error.trouble.code) == ("auth", "not_signed")
    assert error.what == "A ack message is not signed by key a1."


def test_a_credential_is_refused_with_the_reason_that_stands_in_the_log():
    error = CredentialError(Refusal.FORGED_TAG, "The signature is not of its key.")
    assert error.code is Refusal.FORGED_TAG
    assert str(error) == (
        "This tag was not issued by the organiser. Please use your own badge, or ask the staff. "
        "The signature is not of its key."
    )
    assert error.said_in(Words("en")).endswith("ask the staff.")


def test_a_rules_error_tells_which_rule_was_broken():
    assert RulesError("NOBODY").code == "NOBODY"
