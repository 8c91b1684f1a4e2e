"""The log-in of a centre that `muster centre prepare` made, with the tables that it made and no others."""

INVITED = """
from django.test import Client
from settlement.accounts.accounts import NewAccount, add_account
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.accounts.invitations import invite_login
from foundation.clock import open_clock
now_ms = open_clock(None).wall_ms()
add_account(NewAccount(login="chen", name="Chen Yu", level=Level.SUPER), Signed(None, now_ms))
invitation = f"/invitation/{invite_login('chen', 7, Signed(None, now_ms))}"
browser, password = Client(), "a lantern by the river"
def post(address, **fields):
    print(browser.post(address, fields, secure=True, headers={"host": "localhost"}).status_code)
post(invitation, password=password, again=password)
post("/account/log-in/", login="chen", password="a guess at it")
post("/account/log-in/", login="chen", password=password)
print(browser.get("/", secure=True, headers={"host": "localhost"})["Location"])
"""

CHECKED = """
from django.test import Client
browser = Client()
address = "/certificate/VSC-440106-2026-000001-42/token"
for _ in range(31):
    answer = browser.get(address, secure=True, headers={"host": "localhost"})
print(answer.status_code)
"""


def test_who_was_invited_logs_in_and_is_asked_for_the_second_factor(own_centre):
    said = own_centre.run(INVITED).splitlines()[-4:]
    assert said == ["302", "200", "302", "/account/second-factor/totp/activate/"]


def test_whoever_tries_certificates_is_told_to_wait(own_centre):
    assert own_centre.run(CHECKED).splitlines()[-1] == "429"
