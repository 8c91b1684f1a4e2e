import pytest

from foundation.errors import SettingsError
from sync.contract.staff_pin import fits, verifier_of


def test_a_verifier_knows_its_pin_and_no_other():
    verifier = verifier_of("730518")
    assert verifier.startswith("$argon2id$")
    assert "730518" not in verifier
    assert fits(verifier, "730518")
    assert not fits(verifier, "730519")
    assert not fits(verifier, "")


def test_the_same_pin_has_another_verifier_each_time():
    assert verifier_of("730518") != verifier_of("730518")


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567890123", "12a456", "٧٣٠٥١٨", "111111", "123456", "890123"]
)
def test_a_pin_that_is_too_short_or_easily_guessed_is_refused(pin):
    with pytest.raises(SettingsError) as refused:
        verifier_of(pin)
    assert not pin or pin not in str(refused.value)


def test_a_damaged_verifier_fits_nothing():
    assert not fits("$argon2id$", "730518")
