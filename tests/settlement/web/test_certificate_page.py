"""The page on which anybody checks a certificate."""

import pytest

from foundation.words import LANGUAGES
from settlement.organisations.tree import add_organisation
from settlement.recognition.certificates import issue_certificate
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(mei, fair, credit, noon_ms):
    fair.organisation = add_organisation("City <b>", issuer="310115")
    fair.organisation.in_charge = "Chen Yu"
    fair.organisation.save()
    fair.content, fair.recipients = "guiding", "guests"
    fair.save()
    mei.display_name = "Mei Ling"
    mei.save()
    credit(mei, 3600)
    return issue_certificate(fair.organisation, mei, by=actor("staff1"), now_ms=noon_ms)


@pytest.fixture
def page(client):
    return lambda path: client.get(path, secure=True, follow=True).content.decode()


def test_it_states_hours_and_unit_and_masks_the_name(issued, page):
    told = page(f"/certificate/{issued.number}/{issued.token}")
    assert "Valid" in told
    assert "M** L***" in told
    assert "Mei Ling" not in told
    assert "City &lt;b&gt;" in told
    assert "1.0" in told


def test_a_number_alone_asks_for_the_token_and_another_token_accuses_nobody(issued, page):
    assert "type the token too" in page(f"/certificate/?number={issued.number}&token=")
    assert "looks the same as a false one" in page(f"/certificate/{issued.number}/{'0' * 16}")


def test_number_and_token_can_be_typed_as_they_come_out_of_other_programs(issued, page):
    spaced = issued.number.replace("-", " \N{EN DASH} ")
    assert "Valid" in page(f"/certificate/?number={spaced}&token={issued.token[:4]}+{issued.token[4:]}")


def test_number_and_token_can_be_typed_in_any_case(issued, page):
    assert "Valid" in page(f"/certificate/?number=+{issued.number.lower()}+&token={issued.token.upper()}")


def test_a_number_alone_tells_nothing(issued, page):
    told = page(f"/certificate/{issued.number}")
    assert "type the token too" in told
    assert "City" not in told


def test_who_tries_many_is_told_to_wait(issued, client):
    tried = [client.get(f"/certificate/{issued.number}/{guess:016x}", secure=True) for guess in range(31)]
    assert [answer.status_code for answer in tried] == [200] * 30 + [429]
    assert "Wait a minute" in tried[-1].content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["VSC-310115-2026-000001-00", "x/../../y", "<script>", "/", "%00"])
def test_what_is_no_number_is_told_in_every_language(language, typed, page):
    told = page(f"/certificate/?number={typed}&language={language}")
    assert "✖" in told
    assert "<script>" not in told


def test_without_a_number_it_asks_for_one(db, page):
    assert "<input" in page("/certificate/")


def test_a_certificate_of_nobody_is_told(db, page):
    from settlement.rules.certificate import certificate_number

    number = certificate_number("310115", 2026, 1)
    assert "No certificate with this number" in page(f"/certificate/{number}/{'0' * 16}")
