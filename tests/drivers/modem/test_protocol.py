import pytest

from drivers.modem.inbox import StoredPdu
from drivers.modem.protocol import (
    Answer,
    Failure,
    ModemDialogue,
    Prompt,
    Unsolicited,
    is_registered,
    require_sim,
    says_message_came,
    signal_dbm,
    store_level,
    stored_pdus,
)
from foundation.errors import DeviceError

LIST = '\r\n+CMGL: 1,0,,28\r\n0891AA\r\n+CMGL: 7,1,"",45\r\n0891BB\r\n\r\nOK\r\n'
ARRIVAL = '\r\n+CMTI: "SM",3\r\n'


def heard(said, command="AT+CMGL=4", prefix="+CMGL:", prompts=False):
    dialogue = ModemDialogue()
    dialogue.ask(command, prefix=prefix, prompts=prompts)
    pieces = [said.encode("latin-1")] if isinstance(said, str) else said
    return [event for piece in pieces for event in dialogue.feed(piece)]


def test_it_sends_a_command_with_a_carriage_return():
    assert ModemDialogue().ask("AT+CSQ") == b"AT+CSQ\r"


def test_it_ends_a_pdu_with_control_z():
    assert ModemDialogue().give_pdu("00FF") == b"00FF\x1a"


def test_it_hears_an_answer_however_its_bytes_arrive(in_pieces):
    for pieces in in_pieces(LIST.encode()):
        (answer,) = heard(pieces)
        assert answer == Answer(("+CMGL: 1,0,,28", "0891AA", '+CMGL: 7,1,"",45', "0891BB"))


@pytest.mark.parametrize(
    ("said", "failure", "words"),
    [
        ("ERROR", Failure(), "ERROR"),
        ("+CMS ERROR: 322", Failure("CMS", 322), "+CMS ERROR: 322"),
        ("+CME ERROR: 10", Failure("CME", 10), "+CME ERROR: 10"),
        ("+CME ERROR: SIM not inserted", Failure("CME"), "+CME ERROR"),
        ("+CMS ERROR: ²", Failure("CMS"), "+CMS ERROR"),
    ],
)
def test_it_hears_a_refusal(said, failure, words):
    assert heard(f"\r\n{said}\r\n") == [Answer((), failure)]
    assert str(failure) == words


def test_it_keeps_what_the_modem_says_unasked_out_of_an_answer():
    lines = LIST.replace("0891AA", '+CMTI: "SM",3\r\n0891AA').replace(
        "\r\n\r\nOK", "\r\nRING\r\n+CREG: 2\r\nOK"
    )
    *unasked, answer = heard(lines)
    assert unasked == [Unsolicited('+CMTI: "SM",3'), Unsolicited("RING"), Unsolicited("+CREG: 2")]
    assert answer.lines == ("+CMGL: 1,0,,28", "0891AA", '+CMGL: 7,1,"",45', "0891BB")


def test_it_takes_hexadecimal_for_a_message_only_after_its_header():
    assert heard("\r\n0891AA\r\nOK\r\n") == [Unsolicited("0891AA"), Answer(())]


def test_it_takes_one_line_of_hexadecimal_for_each_header():
    assert heard("\r\n+CMGL: 1,0,,28\r\n0891AA\r\nBBBB\r\nOK\r\n") == [
        Unsolicited("BBBB"),
        Answer(("+CMGL: 1,0,,28", "0891AA")),
    ]


def test_what_it_hears_does_not_show_in_a_log():
    assert "0891" not in repr(heard(LIST.replace("OK", "+CMT: 0891\r\nOK")))


def test_it_leaves_out_the_echo_of_the_command():
    assert heard("AT+CMGL=4\r\r\nOK\r\n") == [Answer(())]


def test_it_hears_lines_between_commands():
    dialogue = ModemDialogue()
    assert dialogue.feed((ARRIVAL + "\r\nOK\r\n").encode()) == [
        Unsolicited('+CMTI: "SM",3'),
        Unsolicited("OK"),
    ]


def test_it_sees_the_prompt_that_has_no_line_end(in_pieces):
    for pieces in in_pieces(b"\r\n> "):
        assert heard(pieces, command="AT+CMGS=23", prompts=True) == [Prompt()]


def test_it_sees_no_prompt_where_none_was_asked_for():
    assert heard("\r\n> \r\nOK\r\n") == [Unsolicited(">"), Answer(())]


def test_it_hears_the_answer_after_the_prompt():
    dialogue = ModemDialogue()
    dialogue.ask("AT+CMGS=23", prefix="+CMGS:", prompts=True)
    dialogue.feed(b"\r\n> ")
    dialogue.give_pdu("00FF")
    assert dialogue.feed(b"\r\n+CMGS: 4\r\n\r\nOK\r\n") == [Answer(("+CMGS: 4",))]


def test_it_hears_a_refusal_instead_of_the_prompt():
    assert heard("\r\n+CMS ERROR: 310\r\n", command="AT+CMGS=23", prompts=True) == [
        Answer((), Failure("CMS", 310))
    ]


def test_it_goes_on_after_noise_and_an_overlong_line():
    noise = bytes(range(32, 256)) * 40 + b"\r\n"
    events = heard([noise, b"\xff\x00\r\n", LIST.encode()])
    assert events[0] == Unsolicited("ÿ\x00")
    assert len(events[1].lines) == 4
    assert len(events) == 2


def test_a_new_command_forgets_the_old_ones_lines():
    dialogue = ModemDialogue()
    dialogue.ask("AT+CMGL=4", prefix="+CMGL:")
    dialogue.feed(b"+CMGL: 1,0,,28\r\n")
    dialogue.ask("AT")
    assert dialogue.feed(b"OK\r\n") == [Answer(())]


def test_it_knows_a_mention_of_an_arrival():
    assert says_message_came(Unsolicited('+CMTI: "SM",3'))
    assert not says_message_came(Unsolicited("+CREG: 1"))


def test_it_finds_received_messages_and_leaves_drafts_out():
    answer = Answer(("+CMGL: 1,0,,28", "AA", "+CMGL: 2,2,,28", "BB", "+CMGL: 3,1,,5", "CC", "+CMGL: 4,1,,9"))
    assert stored_pdus(answer) == [StoredPdu(1, "AA"), StoredPdu(3, "CC")]


@pytest.mark.parametrize(
    "lines", [(), ("+CMGL: x,1,,5", "AA"), ("+CMGL: 1,1,,5", "ZZ"), ("+CMGL: 123456,1,,5", "AA")]
)
def test_it_finds_no_messages_in_garbage(lines):
    assert stored_pdus(Answer(lines)) == []


@pytest.mark.parametrize(
    ("line", "level"),
    [('+CPMS: "SM",3,30,"SM",3,30,"SM",3,30', (3, 30)), ("+CPMS: 3,30", (0, 0)), ("", (0, 0))],
)
def test_it_reads_how_full_the_store_is(line, level):
    assert store_level(Answer((line,))) == level


@pytest.mark.parametrize(
    ("line", "registered"),
    [
        ("+CREG: 0,1", True),
        ('+CREG: 2,5,"00C3","01"', True),
        ("+CEREG: 0,6", True),
        ("+CREG: 0,2", False),
        ("+CREG: 0,3", False),
        ("+CREG: 1", False),
        ("+CREG: 0,15", False),
        ("", False),
    ],
)
def test_it_reads_the_registration(line, registered):
    assert is_registered(Answer((line,))) is registered


@pytest.mark.parametrize(
    ("line", "dbm"),
    [
        ("+CSQ: 21,0", -71),
        ("+CSQ: 0,0", -113),
        ("+CSQ: 31,0", -51),
        ("+CSQ: 32,0", None),
        ("+CSQ: 99,99", None),
        ("", None),
    ],
)
def test_it_reads_the_signal(line, dbm):
    assert signal_dbm(Answer((line,))) == dbm


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(("+CPIN: SIM PIN",)), "asks for a PIN"),
        (Answer((), Failure("CME", 10)), r"\+CME ERROR: 10"),
        (Answer(("+CPIN: SIM PUK",)), "not ready"),
        (Answer(()), "not ready"),
    ],
)
def test_it_says_what_is_wrong_with_the_sim(answer, words):
    with pytest.raises(DeviceError, match=words):
        require_sim(answer)


def test_it_accepts_a_sim_that_is_ready():
    require_sim(Answer(("+CPIN: READY",)))
