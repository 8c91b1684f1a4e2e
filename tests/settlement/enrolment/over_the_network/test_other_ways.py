"""Enrolment without a typed token: by a code that somebody approves, and by files without a network."""

import msgspec

from kiosk.provisioning.enrolment_line import CentreAddress
from settlement.enrolment import approval
from settlement.enrolment.tokens import authority_fingerprint
from settlement.models import TerminalRequest
from sync.contract.enrolment import EnrolmentRefusal
from tests.settlement.actors import actor
from tests.settlement.enrolment.over_the_network.terminal_folder import HOST, Folder


def test_a_person_at_the_centre_approves_a_terminal_that_shows_a_code(folder, server, site, noon_ms):
    address = CentreAddress(HOST, server.server_port, authority_fingerprint(server.settings))
    shown = []

    def somebody_approves():
        row = TerminalRequest.objects.get()
        assert f"Six words of this terminal’s key: {row.words}" in folder.said
        if folder.pauses == 2:
            approval.approve(
                row,
                "lantern-1",
                "north",
                actor("Li"),
                noon_ms,
                settings=server.settings,
                authority=server.authority,
            )

    folder.meanwhile = somebody_approves
    folder.enrolling(show=shown.append).by_approval(address)
    assert folder.is_enrolled(server)
    assert shown == [f"muster terminal approve {TerminalRequest.objects.get().code}"]


def test_who_is_declined_may_ask_again_as_somebody_new(folder, server, site, noon_ms):
    address = CentreAddress(HOST, server.server_port, authority_fingerprint(server.settings))
    folder.meanwhile = lambda: approval.decline(TerminalRequest.objects.get(), actor("Li"), noon_ms)
    assert folder.refused(folder.enrolling().by_approval, address) == EnrolmentRefusal.DECLINED
    folder.meanwhile = lambda: approval.approve(
        TerminalRequest.objects.get(state="waiting"),
        "lantern-1",
        "north",
        actor("Li"),
        noon_ms,
        settings=server.settings,
        authority=server.authority,
    )
    folder.enrolling().by_approval(address)
    assert folder.is_enrolled(server)


def test_which_centre_is_asked_stands_in_the_settings_or_on_the_command_line(folder):
    enrolling = folder.enrolling()
    assert enrolling.centre("[2001:db8::1]:8470", "ab" * 32) == CentreAddress(
        "2001:db8::1", 8470, b"\xab" * 32
    )
    for address, fingerprint in (("", ""), ("host", "ab" * 32), ("host:1", "ab"), ("host:99999", "ab" * 32)):
        assert folder.refused(enrolling.centre, address, fingerprint) == EnrolmentRefusal.NO_CENTRE
    text = folder.config.read_text(encoding="utf-8")
    text = text.replace(
        'address = ""\nfingerprint = ""', f'address = "host:8470"\nfingerprint = "{"cd" * 32}"'
    )
    folder.config.write_text(text, encoding="utf-8")
    assert folder.enrolling().centre("", "") == CentreAddress("host", 8470, b"\xcd" * 32)


def test_a_terminal_without_a_network_enrols_by_files(folder, token, server, tmp_path, noon_ms):
    from settlement.enrolment.requests import answer_request

    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NOT_BEGUN
    folder.enrolling().write_request(token().text(), request)
    assert "muster terminal answer" in folder.said[-1]
    answer = answer_request(
        request.read_bytes(), "", noon_ms, settings=server.settings, authority=server.authority
    )
    assert f"--reply-file {reply}" in folder.said[-1]
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NO_REPLY
    reply.write_bytes(b"nonsense")
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.NO_REPLY
    reply.write_bytes(msgspec.json.encode(answer))
    folder.enrolling().take_reply(reply)
    assert folder.is_enrolled(server)


def test_a_reply_for_another_terminal_is_refused(folder, token, server, tmp_path, noon_ms):
    from settlement.enrolment.requests import answer_request

    other = Folder(tmp_path / "other")
    request, reply = tmp_path / "request.json", tmp_path / "reply.json"
    other.enrolling().write_request(token("lantern-2").text(), request)
    answer = answer_request(
        request.read_bytes(), "", noon_ms, settings=server.settings, authority=server.authority
    )
    reply.write_bytes(msgspec.json.encode(answer))
    folder.enrolling().write_request(token().text(), request)
    assert folder.refused(folder.enrolling().take_reply, reply) == EnrolmentRefusal.OTHER_REQUEST
    assert (folder.config.parent / "enrolment.pending").exists()
