"""Whatever a player does, nobody waits for it."""

import os
from pathlib import Path

from structlog.testing import capture_logs

from drivers.rhythms import Signal
from drivers.sound import loudspeaker as playing
from drivers.sound.tones import tone


def content(path):
    return Path(path).read_bytes() if Path(path).exists() else b""


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_tone_reaches_the_player_as_it_is(program, loudspeaker, until):
    play = program("play", 'cat > "$0.heard"')
    loudspeaker(play).show(Signal.ACCEPTED_OUT)
    until(lambda: content(f"{play}.heard") == tone(Signal.ACCEPTED_OUT, 80), "all of it was played")


def test_a_player_that_never_ends_is_killed_by_the_next_answer(program, loudspeaker, until):
    play = program("play", 'echo $$ >> "$0.pids"; exec sleep 3600')
    speaker = loudspeaker(play)
    speaker.show(Signal.ACCEPTED_IN)
    until(lambda: content(f"{play}.pids").count(b"\n") == 1)
    speaker.show(Signal.REFUSED)
    until(lambda: content(f"{play}.pids").count(b"\n") == 2)
    first, second = map(int, content(f"{play}.pids").split())
    assert not is_running(first)
    speaker.stop()
    assert not is_running(second)


def test_a_player_that_never_ends_is_killed_when_its_time_is_over(program, loudspeaker, until, monkeypatch):
    monkeypatch.setattr(playing, "_MORE_FOR_TONE_S", 0)
    play = program("play", 'echo $$ >> "$0.pids"; sleep 3600')
    with capture_logs() as logs:
        speaker = loudspeaker(play)
        speaker.show(Signal.UNREADABLE)
        until(lambda: speaker.failure)
    assert speaker.failure.endswith("did not end")
    assert not is_running(int(content(f"{play}.pids")))
    assert [entry["event"] for entry in logs] == ["sound_failed"]


def test_a_player_that_dies_is_told_once_until_it_plays_again(program, loudspeaker, until):
    play = program("play", 'echo tried >> "$0.heard"; echo "audio open error" >&2; exit 1')
    with capture_logs() as logs:
        speaker = loudspeaker(play)
        for count in (1, 2):
            speaker.show(Signal.ACCEPTED_IN)
            until(lambda count=count: content(f"{play}.heard").count(b"\n") == count)
        until(lambda: speaker.failure == "audio open error")
        program("play", 'cat > "$0.heard"')
        speaker.show(Signal.ACCEPTED_IN)
        until(lambda: not speaker.failure)
    assert [entry["event"] for entry in logs] == ["sound_failed", "sound_back"]


def test_a_player_that_complains_without_end_holds_up_nobody(program, loudspeaker, until):
    play = program("play", 'echo $$ >> "$0.pids"; exec yes "underrun!!!" >&2')
    speaker = loudspeaker(play)
    speaker.show(Signal.ACCEPTED_IN)
    until(lambda: content(f"{play}.pids"))
    program("play", 'cat > "$0.heard"')
    speaker.show(Signal.ACCEPTED_OUT)
    until(lambda: content(f"{play}.heard") == tone(Signal.ACCEPTED_OUT, 80), "the next one was played")
    assert not is_running(int(content(f"{play}.pids")))


def test_a_player_that_is_not_there_any_more_is_told(loudspeaker, until):
    speaker = loudspeaker("/nowhere/play")
    speaker.show(Signal.ACCEPTED_IN)
    until(lambda: "No such file" in speaker.failure)


def test_the_word_is_spoken_after_the_tone_and_given_to_the_same_player(program, loudspeaker, until):
    play = program("play", 'cat >> "$0.heard"')
    voice = program("voice", 'echo "$@" > "$0.asked"; cat')
    speaker = loudspeaker(play, voice)
    speaker.show(Signal.ACCEPTED_IN)
    speaker.say("欢迎", "zh-Hans")
    spoken = tone(Signal.ACCEPTED_IN, 80) + "欢迎".encode()
    until(lambda: content(f"{play}.heard") == spoken, "tone and word were played")
    assert content(f"{voice}.asked").split()[-2:] == [b"-v", b"cmn"]


def test_a_voice_that_never_ends_is_killed_with_its_player_by_the_next_answer(program, loudspeaker, until):
    play = program("play", "cat > /dev/null")
    voice = program("voice", 'echo $$ > "$0.pid"; exec sleep 3600')
    speaker = loudspeaker(play, voice)
    speaker.show(Signal.ACCEPTED_IN)
    speaker.say("Welcome", "en")
    until(lambda: content(f"{voice}.pid"))
    speaker.show(Signal.REFUSED)
    until(lambda: not is_running(int(content(f"{voice}.pid"))))


def test_nothing_is_spoken_where_no_program_speaks(program, loudspeaker, until):
    play = program("play", 'cat >> "$0.heard"')
    speaker = loudspeaker(play)
    speaker.say("Welcome", "en")
    speaker.show(Signal.ACCEPTED_IN)
    until(lambda: content(f"{play}.heard") == tone(Signal.ACCEPTED_IN, 80))
