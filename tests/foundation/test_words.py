import ast as python
from collections.abc import Iterator
from functools import cache

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast

from drivers.reading import DeviceState, Presented
from foundation.refusal import Refusal
from foundation.words import CATALOGS, LANGUAGES, Direction, Words, direction, message_ids, nearest
from foundation.words.catalog import Catalog
from kiosk.checkin.decision import Remark
from kiosk.local_api.messages import Outcome
from kiosk.screens.display import display
from settlement.evidence.alarm_codes import CentreAlarm
from settlement.evidence.measured_times import Basis
from settlement.master_data.conversions import Conversion
from settlement.rules.admission import Outcome as EventOutcome
from settlement.rules.flags import Flag
from settlement.rules.ledger import AdjustmentReason, EntryState, LineState
from settlement.rules.trace import TraceCode
from sync.contract.enrolment import EnrolmentRefusal
from sync.contract.events import AlarmCode, ClockState, Method
from sync.contract.orders import Task
from sync.contract.wire import LinkState

HOUSE = CATALOGS.parent.parent
SOURCES = [
    path
    for room in ("drivers", "foundation", "kiosk", "muster", "settlement", "sync")
    for path in (HOUSE / room).rglob("*.py")
]


def nodes(node: object) -> Iterator[ast.BaseNode]:
    """The node of a Fluent syntax tree and all below it."""
    if isinstance(node, list):
        for part in node:
            yield from nodes(part)
    elif isinstance(node, ast.BaseNode):
        yield node
        for part in vars(node).values():
            yield from nodes(part)


@cache
def entries(language: str) -> list[ast.EntryType]:
    return FluentResource((CATALOGS / f"{language}.ftl").read_text(encoding="utf-8")).body


def patterns(language: str) -> Iterator[tuple[str, ast.Pattern]]:
    for entry in entries(language):
        if isinstance(entry, ast.Message):
            yield entry.id.name, entry.value
            for attribute in entry.attributes:
                yield f"{entry.id.name}.{attribute.id.name}", attribute.value


@cache
def variables(language: str) -> dict[str, set[str]]:
    return {
        name: {node.id.name for node in nodes(pattern) if isinstance(node, ast.VariableReference)}
        for name, pattern in patterns(language)
    }


@cache
def calls_with_text() -> list[tuple[str, str, str]]:
    """Every call in our sources whose first argument is a string constant: file, function, string."""
    found = []
    for path in SOURCES:
        for node in python.walk(python.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, python.Call) and node.args and isinstance(node.args[0], python.Constant):
                called = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
                found.append((path.name, called, node.args[0].value))
    return [call for call in found if isinstance(call[2], str)]


def string_calls(name: str) -> Iterator[tuple[str, str]]:
    """The file and the first argument of every call of `name` with a string constant."""
    return ((file, text) for file, called, text in calls_with_text() if called == name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_understands_every_line_of_a_catalog(language):
    assert [entry.content for entry in entries(language) if isinstance(entry, ast.Junk)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_parsed_alone_is_what_it_is_in_the_whole_catalog(language):
    """Each is parsed when it is first said, so none may refer to another one or to a term."""
    catalog = Catalog(CATALOGS / f"{language}.ftl", language)
    for entry in entries(language):
        assert not isinstance(entry, ast.Term)
        if isinstance(entry, ast.Message):
            alone = FluentResource(catalog.source(entry.id.name)).body[0]
            assert alone.equals(entry, ignored_fields=["span", "comment"]), entry.id.name
            references = {type(node) for node in nodes(entry)} & {ast.MessageReference, ast.TermReference}
            assert references == set(), entry.id.name


def test_a_file_that_another_system_wrote_says_the_same(tmp_path):
    lines = [
        "\ufeff# What is said",
        "first = One",
        "    and more",
        "    .remedy = Go",
        "",
        "second=Two",
        "first = No",
    ]
    (tmp_path / "en.ftl").write_bytes("\r\n".join(lines).encode())
    words = Words("en", tmp_path)
    assert (words.say("first"), words.say("first.remedy"), words.say("second")) == (
        "One\nand more",
        "Go",
        "Two",
    )
    assert not words.knows("What")
    assert not words.knows("second.remedy")


def test_what_cannot_be_parsed_is_not_known(tmp_path):
    (tmp_path / "en.ftl").write_text("broken = { $name\nwhole = Here\n", encoding="utf-8")
    words = Words("en", tmp_path)
    assert (words.knows("broken"), words.say("whole")) == (False, "Here")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_each_message_once(language):
    names = list(message_ids(language))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_all_catalogs_hold_the_same_messages_with_the_same_variables(language):
    assert variables(language) == variables("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_numbers_decide_between_variants(language):
    for name, pattern in patterns(language):
        choices = [node for node in nodes(pattern) if isinstance(node, ast.SelectExpression)]
        assert {choice.selector.id.name for choice in choices} <= {"count"}, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_always_has_a_form(language):
    counted = [name for name, names in variables(language).items() if names == {"count"}]
    assert counted
    for name in counted:
        for count in (0, 1, 2, 3, 10, 11, 25, 99, 100, 101, 102, 103, 1000):
            assert "{" not in Words(language).say(name, count=count)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_its_sentence_and_its_words(language, outcome):
    assert {f"result-{outcome}", f"result-{outcome}.word", f"result-{outcome}.short"} <= set(
        message_ids(language)
    )


@pytest.mark.parametrize("code", [*Refusal, *Remark])
def test_every_refusal_says_why_and_what_to_do(code):
    assert {f"reason-{code}", f"reason-{code}.remedy", f"reason-{code}.short"} <= set(message_ids("en"))


@pytest.mark.parametrize("code", list(Flag))
def test_every_flag_of_a_session_has_its_sentence(code):
    assert {f"flag-{code}", f"flag-{code}.short"} <= set(message_ids("en"))


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("adjustment", AdjustmentReason),
        ("alarm", AlarmCode),
        ("alarm", CentreAlarm),
        ("clock", ClockState),
        ("conversion", Conversion),
        ("device", DeviceState),
        ("enrol", EnrolmentRefusal),
        ("explain-time", Basis),
        ("line", LineState),
        ("line", EntryState),
        ("method", Method),
        ("method", Presented),
        ("outcome", EventOutcome),
        ("step", TraceCode),
        ("task", Task),
        ("told_link", LinkState),
    ],
)
def test_every_code_of_the_sources_has_its_sentence(family, codes):
    assert {code for code in codes if not Words("en").knows(f"{family}-{code.replace(':', '-')}")} == set()


def test_the_catalogs_hold_nothing_that_no_source_says():
    trees = [python.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    parts = [node for tree in trees for node in python.walk(tree)]
    texts = {node.value for node in parts if isinstance(node, python.Constant)}
    # `f"staff-{direction}"` says a whole family, and so does `code("flag", …)`.
    begun = {
        node.values[0].value
        for node in parts
        if isinstance(node, python.JoinedStr) and node.values[:1]
        if isinstance(node.values[0], python.Constant)
    }
    families = {f"{name}-" for called in ("code", "term") for _, name in string_calls(called)}
    # Those of errors and of requests' results are checked code by code in test_troubles.
    families |= {text for text in begun if text.endswith("-")} | {"error-", "done-", "denied-", "enrol-"}
    names = {name.partition(".")[0] for name in message_ids("en")}
    assert {name for name in names - texts if not name.startswith(tuple(families))} == set()


def test_every_message_that_the_sources_say_exists():
    said = {name for _, name in string_calls("say")}
    assert "duration-negative" in said
    assert {name for name in said if not Words("en").knows(name)} == set()


def test_every_family_of_codes_has_words_for_an_unknown_one():
    families = {name for _, name in string_calls("code")}
    assert {name for name in families if not Words("en").knows(f"{name}-unknown")} == set()


def test_it_counts_in_arabic_as_arabic_does():
    said = [Words("ar").say("here-count", count=count) for count in (0, 1, 2, 3, 11, 100)]
    assert said == [
        "لا أحد في الموقع",
        "شخص واحد في الموقع",
        "شخصان في الموقع",
        "3 أشخاص في الموقع",
        "11 شخصًا في الموقع",
        "100 شخص في الموقع",
    ]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("zh", "zh-Hans"), ("zh_CN", "zh-Hans"), ("AR-sa", "ar"), ("", "en"), ("tlh", "en")],
)
def test_a_language_tag_finds_the_nearest_language(tag, language):
    assert nearest(tag) == language
    assert Words(tag).language == language


def test_it_knows_which_way_a_language_is_written():
    assert [direction(language) for language in LANGUAGES] == [Direction.LTR, Direction.LTR, Direction.RTL]


def test_a_code_of_a_newer_version_is_shown_as_it_is():
    assert Words("en").code("reason", "moon_phase") == "The terminal gave the reason “moon_phase”."
    assert Words("zh-Hans").code("flag", "MOON_PHASE", "short") == "MOON_PHASE"


def test_a_message_that_nobody_wrote_is_an_error():
    with pytest.raises(LookupError, match="moonrise"):
        Words("ar").say("moonrise")


def test_what_a_translation_lacks_is_said_in_english(tmp_path):
    (tmp_path / "ar.ftl").write_text("never = لم يحدث\n", encoding="utf-8")
    (tmp_path / "en.ftl").write_text("never = never\nalways = always\n    .short = ever\n", encoding="utf-8")
    say = Words("ar", tmp_path).say
    assert [say("never"), say("always"), say("always.short")] == ["لم يحدث", "always", "ever"]


def test_a_missing_variable_shows_and_does_not_stop_a_screen():
    assert Words("en").say("result-accepted_in").startswith("You checked in at")


@pytest.mark.parametrize("figures", ["2026-03-07 09:00", "+86 10 5550 0123", "08:58"])
def test_a_date_or_a_telephone_keeps_its_order_in_arabic(figures):
    said = Words("ar").say("idle-fault", devices=figures)
    assert f"\u2066{figures}\u2069" in said
    assert figures in display(said, Direction.RTL)
    assert "\u2066" not in Words("zh-Hans").say("idle-fault", devices=figures)


def test_text_of_the_other_direction_is_isolated():
    assert "\u2068Li Ming\u2069" in Words("ar").say("idle-fault", devices="Li Ming")
    assert "\u2068محمد\u2069" in Words("en").say("idle-fault", devices="محمد")
    assert "\u2068" not in Words("en").say("idle-fault", devices="Li Ming")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (-135, "−2 min 15 s"),
        (25_200, "7 h"),
        (90_061, "25 h 1 min 1 s"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds, text):
    assert Words("en").duration(seconds) == text


def test_a_negative_duration_keeps_its_sign_at_the_left_in_arabic():
    assert Words("ar").duration(-135) == "\u200e−2 د 15 ث"


def test_it_keeps_a_minus_before_its_number_in_an_arabic_sentence():
    words = Words("ar")
    said = words.code(
        "step", "CLIPPED_TO_SHIFT_START", seconds=words.duration(-470), at="09:00:00", activity=""
    )
    assert "\N{RIGHT-TO-LEFT ISOLATE}\N{LEFT-TO-RIGHT MARK}−7" in said
