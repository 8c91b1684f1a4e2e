"""A prepared centre and its enrolled terminals, made once and copied for each round."""

import datetime as dt
import json
from pathlib import Path

from sync.contract.signing import SigningKey
from sync.line.authority_key import private_pem
from tests.nemesis.engine import PEOPLE
from tests.nemesis.forks import Forks

GATES = ("gate-1", "gate-2", "gate-3")
HOSTILE = "gate-9"
"""An enrolled terminal that nobody built: its certificate and key are in the wrong hands."""
CARRIER = "carrier"
LISTENERS = ("centre", "centre-2")
KEYS = {
    name: SigningKey.from_seed(bytes([number] * 32)) for number, name in enumerate((*GATES, HOSTILE), start=1)
}
BUCKETS = {name: f"{3 * number:02}" for number, name in enumerate(KEYS, start=1)}

SESSION = "session"
"""The file with the log-in by which pages are asked."""


def centre_settings(folder: Path, database: str, port: int, listener: str = "centre") -> str:
    """The centre's settings file; the broker is reached at `port`."""
    return (
        f"directory = {json.dumps(str(folder))}\n"
        + (f"database = {json.dumps(database)}\n" if database else "")
        + "[metrics]\nlistener = 0\nsettler = 0\nweb = 0\n"
        + f'[listener]\nclient = "{listener}"\nretry_ms = 50\n[authority]\nbroker_reload = ""\n'
        + f'[broker]\nhost = "127.0.0.1"\nport = {port}\nca_file = "authority/authority.pem"\n'
        + f'certificate_file = "authority/{listener}.pem"\nkey_file = "authority/{listener}.key"\n'
        + "shortest_pause_ms = 50\nlongest_pause_ms = 500\n"
    )


def terminal_settings(name: str, centre_key: str, port: int) -> str:
    """A terminal's settings file; everything lies beside it."""
    return (
        f'terminal = "{name}"\ncentre_key = "{centre_key}"\nbucket = {int(BUCKETS[name])}\n'
        'state_folder = "state"\nballast_mib = 0\nsocket = "kiosk.sock"\n'
        'pseudonym_key_file = "pseudonym.key"\nroster_file = "roster.json"\n'
        f'[broker]\nhost = "127.0.0.1"\nport = {port}\nshortest_pause_ms = 50\nlongest_pause_ms = 500\n'
        'ca_file = "ca.pem"\ncertificate_file = "tls.pem"\nkey_file = "tls.key"\n'
    )


def make_template(folder: Path, forks: Forks, database: str = "") -> None:
    """Prepare `folder`/centre and `folder`/gates; `database` is a URL, else a file of the centre's own."""
    centre, gates = folder / "centre", folder / "gates"
    centre.mkdir(parents=True)
    (folder / "settlement.toml").write_text(centre_settings(centre, database, 1))
    for name, key in KEYS.items():
        (gates / name / "state").mkdir(parents=True)
        (gates / name / "pseudonym.key").write_text("7" * 64 + "\n")
        key.save(gates / name / "terminal.key")
    said = forks.run(
        "template",
        "tests.nemesis.template",
        str(folder / "settlement.toml"),
        str(gates),
        output=folder / "template.log",
    )
    assert (folder / "made").exists(), said


def _logged_in() -> str:
    """The key of a log-in of somebody who may read everything."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from settlement.models import Account

    zhao = Account.objects.create(login="zhao", real_name="Zhao", person="zhao", level="super", created_ms=0)
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(zhao.pk), zhao.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)


def main(config: str, gates: str) -> None:
    """Fill the database, and give every client its certificate."""
    from settlement.setup import start

    settings = start(Path(config))
    from settlement.authority.certificates import open_authority
    from settlement.models import Activity, PhaseChange, Site, Terminal, Volunteer
    from sync.line.certificate_authority import CertificateKind
    from sync.line.certificate_request import make_key

    site = Site.objects.create(code="north", name="North gate", zone="Asia/Shanghai")
    activity = Activity.objects.create(id="fair", site=site, title="Lantern fair")
    PhaseChange.objects.create(activity=activity, phase="executing", from_ms=0)
    for number, (name, key) in enumerate(KEYS.items(), start=1):
        Terminal.objects.create(
            id=name, site=site, bucket=BUCKETS[name], public_key=key.public.raw.hex(), realm="live"
        )
        for person in range(PEOPLE):
            Volunteer.objects.create(number=100 * number + person, display_name=f"Volunteer {person}")
    (Path(config).parent / "centre" / SESSION).write_text(_logged_in())
    authority = open_authority(settings)
    own = Path(settings.authority_file).parent
    places = [(name, Path(gates) / name / "tls", CertificateKind.TERMINAL) for name in KEYS]
    places += [(name, own / name, CertificateKind.LISTENER) for name in (CARRIER, *LISTENERS[1:])]
    for name, place, kind in places:
        key = make_key()
        pem = authority.issue_for(key.public_key(), name, kind, dt.timedelta(days=30))
        place.with_suffix(".pem").write_bytes(pem)
        place.with_suffix(".key").write_bytes(private_pem(key))
        if kind is CertificateKind.TERMINAL:
            (place.parent / "ca.pem").write_bytes(authority.pem)
    Path(config).with_name("made").touch()
