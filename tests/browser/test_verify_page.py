"""docs/verify.html in a real browser, from the disk: it answers as the other two verifiers do."""

import random
from pathlib import Path

import pytest

from settlement.proof.leaves import leaf_content, shown
from settlement.proof.note import Head, NoteKey, sign
from settlement.proof.proof_text import Proof
from settlement.proof.tree import HeldTiles, inclusion_proof, leaf_hash, root
from sync.contract.signing import SigningKey
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.settlement.proof.bent_proofs import bent
from tests.settlement.proof.second_verifier import accepts

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PAGE = (Path(__file__).parents[2] / "docs" / "verify.html").as_uri()
ORIGIN = "muster/live/0123456789abcdef"
KEY = SigningKey.from_seed(b"k" * 32)
VKEY = str(NoteKey(ORIGIN, KEY.public))
NO_ED25519 = """
const known = crypto.subtle.importKey;
crypto.subtle.importKey = (...asked) => asked[2].name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError")) : known.apply(crypto.subtle, asked);
"""
ANSWERS = """
async ([texts, vkey]) => {
  const keys = await readKeys(vkey), found = [];
  for (const text of texts) found.push(await check(text, keys).then(() => true, () => false));
  return found;
}
"""


def proofs():
    sealed = shown(b"s" * 16, {"volunteer": "1001", "name": "林晓梅"})
    seals = [one.seal for one in sealed]
    leaf = leaf_content("certificate", {"number": "VSC-1", "seconds": 36_000}, seals)
    for size, index in ((700, 511), (5, 4), (1, 0)):
        tiles = HeldTiles()
        tiles.append([leaf_hash(leaf if at == index else str(at).encode()) for at in range(size)])
        note = sign(Head(ORIGIN, size, root(tiles, size)), KEY)
        for opened in ((), (seals[0], sealed[1])):
            yield str(Proof(leaf, index, inclusion_proof(tiles, index, size), note, opened))


@pytest.fixture(params=["", NO_ED25519], ids=["webcrypto", "own-ed25519"])
def page(request, playwright):
    with playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS]) as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740}, locale="en-GB")
        page.add_init_script(request.param)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(PAGE)
        yield page
        assert asked == [PAGE]


def test_somebody_checks_a_proof_from_the_disk(page):
    text = [*proofs()][1]
    page.get_by_label("Public keys").first.fill(f"# of the centre\n{VKEY}\n")
    page.get_by_label("The proof").first.fill(text.strip())
    page.get_by_role("button", name="Check").click()
    page.get_by_text("The proof holds").wait_for()
    told = page.locator("output").inner_text()
    for part in ("VSC-1", "36000", "10", "林晓梅", "511 / 700", ORIGIN):
        assert part in told
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("The proof").first.fill(text.replace("index 511", "index 510"))
    page.get_by_role("button", name="Check").click()
    page.get_by_text("not in the tree").wait_for()
    page.locator("#language").select_option("ar")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    page.get_by_role("button", name="تحقق").wait_for()


def test_it_takes_what_the_second_verifier_takes_and_nothing_that_was_bent(page):
    whole, draw = [*proofs()], random.Random(3)
    texts = [*whole, *(bent(draw, whole) for _ in range(600))]
    wanted = [accepts(text, [VKEY]) is not None for text in texts]
    assert page.evaluate(ANSWERS, [texts, VKEY]) == wanted
    assert sum(wanted) >= len(whole)
