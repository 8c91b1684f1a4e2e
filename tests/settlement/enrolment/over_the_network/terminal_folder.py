"""A terminal's folder with the shipped settings, and what its screen said."""

import datetime as dt
import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from foundation.durable import UNFINISHED
from foundation.settings import shipped
from foundation.words import Words
from kiosk.provisioning.enrol import Enrolling
from kiosk.settings import KioskFiles
from settlement.models import Terminal
from sync.contract.enrolment import EnrolmentError
from sync.contract.pseudonym import load_key
from sync.contract.signing import SigningKey
from sync.line.authority_key import private_pem
from sync.line.certificate_authority import CertificateKind

HOST = "127.0.0.1"


class Folder:
    """A terminal's folder with the shipped settings, and what its screen said."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.config = folder / "kiosk.toml"
        text = shipped("kiosk.toml").read_text(encoding="utf-8")
        text = text.replace("/var/lib/muster", str(folder / "state"))
        self.config.write_text(text, encoding="utf-8")
        self.said = []
        self.pauses = 0
        self.meanwhile = lambda: None

    def pause(self, _seconds):
        self.pauses += 1
        if self.pauses > 20:
            raise TimeoutError
        self.meanwhile()

    def enrolling(self, language="en", show=None):
        return Enrolling(self.config, Words(language), self.said.append, self.pause, show)

    def enrol(self, token, **more):
        return self.enrolling().with_token(token if isinstance(token, str) else token.text(), **more)

    def refused(self, call, *given, **more):
        with pytest.raises(EnrolmentError) as caught:
            call(*given, **more)
        return caught.value.code

    @property
    def files(self):
        return KioskFiles(self.config)

    def is_enrolled(self, server, name="lantern-1"):
        """Whether all lies in its place and fits together."""
        settings, row = self.files.settings, Terminal.objects.get(id=name)
        key = self.files.identity().key
        broker = self.files.broker()
        context = ssl.create_default_context(cafile=broker.ca_file)
        context.load_cert_chain(broker.certificate_file, broker.key_file)
        assert settings.terminal == name
        assert f"{settings.bucket:02d}" == row.bucket
        assert key.public.raw.hex() == row.public_key
        assert (broker.host, broker.port) == (HOST, 8883)
        signing = SigningKey.load(server.settings.path(server.settings.signing_key_file))
        assert settings.centre_key == signing.public.raw.hex()
        assert self.files.pseudonym_key() == load_key(server.settings.path("pseudonym.key"))
        assert not (self.config.parent / "enrolment.pending").exists()
        assert not list(self.config.parent.rglob(f"*{UNFINISHED}"))
        return True


def context_of(authority, folder, lifetime=dt.timedelta(days=9)):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = authority.issue_for(key.public_key(), "enrolment", CertificateKind.SERVER, lifetime, (HOST,))
    (folder / "other.pem").write_bytes(pem + private_pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "other.pem")
    return context
