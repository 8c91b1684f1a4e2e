"""Pages without TLS: for somebody at this machine, with a sentence, and for nobody else."""

import json
import re

import msgspec
import pytest

from settlement.web.serving.plain import is_at_this_machine
from sync.contract.wire import Realm
from tests.settlement.own_centre import OwnCentre

pytestmark = pytest.mark.django_db

BANNER = re.compile(r'<p class="plain" role="note">This page came without TLS')


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8460", "localhost:8460"])
def test_somebody_at_this_machine_sees_the_pages_and_why_nobody_else_does(site, client, host):
    page = client.get("/", headers={"host": host})
    assert page.status_code == 200
    assert BANNER.search(page.content.decode())
    assert "Strict-Transport-Security" not in page.headers


def test_a_page_that_came_over_tls_has_no_such_sentence(site, client):
    assert not BANNER.search(client.get("/", secure=True).content.decode())


def test_nor_has_a_demo(site, client, settings):
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, realm=Realm.DEMO)
    page = client.get("/")
    assert page.status_code == 200
    assert not BANNER.search(page.content.decode())


def test_whoever_asks_by_another_name_is_sent_to_https(client, settings):
    settings.ALLOWED_HOSTS = ["hours.example.org"]
    answer = client.get("/notice/?a=b", headers={"host": "hours.example.org"})
    assert (answer.status_code, answer["Location"]) == (301, "https://hours.example.org/notice/?a=b")


@pytest.mark.parametrize(
    ("meta", "here"),
    [
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}, True),
        ({"REMOTE_ADDR": "::1", "HTTP_HOST": "[::1]:8460"}, True),
        ({"REMOTE_ADDR": "192.0.2.9", "HTTP_HOST": "localhost"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "hours.example.org"}, False),
        ({"REMOTE_ADDR": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "HTTP_X_FORWARDED_FOR": "::1"}, False),
    ],
)
def test_who_is_at_this_machine(rf, meta, here):
    request = rf.get("/")
    request.META.pop("REMOTE_ADDR", None)
    request.META.update(meta)
    assert is_at_this_machine(request) is here


@pytest.mark.parametrize(
    ("chosen", "header"),
    [
        ("", "max-age=31536000"),
        ('hsts = "off"', None),
        ('hsts = "subdomains"', "max-age=31536000; includeSubDomains"),
        ('hsts = "preload"', "max-age=31536000; includeSubDomains; preload"),
    ],
)
@pytest.mark.long
def test_browsers_remember_no_more_hosts_than_the_settings_say(own_centre: OwnCentre, chosen, header):
    own_centre.configure(f"[web]\n{chosen}\n")
    script = """
import json
from django.test import Client
answer = Client().get("/certificate/", secure=True, headers={"host": "localhost"})
print(json.dumps([answer.status_code, answer.headers.get("Strict-Transport-Security")]))
"""
    assert json.loads(own_centre.run(script).splitlines()[-1]) == [200, header]


def test_whoever_starts_the_pages_is_told_who_sees_them(own_centre: OwnCentre):
    own_centre.configure("[web]\nport = 0\n[metrics]\nweb = 0\n")
    script = """
from foundation.words import Words
from settlement.web.serving.server import where_others_look
print(where_others_look(settings, Words("en")))
"""
    assert "without TLS and for this machine alone" in own_centre.run(script)
