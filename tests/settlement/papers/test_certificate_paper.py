"""Certificates as PDF: text that can be copied, in any script, and a code that leads to the public check."""

import msgspec
import numpy as np
import pypdfium2
import pytest
import zxingcpp

from drivers.camera.zbar import Zbar
from foundation.errors import RulesError, SettingsError
from foundation.words import LANGUAGES, Words
from settlement.accounts.actor import Level
from settlement.badges import libraries
from settlement.models import AuditRecord, Membership, Store
from settlement.papers import certificate as papers
from settlement.papers.certificate import certificate_for, certificate_paper, public_address
from settlement.proof.checkpoints import make_checkpoint, note_keys
from settlement.proof.proof_text import check_proof
from settlement.recognition.certificates import issue_certificate, reissue_certificate
from sync.contract.signing import SigningKey
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

PAGES = "https://hours.example"
DOTS = 200 / 72


@pytest.fixture
def issued(mei, city, credit, noon_ms):
    credit(mei, 10_800)
    return issue_certificate(
        city, mei, by=actor("Zhao"), now_ms=noon_ms, identity_number="110101199003070011"
    )


@pytest.fixture
def paper(noon_ms):
    def _paper(issued, language="en", by=None):
        asked = (issued.number, by or actor("Zhao"), PAGES, Words(language), noon_ms)
        return pypdfium2.PdfDocument(certificate_paper(*asked))

    return _paper


def text_of(document):
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_it_states_can_be_copied_in_every_language(language, issued, paper):
    told = text_of(paper(issued, language))
    for text in (issued.number, issued.token, "Mei", "3.0", "Lantern fair", "City of Lanterns", "2026-03-07"):
        assert text in told
    assert "110101199003070011" not in told
    if language != "ar":
        assert Words(language).say("page-certificate") in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_code_leads_to_the_public_check(language, issued, paper, client):
    grey = np.asarray(paper(issued, language)[0].render(scale=DOTS).to_pil().convert("L"))
    address = f"{PAGES}/certificate/{issued.number}/{issued.token}"
    assert [found.text for found in zxingcpp.read_barcodes(grey)] == [address]
    assert Zbar().read(memoryview(grey.tobytes()).cast("B", grey.shape)) == [address.encode()]
    told = client.get(address.removeprefix(PAGES), secure=True).content.decode()
    assert "✔" in told


def test_it_bears_its_proof_once_a_head_is_signed(issued, paper, settings, tmp_path, noon_ms):
    Store.objects.get_or_create(pk=1, defaults={"identity": "a" * 32, "realm": "live", "created_ms": noon_ms})
    SigningKey.from_seed(b"c" * 32).save(tmp_path / "signing.pem")
    signing = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    make_checkpoint(signing, noon_ms)
    pages = [np.asarray(page.render(scale=DOTS).to_pil().convert("L")) for page in paper(issued, "zh-Hans")]
    texts = {found.text for page in pages for found in zxingcpp.read_barcodes(page)}
    (proof,) = texts - {f"{PAGES}/certificate/{issued.number}/{issued.token}"}
    assert check_proof(proof, note_keys(signing)).plain["number"] == issued.number


def test_names_of_every_script_are_written_side_by_side(mei, city, credit, noon_ms, paper, fair):
    mei.display_name = "林晓梅 Łucja"
    mei.save()
    city.name, city.in_charge = "بلدية الفوانيس 灯笼", "محمد"
    city.save()
    fair.title = "元宵节 مهرجان Fair"
    fair.save()
    credit(mei, 3600)
    issued = issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)
    told = text_of(paper(issued, "ar"))
    for text in ("林晓梅", "Łucja", "灯笼", "元宵节", "Fair"):
        assert text in told


def test_what_no_font_has_is_refused_and_says_which_package_helps(mei, city, credit, noon_ms, paper):
    mei.display_name = "Mei \N{EGYPTIAN HIEROGLYPH A001}"
    mei.save()
    credit(mei, 3600)
    issued = issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms)
    with pytest.raises(SettingsError) as refused:
        paper(issued)
    assert "U+13000" in str(refused.value)
    assert "fonts-noto-core" in str(refused.value)


def test_a_missing_library_is_said(issued, paper, monkeypatch):
    monkeypatch.setattr(libraries, "find_spec", lambda name: None if name == "uharfbuzz" else name)
    with pytest.raises(SettingsError) as refused:
        paper(issued)
    assert "uharfbuzz is not installed" in str(refused.value)


def test_many_lines_go_on_with_headings_on_more_pages(mei, city, credit, noon_ms, paper):
    for day in range(1, 29):
        for month in (1, 2):
            credit(mei, 3600, f"2026-{month:02}-{day:02}")
    document = paper(issue_certificate(city, mei, by=actor("Zhao"), now_ms=noon_ms))
    assert len(document) == 2
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert "2/2" in pages[1]
    assert all("Activity" in page for page in pages)
    assert "2026-02-28" in pages[1]


def test_the_same_certificate_makes_the_same_bytes(issued, noon_ms):
    asked = (issued.number, actor("Zhao"), PAGES, Words("zh-Hans"), noon_ms)
    assert certificate_paper(*asked) == certificate_paper(*asked)


def test_one_that_was_replaced_says_by_which(issued, noon_ms, paper):
    newer = reissue_certificate(issued.number, by=actor("Zhao"), now_ms=noon_ms)
    assert f"replaced by {newer.number}" in text_of(paper(issued)).replace("\r\n", " ")


def test_it_is_for_its_volunteer_and_for_who_reaches_the_issuer(issued, city, choir, mei, wei, noon_ms):
    Membership.objects.create(volunteer=mei, organisation=choir.organisation, joined_ms=0)
    for who in (
        actor("1001", Level.VOLUNTEER, city.path),
        actor("Sun", Level.ORDINARY, city.path),
        actor("Zhao"),
    ):
        assert certificate_for(issued.number, who) == issued
    # Whoever reaches Mei as a member of another organisation does not read what this one recorded.
    for who, code in (
        (actor("Wu", Level.SENIOR, choir.organisation.path), "UNKNOWN_CERTIFICATE"),
        (actor("1002", Level.VOLUNTEER, city.path), "NOT_ALLOWED"),
    ):
        for number in (issued.number, "VSC-310115-2026-000099-00", "\0"):
            with pytest.raises(RulesError) as refused:
                certificate_for(number, who)
            assert refused.value.code == code


def test_who_takes_one_is_on_record(issued, paper):
    paper(issued)
    assert AuditRecord.objects.get(action="export").subject == f"certificate {issued.number}"


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        (["localhost", "127.0.0.1", "hours.example"], "https://hours.example"),
        ([".hours.example"], "https://hours.example"),
        (["localhost", "*"], ""),
        ([], ""),
    ],
)
def test_the_public_address_is_that_of_a_host_that_others_reach(hosts, address):
    assert public_address(hosts) == address


def test_without_any_font_the_packages_are_named(issued, paper, monkeypatch):
    papers._fonts.cache_clear()
    monkeypatch.setattr(papers, "DEBIAN_FONTS", ())
    with pytest.raises(SettingsError) as refused:
        paper(issued)
    assert "fonts-noto-cjk" in str(refused.value)
