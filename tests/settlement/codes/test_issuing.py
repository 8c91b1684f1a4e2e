import re

import msgspec
import pytest

from foundation.errors import GatewayError, RulesError, SettingsError
from settlement.settings import GatewayKind
from sync.contract import one_time_code
from sync.contract.one_time_code import LIFE_MS, lookup_of
from tests.settlement.codes.conftest import KEY, PHONE

MINUTE = 60_000


def digits_of(message):
    return re.search("[0-9]{6}", message[1]).group()


def refusal(issue, **more):
    with pytest.raises(RulesError) as raised:
        issue(**more)
    return raised.value.code


def test_it_sends_six_digits_in_the_volunteers_language(issue, telephone):
    issue()
    [(number, text)] = telephone.messages
    assert number == PHONE
    digits = digits_of(telephone.messages[0])
    assert text == f"您的签到验证码是 {digits}，十分钟内有效，只能使用一次，请勿转告他人。"


def test_it_keeps_neither_digits_nor_number_but_what_terminals_need(issue, telephone, noon_ms, site, mei):
    from settlement.models import IssuedCode

    issued = issue()
    row = IssuedCode.objects.get()
    digits = digits_of(telephone.messages[0])
    assert (row.ref, row.volunteer, row.site) == (issued.ref, mei, site)
    assert row.lookup == lookup_of(KEY, digits)
    assert (row.issued_ms, row.expires_ms, row.given_ms) == (noon_ms, noon_ms + LIFE_MS, None)
    stored = " ".join(str(value) for value in IssuedCode.objects.values_list().get())
    assert digits not in stored
    assert PHONE.removeprefix("+86") not in stored


@pytest.mark.parametrize("number", ["+86 139-1234 5678", "13912345678", "0086 13912345678", PHONE])
def test_a_number_may_be_written_as_people_write_it(issue, telephone, number):
    issue(number=number)
    assert telephone.messages[0][0] == PHONE


@pytest.mark.parametrize("number", ["", "1391234567", "+0", "+86139abc", "0086139", PHONE + "0" * 9])
def test_anything_else_than_one_mobile_number_is_refused(issue, telephone, number):
    assert refusal(issue, number=number) == "BAD_TELEPHONE"
    assert telephone.messages == []


def test_a_telephone_of_nobody_or_of_somebody_else_gets_no_code(issue, telephone, wei):
    from settlement.models import IssuedCode

    assert refusal(issue, number="+8613900000000") == "UNKNOWN_TELEPHONE"
    assert refusal(issue, volunteer=wei) == "UNKNOWN_TELEPHONE"
    assert (telephone.messages, IssuedCode.objects.count()) == ([], 0)


def test_a_telephone_that_was_taken_back_gets_no_code(issue, mei):
    mei.credentials.update(revoked_ms=1)
    assert refusal(issue) == "UNKNOWN_TELEPHONE"


def test_somebody_suspended_gets_no_code(issue, mei):
    mei.suspended = True
    mei.save()
    assert refusal(issue) == "SUSPENDED_VOLUNTEER"


def test_a_telephone_gets_three_codes_in_a_quarter_of_an_hour(issue, telephone):
    for minute in range(3):
        issue(minute * MINUTE)
    with pytest.raises(RulesError, match="wait 12 min") as raised:
        issue(3 * MINUTE)
    assert raised.value.code == "TOO_MANY_CODES"
    assert len(telephone.messages) == 3
    issue(15 * MINUTE)


def test_ten_codes_in_a_day_are_the_most(issue):
    for count in range(10):
        issue(count * 20 * MINUTE)
    assert refusal(issue, after_ms=200 * MINUTE) == "TOO_MANY_CODES"
    issue(24 * 60 * MINUTE)


def test_a_second_telephone_of_the_same_volunteer_gives_no_more_codes(issue, mei):
    from settlement.models import Credential
    from sync.contract.pseudonym import Subject, keyed_reference

    second = "+8613911111111"
    ref = keyed_reference(KEY, Subject.PHONE, second)
    Credential.objects.create(ref=ref, volunteer=mei, method="sms_in", assurance="low")
    for minute in range(3):
        issue(minute * MINUTE)
    assert refusal(issue, after_ms=3 * MINUTE, number=second) == "TOO_MANY_CODES"


def test_digits_that_are_in_use_at_the_site_are_not_drawn_again(issue, telephone, monkeypatch):
    numbers = iter([7, 7, 8])
    monkeypatch.setattr(one_time_code.secrets, "randbelow", lambda below: next(numbers))
    issue()
    issue(MINUTE)
    assert [digits_of(one) for one in telephone.messages] == ["000007", "000008"]


def test_a_code_whose_message_may_be_lost_counts_and_is_valid_should_it_arrive(issue, telephone):
    from settlement.models import IssuedCode

    telephone.reachable = False
    with pytest.raises(GatewayError):
        issue()
    assert IssuedCode.objects.count() == 1


def test_the_token_of_the_provider_is_read_from_its_file(settings, tmp_path):
    from settlement.codes.issuing import provider_token

    assert provider_token(settings.CENTRE) == ""
    messages = msgspec.structs.replace(settings.CENTRE.text_messages, token_file="token")
    centre = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path), text_messages=messages)
    with pytest.raises(SettingsError, match="token_file"):
        provider_token(centre)
    (tmp_path / "token").write_text("s3cret\n")
    assert provider_token(centre) == "s3cret"


def test_a_centre_without_a_gateway_says_so(settings):
    from settlement.codes.gateway import open_gateway

    assert settings.CENTRE.text_messages.gateway is GatewayKind.NONE
    with pytest.raises(GatewayError, match="text_messages"):
        open_gateway(settings.CENTRE.text_messages, "", print)


def test_what_is_printed_shows_no_whole_number(settings):
    from settlement.codes.gateway import open_gateway

    printed = []
    messages = msgspec.structs.replace(settings.CENTRE.text_messages, gateway=GatewayKind.PRINT)
    open_gateway(messages, "", printed.append).send(PHONE, "Hello 123456")
    assert printed == ["text message to …5678: Hello 123456"]
