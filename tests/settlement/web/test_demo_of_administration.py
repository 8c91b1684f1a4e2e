"""A demo's pages of terminals and accounts: everybody reads them, and nobody changes anything."""

import pytest
from msgspec.structs import replace

from settlement.models import GivenSettings, Invitation, Terminal
from sync.contract.wire import Realm
from tests.settlement.actors import actor
from tests.settlement.web.conftest import Browser

pytestmark = pytest.mark.django_db

READ = (
    "/terminals/", "/terminals/north-gate/", "/terminals/north-gate/refused",
    "/terminals/north-gate/settings", "/terminals/north-gate/revoke", "/enrolment/", "/enrolment/strangers",
    "/accounts/", "/accounts/new", "/accounts/{number}/", "/accounts/{number}/change",
    "/accounts/{number}/ask/end",
)  # fmt: skip
WRITE = (
    "/terminals/north-gate/renew", "/terminals/north-gate/revoked", "/terminals/north-gate/shut",
    "/terminals/north-gate/settings/given", "/enrolment/token", "/enrolment/decided", "/enrolment/answer",
    "/accounts/made", "/accounts/{number}/changed", "/accounts/{number}/invited",
    "/accounts/{number}/done/end",
)  # fmt: skip


def test_everybody_reads_them_and_nobody_acts(settings, terminal):
    settings.CENTRE = replace(settings.CENTRE, realm=Realm.DEMO)
    number, client = actor("Qian").account, Browser()
    for page in READ:
        response = client.get(page.format(number=number))
        assert response.status_code == 200, page
        shown = response.content.decode()
        assert "DEMONSTRATION" in shown
        assert shown.count('method="post"') == (1 if page.endswith("/settings") else 0), page
    for page in WRITE:
        assert client.post(page.format(number=number), {"reason": "x"}).status_code == 403, page
    assert client.get("/audit/").status_code == 403
    assert Terminal.objects.get().revoked_ms is None
    assert not GivenSettings.objects.exists()
    assert not Invitation.objects.exists()
