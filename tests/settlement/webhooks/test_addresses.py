"""Only public machines are told, by https; this machine alone in the clear, where the centre allows it."""

import pytest

from foundation.errors import RulesError
from settlement.troubles import WebhookTrouble
from settlement.webhooks.addresses import Target, check_addresses, is_public, read_target

EXAMPLE = Target("city.example", 443, "/", tls=True)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://city.example", "city.example", "/"),
        ("https://city.example:8443/hook?a=b", "city.example:8443", "/hook?a=b"),
        ("https://CITY.example/x", "city.example", "/x"),
        ("https://[2606:4700::1111]:444/", "[2606:4700::1111]:444", "/"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
    ],
)
def test_an_address_is_read(url, authority, path):
    target = read_target(url, plain=False)
    assert (target.authority, target.path, target.tls) == (authority, path, True)


@pytest.mark.parametrize(
    "url",
    [
        "", "city.example", "ftp://city.example", "https://", "https://u:p@city.example", "https://a@b/",
        "https://city.example/#part", "https://city.example:0/", "https://city.example:99999/",
        "https://city.example/ x", "https://city.example/\r\nHost: x", "https://city example/",
        "https://城市.example/", "https:\\\\city.example", "https://city.example\\@10.0.0.1/",
        "https://-city.example", "https://[::1", "https://" + "a" * 500, "http://city.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(RulesError) as error:
        read_target(url, plain=True)
    assert error.value.code == WebhookTrouble.BAD_WEBHOOK_ADDRESS


INSIDE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2001:0:a00:1::",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_machine_inside_is_told(address):
    assert not is_public(address)
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(RulesError) as error:
        read_target(f"https://{shown}/", plain=False)
    assert error.value.code in {WebhookTrouble.WEBHOOK_NOT_PUBLIC, WebhookTrouble.BAD_WEBHOOK_ADDRESS}
    for plain in (False, True):
        with pytest.raises(RulesError):
            check_addresses(EXAMPLE, ["8.8.8.8", address], plain=plain)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_machine_is_told(address):
    assert is_public(address)
    check_addresses(EXAMPLE, [address], plain=False)


def test_this_machine_is_told_only_where_the_centre_is_served_in_the_clear():
    for url in ("http://127.0.0.1:9/", "http://localhost/", "https://localhost/", "http://[::1]/"):
        read_target(url, plain=True)
        with pytest.raises(RulesError) as error:
            read_target(url, plain=False)
        assert error.value.code == WebhookTrouble.WEBHOOK_NOT_PUBLIC
    for url in ("http://8.8.8.8/", "http://10.0.0.1/"):
        with pytest.raises(RulesError):
            read_target(url, plain=True)


def test_other_spellings_of_a_number_are_names_that_are_looked_up_and_checked():
    for host in ("2130706433", "0x7f000001", "127.1", "0177.0.0.1"):
        target = read_target(f"https://{host}/", plain=False)
        with pytest.raises(RulesError):
            check_addresses(target, ["127.0.0.1"], plain=False)
