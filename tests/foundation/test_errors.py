import pytest

from foundation import errors
from foundation.errors import CredentialError, MessageError, MusterError, RulesError

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MusterError)]
WITH_CODE = [MessageError, CredentialError, RulesError]


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


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind not in WITH_CODE])
def test_an_error_is_a_sentence_and_what_to_do(kind):
    error = kind("The disk is full.", remedy="Free some space.")
    assert str(error) == "The disk is full. Free some space."
    assert (error.what, error.remedy) == ("The disk is full.", "Free some space.")
    assert isinstance(error, MusterError)


@pytest.mark.parametrize("kind", WITH_CODE)
def test_an_error_with_a_code_keeps_it_out_of_the_sentence(kind):
    error = kind("auth", "It is forged.", remedy="Check it.")
    assert error.code == "auth"
    assert str(error) == "It is forged. Check it."
