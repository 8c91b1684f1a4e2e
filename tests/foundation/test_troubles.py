"""Every trouble that a source names has its sentence and remedy in three languages, filled in as they want.

The sources are read as syntax trees: what is raised once in ten years is checked like what is raised daily.
"""

import ast
import importlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple

import pytest
from structlog.testing import capture_logs

from foundation import errors
from foundation.errors import MusterError
from foundation.refusal import Refusal
from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words, message_ids
from kiosk.checkin.decision import Remark
from kiosk.checkup.check import Said
from kiosk.local_api.codes import DenialCode, DoneCode
from settlement.accounts.actor import Level
from settlement.accounts.authority import Deed
from settlement.evidence.alarm_codes import CentreAlarm
from settlement.lists.row_troubles import RowTrouble
from settlement.lists.table import ListTrouble
from settlement.master_data.people_file import EVIDENCE
from settlement.master_data.presented import Wanted
from settlement.personal_data.undecided import Undecided
from settlement.rules.certificate import MANDATORY_FIELDS
from settlement.rules.evidence import Phase
from settlement.rules.points import ExchangeResult, ExchangeState
from settlement.rules.readiness import NotReady
from settlement.rules.review import ReviewRefusal
from settlement.rules.transfer import REQUIRED_DOCUMENTS
from sync.contract.enrolment import EnrolmentRefusal
from sync.contract.events import AlarmCode
from sync.contract.wire import RejectCode
from tests.foundation.test_words import HOUSE, SOURCES, variables

RAISED_RESULTS = (
    ExchangeResult.UNKNOWN_TIER,
    ExchangeResult.EXCHANGE_LIMIT,
    ExchangeResult.INSUFFICIENT_POINTS,
)
ERRORS = {
    kind.__name__
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, MusterError)
}
ERRORS |= {"PduError", "NotHere"}
GIVEN_BY_THE_MAKER = {"_of_broker": {"broker"}, "broken": set(), "to_look_at": set()}
"""Functions that make a trouble and fill something in themselves."""


def enums() -> dict[str, type[StrEnum]]:
    """Every enum of codes by its name: those of the modules `troubles`, and the rules' own refusals."""
    found: dict[str, type[StrEnum]] = {"ReviewRefusal": ReviewRefusal}
    for path in SOURCES:
        if path.name == "troubles.py":
            module = importlib.import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))
            found |= {
                name: kind
                for name, kind in vars(module).items()
                if isinstance(kind, type) and issubclass(kind, StrEnum) and kind.__module__ == module.__name__
            }
    return found


ENUMS = enums()
CODES = [*(str(code) for kind in ENUMS.values() for code in kind), *map(str, RAISED_RESULTS)]


class Made(NamedTuple):
    """One place where a source makes a trouble; `code` is None where a variable holds it."""

    place: str
    code: str | None
    arguments: frozenset[str]
    is_open: bool
    """More arguments are handed over as a whole."""


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(HOUSE)), ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def member(node: ast.AST) -> str | None:
    """The code of an expression such as `LogTrouble.LOG_HELD`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ENUMS:
        return str(ENUMS[node.value.id][node.attr])
    return None


def is_method(node: ast.Call, name: str) -> bool:
    """Whether it is `Trouble.of` or `Trouble.term` that is called."""
    function = node.func
    is_of_trouble = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    return is_of_trouble and (function.value.id, function.attr) == ("Trouble", name)


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


@cache
def made() -> list[Made]:
    """Every place where an error is raised or a trouble is made."""
    found = []
    for file, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = called(node)
            makes = name in ERRORS or name in GIVEN_BY_THE_MAKER or is_method(node, "of")
            at = 1 if name == "MessageError" else 0
            if (
                not makes
                or name == "CredentialError"
                or len(node.args) <= at
                or file == "foundation/errors.py"
            ):
                continue
            given = {keyword.arg for keyword in node.keywords if keyword.arg}
            is_open = any(keyword.arg is None for keyword in node.keywords)
            arguments = frozenset(given | GIVEN_BY_THE_MAKER.get(name, set()))
            found.append(Made(f"{file}:{node.lineno}", member(node.args[at]), arguments, is_open))
    return found


@cache
def wanted(code: str) -> frozenset[str]:
    """What the sentence and the remedy of a code want to be filled in; of a trouble within it, both."""
    names = variables("en")
    asked = names[f"error-{code}"] | names[f"error-{code}.remedy"]
    return frozenset(name.removesuffix("_remedy") for name in asked)


def test_no_code_stands_in_two_enums():
    assert [code for code, times in Counter(CODES).items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence_and_its_remedy(language):
    told = set(message_ids(language))
    assert {code for code in CODES if f"error-{code}" not in told} == set()
    assert {code for code in CODES if f"error-{code}.remedy" not in told} == set()


def test_the_catalogs_explain_no_trouble_that_there_is_not():
    explained = {name for name in message_ids("en") if name.startswith("error-") and "." not in name}
    assert explained - {f"error-{code}" for code in CODES} == {"error-unknown"}


def test_every_code_is_given_somewhere():
    used = defaultdict(set)
    for _, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in ENUMS
                and node.attr in ENUMS[node.value.id].__members__
            ):
                used[node.value.id].add(node.attr)
    assert {
        f"{name}.{each}"
        for name, kind in ENUMS.items()
        for each in kind.__members__
        if each not in used[name]
    } == set()


def test_no_error_is_raised_with_a_sentence():
    written = [
        f"{file}:{node.lineno}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in ERRORS - {"MessageError", "CredentialError"}
        for code in node.args[:1]
        if isinstance(code, ast.Constant | ast.JoinedStr)
    ]
    assert written == []


def test_what_fills_a_sentence_in_is_what_the_sentence_wants():
    wrong = {
        one.place: (sorted(wanted(one.code)), sorted(one.arguments))
        for one in made()
        if one.code and not one.is_open and one.arguments != wanted(one.code)
    }
    assert len(made()) > 200
    assert wrong == {}


def test_a_code_that_a_variable_holds_is_filled_in_where_it_is_raised():
    named = {one.code for one in made() if one.code}
    anonymous = [one.arguments for one in made() if one.code is None]
    unfilled = {
        code
        for code in set(CODES) - named
        if not any(wanted(code) <= arguments for arguments in anonymous)
        and not any(one.is_open for one in made())
    }
    assert anonymous
    assert unfilled == set()


TERMS = {
    "alarm": {*AlarmCode, *CentreAlarm},
    "checked": Said,
    "card": {evidence.method for evidence in EVIDENCE.values()},
    "csv": ListTrouble,
    "deed": Deed,
    "document": REQUIRED_DOCUMENTS,
    "enrol": EnrolmentRefusal,
    "entered": (
        "name",
        "code",
        "zone",
        "language",
        "organisation",
        "issuer",
        "in_charge",
        "under",
    ),
    "exchange": ExchangeState,
    "holds": (
        "branches",
        "members",
        "sites",
        "activities",
        "terminals",
        "accounts",
        "certificates",
        "requests",
        "departures",
        "arrivals",
        "notices",
        "webhooks",
    ),
    "level": Level,
    "lost": ("nothing", "everything", "one", "span", "and_later"),
    "not_ready": NotReady,
    "phase": Phase,
    "place": ("row", "volunteer", "site", "organisation", "activity", "fault", "trouble"),
    "reason": {*Refusal, *Remark},
    "reject": RejectCode,
    "row": RowTrouble,
    "stated": MANDATORY_FIELDS,
    "times": ("shifts", "breaks"),
    "undecided": Undecided,
    "wanted": Wanted,
    "unused": ("breaks",),
}


def terms() -> Iterator[tuple[str, ast.Call]]:
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and is_method(node, "term"):
                yield f"{file}:{node.lineno}", node


def test_every_family_of_terms_is_known_here():
    families = {node.args[0].value for _, node in terms()}
    assert families == set(TERMS)
    assert {family for family in families if f"{family}-unknown" not in set(message_ids("en"))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", TERMS)
def test_every_term_has_its_words_and_no_other_is_explained(family, language):
    explained = {name for name in message_ids(language) if name.startswith(f"{family}-") and "." not in name}
    others = {f"{family}-unknown"} | ({"reason-other_realm-at_demo"} if family == "reason" else set())
    assert explained - others == {f"{family}-{code}" for code in TERMS[family]}


@pytest.mark.parametrize(("family", "codes"), [("done", DoneCode), ("denied", DenialCode)])
def test_every_answer_to_a_request_has_its_sentence_and_no_other_is_explained(family, codes):
    explained = {name for name in message_ids("en") if name.startswith(f"{family}-")}
    assert explained == {f"{family}-unknown", *(f"{family}-{code}" for code in codes)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trouble_is_said_without_a_gap(language):
    words = Words(language)
    with capture_logs() as logs:
        for code in CODES:
            within = Trouble("zbar_missing")
            text = words.trouble(
                Trouble(code, {name: within if name in {"why", "reason"} else "7" for name in wanted(code)})
            )
            assert text
            assert "{" not in text.replace("{mode}", "")
    assert logs == []


def test_a_trouble_within_another_brings_its_remedy_along():
    wrong = Trouble.of("UNKNOWN_ZONE", zone="Moon/Sea")
    assert Words("en").trouble(Trouble.of("in_file", path="/etc/x.toml", why=wrong)) == (
        "In /etc/x.toml: The zone 'Moon/Sea' is not in the time zone database. "
        "Use an IANA name such as Asia/Shanghai."
    )


def test_a_list_is_said_with_the_readers_commas():
    missing = [Trouble.term("document", one) for one in REQUIRED_DOCUMENTS]
    told = Trouble.of("TRANSFER_INCOMPLETE", missing=missing)
    assert Words("en").what(told) == "The transfer lacks: introduction letter, service record."
    assert Words("zh-Hans").what(told) == "转移缺少：介绍信、服务记录。"
    assert Words("ar").what(told) == "ينقص النقلَ: خطاب التعريف، سجل الخدمة."


def test_sentences_stand_apart_where_the_language_has_a_space():
    gone = Trouble("zbar_missing")
    assert Words("en").trouble(gone) == "The library zbar is missing. Install the Debian package libzbar0."
    assert Words("zh-Hans").trouble(gone) == "缺少程序库 zbar。请安装 Debian 软件包 libzbar0。"


def test_a_trouble_of_a_newer_version_is_shown_as_its_code():
    assert Words("en").trouble(Trouble("moonrise", {"why": "x"})).startswith("Something is wrong: moonrise.")
    assert Words("en").what(Trouble("full", {}, "moon")) == "Something is wrong: full."


def test_control_characters_are_written_out():
    told = Words("en").what(Trouble.of("UNKNOWN_SITE", site="a\x1b[2J\nb"))
    assert told == r"There is no site 'a\x1b[2J\nb'."


def test_a_log_for_programs_holds_code_and_arguments():
    trouble = Trouble.of("port_lost", port="/dev/ttyS0", why="EIO")
    assert trouble.__structlog__() == {"code": "port_lost", "arguments": {"port": "/dev/ttyS0", "why": "EIO"}}
    assert repr(trouble) == "port_lost(port='/dev/ttyS0', why='EIO')"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pages_say_instead_of_a_remedy_names_no_command(language):
    on_pages = [name.removesuffix(".page") for name in message_ids(language) if name.endswith(".page")]
    words = Words(language, on_pages=True)
    assert "error-INVITATION_OVER" in on_pages
    for name in on_pages:
        family, _, code = name.partition("-")
        told = words.remedy(
            Trouble(code, dict.fromkeys(wanted(code), "7") if family == "error" else {}, family)
        )
        assert "muster " not in told, name
        assert "--" not in told, name
        assert told != Words(language).remedy(Trouble(code, {}, family)), name
