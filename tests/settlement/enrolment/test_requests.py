import socket

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from foundation.clock import SystemClock
from foundation.errors import RulesError, SettingsError
from settlement.enrolment import approval
from settlement.enrolment.names import emptiest_bucket
from settlement.enrolment.requests import WAITING_MS
from settlement.enrolment.server import EnrolmentServer, open_context
from settlement.enrolment.tokens import add_terminal, authority_fingerprint, renew_terminal
from settlement.models import EnrolmentToken, RefusedEnrolment, Terminal, TerminalRequest, TlsCertificate
from sync.contract import enrolment
from sync.contract.enrolment import AnswerState, EnrolmentRefusal, approval_code
from sync.contract.enrolment_token import read_token
from sync.contract.pseudonym import load_key
from sync.line.certificate_authority import common_name_of
from tests.settlement.actors import actor
from tests.settlement.enrolment.conftest import HOST

HOUR = 3_600_000


def refusals():
    return list(RefusedEnrolment.objects.order_by("id").values_list("refusal", flat=True))


def test_a_terminal_with_a_token_gets_all_that_it_needs(answer, asking, token, settings, site):
    made = token()
    assert read_token(made.text()) == made
    assert made.fingerprint == authority_fingerprint(settings.CENTRE)
    terminal = asking(made)
    told = answer(terminal)
    assert told.state is AnswerState.GRANTED
    granted = terminal.granted(told)
    row = Terminal.objects.get()
    assert (row.id, row.site, row.public_key, row.realm) == (
        "lantern-1",
        site,
        terminal.key.public.raw.hex(),
        "live",
    )
    assert (granted.terminal, granted.site, granted.zone, f"{granted.bucket:02d}") == (
        "lantern-1",
        "North gate",
        "Asia/Shanghai",
        row.bucket,
    )
    certificate = x509.load_pem_x509_certificate(granted.certificate.encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(granted.authority.encode()))
    assert common_name_of(certificate) == "lantern-1"
    assert certificate.public_key() == terminal.tls.public_key()
    opened = enrolment.open_secrets(granted, terminal.sealing)
    assert opened.pseudonym_key == load_key(settings.CENTRE.path("pseudonym.key")).hex()
    assert opened.pseudonym_key.encode() not in msgspec.json.encode(told)
    assert TlsCertificate.objects.filter(name="lantern-1").count() == 1
    assert refusals() == []


def test_the_broker_beside_the_centre_is_told_by_the_name_that_terminals_know(settings, centre_settings):
    assert centre_settings.broker_for_terminals() == ("127.0.0.1", 8883)
    elsewhere = msgspec.structs.replace(
        centre_settings.enrolment, broker_host="mqtt.example.org", broker_port=1234
    )
    assert msgspec.structs.replace(centre_settings, enrolment=elsewhere).broker_for_terminals() == (
        "mqtt.example.org",
        1234,
    )


def test_the_database_holds_no_secret_of_a_token(token):
    made = token()
    row = EnrolmentToken.objects.get()
    held = " ".join(str(value) for value in vars(row).values())
    assert made.secret.hex() not in held
    assert made.secret.hex() not in row.nonce


def test_the_same_request_gets_the_same_answer_however_often_it_comes(answer, asking, token, noon_ms):
    terminal = asking(token())
    first = answer(terminal)
    assert answer(terminal, noon_ms + 5 * HOUR) == first
    assert Terminal.objects.count() == TlsCertificate.objects.filter(name="lantern-1").count() == 1


def test_a_token_that_was_used_is_refused_and_told_to_the_centre(answer, asking, token):
    made = token()
    answer(asking(made))
    told = answer(asking(made))
    assert (told.state, told.refusal, told.arguments) == (
        AnswerState.REFUSED,
        EnrolmentRefusal.USED,
        {"terminal": "lantern-1"},
    )
    row = RefusedEnrolment.objects.get()
    assert (row.refusal, row.terminal, row.address) == (EnrolmentRefusal.USED, "lantern-1", "192.0.2.7")
    assert len(row.words.split()) == 6
    assert Terminal.objects.count() == 1


def test_a_token_is_good_for_its_hour_only(answer, asking, token, noon_ms):
    made = token()
    assert answer(asking(made), made.ends_ms).refusal == EnrolmentRefusal.EXPIRED
    assert answer(asking(made), made.ends_ms - 1).state is AnswerState.GRANTED
    assert HOUR <= made.ends_ms - noon_ms <= HOUR + 60_000


def test_a_newer_token_for_the_same_name_takes_the_place_of_the_one_before(answer, asking, token):
    lost, newer = token(), token()
    assert answer(asking(lost)).refusal == EnrolmentRefusal.EXPIRED
    assert answer(asking(newer)).state is AnswerState.GRANTED


@pytest.mark.parametrize("change", [{"secret": b"x" * 16}, {"terminal": "lantern-2"}])
def test_a_foreign_token_is_refused(answer, asking, token, change):
    import dataclasses

    assert answer(asking(dataclasses.replace(token(), **change))).refusal == EnrolmentRefusal.FOREIGN
    assert refusals() == [EnrolmentRefusal.FOREIGN]


def test_who_knows_only_a_tokens_number_is_refused(answer, asking, token):
    made = token()
    stranger = asking(None, terminal=made.terminal, token=made.token_id)
    assert answer(stranger).refusal == EnrolmentRefusal.FOREIGN
    assert EnrolmentToken.objects.get().used_ms is None


def test_what_is_no_request_is_refused(answer, asking, token):
    broken = asking(token())
    broken.payload = b"{}"
    assert answer(broken).refusal == EnrolmentRefusal.MALFORMED


def test_a_certificate_for_another_kind_of_key_is_refused_and_the_token_stays_good(answer, asking, token):
    from cryptography.hazmat.primitives.serialization import Encoding

    made = token()
    other = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    for asked in (builder.sign(other, None).public_bytes(Encoding.DER), b"nothing"):
        assert answer(asking(made, tls_request=asked)).refusal == EnrolmentRefusal.MALFORMED
    assert answer(asking(made)).state is AnswerState.GRANTED


def test_a_sealing_key_to_which_nothing_can_be_sealed_is_refused(answer, asking, token):
    assert answer(asking(token(), sealing_key="00" * 32)).refusal == EnrolmentRefusal.MALFORMED
    assert not Terminal.objects.exists()


def test_a_second_device_with_the_same_image_is_told_so(answer, asking, token):
    first = asking(token("lantern-1"))
    answer(first)
    made = token("lantern-2")
    for copy in (asking(made, key=first.key), asking(made, tls=first.tls)):
        told = answer(copy)
        assert (told.refusal, told.arguments) == (EnrolmentRefusal.SAME_KEYS, {"terminal": "lantern-1"})
    assert answer(asking(made)).state is AnswerState.GRANTED


@pytest.mark.parametrize("name", ["centre", "broker", "carrier", "authority", "x", "North", "a b", "-a"])
def test_a_name_that_no_terminal_may_bear_gets_no_token(token, name):
    with pytest.raises(SettingsError, match="No terminal can be called"):
        token(name)


def test_a_name_that_is_taken_gets_no_token(token, terminal):
    with pytest.raises(SettingsError, match="There is a terminal north-gate already") as caught:
        token("north-gate")
    assert "muster terminal renew north-gate" in caught.value.remedy


def test_a_name_that_was_revoked_stays_taken(token, terminal, noon_ms):
    Terminal.objects.update(revoked_ms=noon_ms)
    with pytest.raises(SettingsError, match="was revoked here"):
        token("north-gate")


def test_a_name_that_was_taken_while_the_token_was_on_its_way_is_refused(answer, asking, token, terminal):
    made = token()
    Terminal.objects.update(id="lantern-1")
    Terminal.objects.filter(id="north-gate").update(revoked_ms=1)
    assert answer(asking(made)).refusal == EnrolmentRefusal.NAME_TAKEN


def test_an_unknown_site_gets_no_token(centre_settings, noon_ms):
    with pytest.raises(RulesError, match="nowhere"):
        add_terminal("lantern-1", "nowhere", 60, actor("Zhao"), noon_ms, settings=centre_settings)


def test_a_renewed_terminal_has_new_keys_and_keeps_its_place(answer, asking, token, settings, noon_ms):
    first = asking(token())
    answer(first)
    before = Terminal.objects.get()
    made = renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=settings.CENTRE)
    again = asking(made)
    assert answer(again).state is AnswerState.GRANTED
    after = Terminal.objects.get()
    assert (after.id, after.bucket, after.site) == (before.id, before.bucket, before.site)
    assert after.public_key == again.key.public.raw.hex() != before.public_key
    old = TlsCertificate.objects.get(name="lantern-1", revoked_ms__isnull=False)
    assert TlsCertificate.objects.filter(name="lantern-1", revoked_ms=None).count() == 1
    listed = x509.load_pem_x509_crl(settings.CENTRE.revoked_file.read_bytes())
    assert [one.serial_number for one in listed] == [int(old.serial, 16)]


def test_only_an_enrolled_terminal_is_renewed(centre_settings, noon_ms):
    with pytest.raises(SettingsError, match="muster terminal add"):
        renew_terminal("lantern-1", 60, actor("Zhao"), noon_ms, settings=centre_settings)


def test_the_bucket_with_the_fewest_terminals_is_given(site):
    for number in range(64):
        if number != 9:
            Terminal.objects.create(
                id=f"t-{number}", site=site, bucket=f"{number:02d}", public_key=f"{number}", realm="live"
            )
    assert emptiest_bucket() == "09"
    Terminal.objects.create(id="t-9", site=site, bucket="09", public_key="9", realm="live")
    assert emptiest_bucket() == "00"
    Terminal.objects.filter(id="t-20").update(revoked_ms=1)
    assert emptiest_bucket() == "20"


def test_where_the_centre_wants_it_a_person_approves(answer, asking, by_hand, token, settings, noon_ms):
    from settlement.authority.certificates import open_authority

    terminal = asking(token())
    assert answer(terminal).state is AnswerState.WAITING
    assert not Terminal.objects.exists()
    code = approval_code(terminal.signed.digest)
    row = approval.waiting_request(code.lower().replace("-", " "), noon_ms)
    authority = open_authority(settings.CENTRE)
    approval.approve(row, None, None, actor("Li"), noon_ms, settings=settings.CENTRE, authority=authority)
    told = answer(terminal)
    assert told.state is AnswerState.GRANTED
    assert terminal.granted(told).terminal == "lantern-1"
    with pytest.raises(SettingsError, match="decided already"):
        approval.waiting_request(code, noon_ms)


def test_a_terminal_without_a_token_waits_for_a_name_and_a_site(answer, asking, site, settings, noon_ms):
    from settlement.authority.certificates import open_authority

    terminal = asking()
    assert answer(terminal).state is AnswerState.WAITING
    row = TerminalRequest.objects.get()
    authority = open_authority(settings.CENTRE)

    def approve(name, place):
        return approval.approve(
            row, name, place, actor("Li"), noon_ms, settings=settings.CENTRE, authority=authority
        )

    with pytest.raises(SettingsError, match="needs a name and a site"):
        approve("lantern-1", None)
    with pytest.raises(SettingsError, match="No terminal can be called"):
        approve("centre", "north")
    assert approve("lantern-1", "north") == "lantern-1"
    assert terminal.granted(answer(terminal)).terminal == "lantern-1"


def test_who_is_declined_is_told(answer, asking, noon_ms, centre_settings):
    terminal = asking()
    answer(terminal)
    approval.decline(TerminalRequest.objects.get(), actor("Li"), noon_ms)
    assert answer(terminal).refusal == EnrolmentRefusal.DECLINED


def test_who_waits_without_a_token_waits_an_hour_and_not_too_many_do(answer, asking, noon_ms):
    for number in range(50):
        if number == 10:
            assert answer(asking(), address="0").refusal == EnrolmentRefusal.BUSY
        assert answer(asking(), address=str(number // 10)).state is AnswerState.WAITING
    assert answer(asking()).refusal == EnrolmentRefusal.BUSY
    code = TerminalRequest.objects.first().code
    with pytest.raises(SettingsError, match="No terminal waits under the code"):
        approval.waiting_request(code, noon_ms + WAITING_MS)
    assert answer(asking(), noon_ms + WAITING_MS).state is AnswerState.WAITING
    assert TerminalRequest.objects.count() == 1


def test_refusals_on_record_do_not_grow_for_ever(answer, asking, centre_settings):
    from settlement.enrolment.requests import _MAX_REFUSALS

    RefusedEnrolment.objects.bulk_create(
        RefusedEnrolment(at_ms=number, refusal="used") for number in range(_MAX_REFUSALS)
    )
    broken = asking()
    broken.payload = b""
    answer(broken)
    assert RefusedEnrolment.objects.count() == _MAX_REFUSALS
    assert not RefusedEnrolment.objects.filter(at_ms=0).exists()


def test_a_centre_that_lacks_a_key_says_so_and_the_token_stays_good(answer, asking, token, centre_settings):
    made = token()
    key = centre_settings.path("pseudonym.key")
    text = key.read_text()
    key.unlink()
    terminal = asking(made)
    assert answer(terminal).refusal == EnrolmentRefusal.NOT_NOW
    assert not Terminal.objects.exists()
    key.write_text(text)
    assert answer(terminal).state is AnswerState.GRANTED


def test_what_a_token_is_for_is_not_changed_by_who_lets_the_terminal_in(
    by_hand, answer, asking, token, settings, noon_ms
):
    from settlement.authority.certificates import open_authority

    answer(asking(token()))
    row, authority = TerminalRequest.objects.get(), open_authority(settings.CENTRE)
    with pytest.raises(SettingsError, match=r"for lantern-1 at north. Leave --name and --site out"):
        approval.approve(
            row, "lantern-2", None, actor("Li"), noon_ms, settings=settings.CENTRE, authority=authority
        )
    assert not Terminal.objects.exists()


def test_without_the_secret_of_this_centre_no_token_is_made(token, settings):
    secret = settings.CENTRE.path(settings.CENTRE.secret_key_file)
    secret.unlink()
    with pytest.raises(SettingsError, match=r"can't be read: .*Run `muster centre prepare`"):
        token()
    assert not EnrolmentToken.objects.exists()


def test_an_address_that_can_not_be_served_is_told(centre_settings, settings):
    from settlement.authority.certificates import open_authority

    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        enrolment = msgspec.structs.replace(centre_settings.enrolment, port=port)
        changed = msgspec.structs.replace(centre_settings, enrolment=enrolment)
        with pytest.raises(SettingsError, match=f"at {HOST}:{port}: .*Stop what has that port"):
            EnrolmentServer(changed, open_authority(changed), SystemClock(), open_context(changed))
    centre_settings.enrolment_files[0].write_text("torn")
    with pytest.raises(SettingsError, match=r"can't be used: .*Run `muster centre prepare`"):
        open_context(centre_settings)
