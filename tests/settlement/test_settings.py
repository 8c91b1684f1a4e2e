"""The settings file: what ships, what is refused, and what Django gets."""

import tomllib
from itertools import pairwise

import msgspec
import pytest

from foundation.errors import SettingsError
from foundation.settings import shipped
from settlement.settings import CentreSettings, read_settings
from sync.contract.wire import Realm

SHIPPED = shipped("settlement.toml")


def write(tmp_path, text):
    path = tmp_path / "settlement.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_holds_the_defaults():
    assert read_settings(SHIPPED) == CentreSettings()


def test_the_shipped_file_names_and_explains_every_key():
    text = SHIPPED.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    settings = CentreSettings()
    for name in CentreSettings.__struct_fields__:
        value = getattr(settings, name)
        assert name in tables
        if isinstance(value, msgspec.Struct):
            assert set(value.__struct_fields__) == set(tables[name]), f"[{name}]"
    lines = text.splitlines()
    bare = [key for above, key in pairwise(lines) if key[:1].isalpha() and not above.startswith("#")]
    assert bare == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("relm = 'demo'", "'relm'"),
        ("realm = 'test'", "'realm'"),
        ("language = 'de'", "'language': invalid enum value 'de', expected one of 'ar', 'en', 'zh-Hans'"),
        ("badge_issuers = ['xyz']", "badge_issuers"),
        ("[broker]\nport = 70000", "'broker.port'"),
        ("[broker]\nhost = 'broker.example'\ncertificate_file = ''", "with certificates only"),
        ("[web]\naddress = '0.0.0.0'", "unencrypted"),
        ("badge_issuers = ['" + "0" * 64 + "']", "anybody could sign badges"),
        ("[authority]\nterminal_days = 500", "at least 540, three times offline_days"),
        ("[authority]\noffline_days = 181", "at least 543, three times offline_days"),
        ("[broker]\nhosts = ['localhost', 'b.example']\ncertificate_file = ''", "with certificates only"),
        ("[broker]\nhosts = ['b.example:8883']", "is no host"),
        ("[authority]\nbroker_names = []", "'authority.broker_names'"),
        ("[authority]\nbroker_names = ['two words']", "authority.broker_names"),
        ("[web]\nhsts = 'forever'", "'web.hsts'"),
        ("[metrics]\nlistener = 70000", "'metrics.listener'"),
        ("[metrics]\nsettler = 8461", "need a port each, or 0"),
        ("[metrics]\naddress = '0.0.0.0'", "'metrics.address'"),
        ("[rules]\ndebounce_s = -1", "'rules.debounce_s'"),
        ("[rules]\nsettlement_tz = 'Asia/Nowhere'", "Asia/Nowhere"),
        ("database = 'mysql://x/y'", "database"),
        ("database = 'postgresql://host/'", "database"),
        ("database = 'postgresql://%zz/name'", "database"),
        ("realm = ", "can't be read"),
    ],
)
def test_it_names_what_is_wrong_and_what_to_do(text, named, tmp_path):
    with pytest.raises(SettingsError) as refused:
        read_settings(write(tmp_path, text))
    assert named in str(refused.value)
    assert refused.value.remedy


def test_a_demo_may_be_shown_on_the_network(tmp_path):
    settings = read_settings(write(tmp_path, "realm = 'demo'\n[web]\naddress = '0.0.0.0'"))
    assert settings.realm is Realm.DEMO


def test_paths_lie_in_the_centres_directory(tmp_path):
    settings = read_settings(
        write(
            tmp_path,
            "directory = '/data'\n[broker]\nca_file = 'ca.pem'\n"
            "certificate_file = '/etc/tls.pem'\nkey_file = ''",
        )
    )
    assert str(settings.path("x")) == "/data/x"
    broker = settings.absolute_broker()
    assert (broker.ca_file, broker.certificate_file, broker.key_file) == ("/data/ca.pem", "/etc/tls.pem", "")


def test_sqlite_commits_durably_and_writers_wait_for_each_other():
    database = CentreSettings(directory="/data").django_database()
    assert database["NAME"] == "/data/centre.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_a_postgresql_url_is_taken_apart():
    url = "postgresql://mu%40ster:p%2Fw@db.example:5433/centre"
    database = CentreSettings(database=url).django_database()
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "centre",
        "USER": "mu@ster",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": database["OPTIONS"],
    }


def test_a_postgresql_url_may_name_a_socket_and_options():
    url = "postgresql://muster@%2Frun%2FpostGres/centre?sslmode=require"
    database = CentreSettings(database=url).django_database()
    assert (database["HOST"], database["OPTIONS"]["sslmode"]) == ("/run/postGres", "require")


def test_a_server_that_vanished_is_noticed_in_time_unless_the_url_says_otherwise():
    url = "postgresql://muster@db.example/centre?keepalives_idle=60"
    options = CentreSettings(database=url).django_database()["OPTIONS"]
    assert (options["keepalives_idle"], options["keepalives_count"]) == ("60", "3")
    assert {"connect_timeout", "tcp_user_timeout"} <= options.keys()


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ('gateway = "print"', "does not print codes"),
        ('gateway = "http"', "needs the url"),
        ('gateway = "http"\nurl = "http://provider.example/send"', "with TLS only"),
        ('gateway = "pigeon"', "pigeon"),
    ],
)
def test_a_live_centre_sends_codes_to_nobody_but_the_telephone(tmp_path, messages, sentence):
    config = tmp_path / "settlement.toml"
    config.write_text(f"[text_messages]\n{messages}\n")
    with pytest.raises(SettingsError, match=sentence):
        read_settings(config)
