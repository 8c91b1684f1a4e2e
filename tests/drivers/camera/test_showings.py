from dataclasses import replace
from itertools import pairwise

import pytest

from drivers.camera.showings import Showings, Sighting
from drivers.reading import Secret

WIDTH, HEIGHT = 1280, 720
BADGE, OTHER, POSTER = (
    ("text", Secret(text)) for text in ("MB1:7K9Z%B2", "MB1:AA41.C3", "https://a.example")
)
AT_8_A_SECOND = 125
WORN, HELD = 117, 240
"""Pixels of a side: 2.6 a module on a lanyard, and what is held before the lens."""


def sight(key, side, at_ms, x=WIDTH / 2, y=HEIGHT / 2):
    half = side / 2
    corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    return Sighting(key, corners, (WIDTH, HEIGHT), at_ms)


class Camera:
    """Pictures, eight a second by a clock that is stepped; `presented` is when what was presented."""

    def __init__(self, repeat_after_ms=12_000):
        self.showings = Showings(repeat_after_ms)
        self.now_ms = 0
        self.presented = []
        self.shown_again = 0

    def see(self, *codes, seconds=0.125, unread=()):
        """Each code is (key, side) or (key, side, x, y)."""
        end_ms = self.now_ms + int(seconds * 1000)
        while self.now_ms < end_ms:
            sightings = [sight(key, side, self.now_ms, *place) for key, side, *place in codes]
            shown = self.showings.see(sightings, unread)
            self.presented += [(self.now_ms, one.key) for one in shown if not one.again]
            self.shown_again += sum(one.again for one in shown)
            self.now_ms += AT_8_A_SECOND

    def keys(self):
        return [key for _, key in self.presented]


@pytest.fixture
def camera():
    return Camera()


def test_a_badge_that_is_held_up_is_presented_in_the_first_picture_and_once(camera):
    camera.see((BADGE, HELD), seconds=14)
    assert camera.presented == [(0, BADGE)]


def test_a_badge_that_is_worn_before_the_lens_for_three_hours_is_presented_once(camera):
    """The findings' person turns to and fro; now and then somebody stands in between, or they look aside."""
    turn = 0
    while camera.now_ms < 3 * 3_600_000:
        turn += 1
        sway = 60 * (turn % 3 - 1)
        camera.see((BADGE, WORN + turn % 7, 600 + sway, 400), seconds=4)
        camera.see(seconds=(3, 5, 8, 3, 20, 3, 45)[turn % 7])
    assert camera.keys() == [BADGE]


@pytest.mark.parametrize("side", [WORN, 150, 180, HELD])
@pytest.mark.parametrize("away_s", [2, 5, 9, 11])
def test_whoever_stays_and_turns_away_for_a_moment_is_shown_once(camera, side, away_s):
    for _ in range(100):
        camera.see((BADGE, side), seconds=3)
        camera.see(seconds=away_s)
    assert camera.keys() == [BADGE]


@pytest.mark.parametrize(("side", "away_s", "times"), [(HELD, 5, 3), (HELD, 1.5, 0), (WORN, 5, 0)])
def test_a_near_code_that_was_away_for_a_moment_is_told_as_shown_again(camera, side, away_s, times):
    camera.see((BADGE, HELD), seconds=3)
    for _ in range(3):
        camera.see(seconds=away_s)
        camera.see((BADGE, side), seconds=3)
    assert (camera.keys(), camera.shown_again) == ([BADGE], times)


def test_two_people_in_turn_are_read_at_once(camera):
    camera.see((BADGE, HELD), seconds=2)
    camera.see((OTHER, HELD), seconds=2)
    assert camera.presented == [(0, BADGE), (2000, OTHER)]


@pytest.mark.parametrize("seconds", [2, 8, 40])
def test_whoever_walks_away_and_comes_back_two_minutes_later_is_served_at_once(camera, seconds):
    camera.see((BADGE, HELD), seconds=seconds)
    camera.see(seconds=120)
    back_ms = camera.now_ms
    camera.see((BADGE, HELD), seconds=2)
    assert camera.presented == [(0, BADGE), (back_ms, BADGE)]


def test_whoever_comes_back_sooner_is_served_where_they_did_not_stay(camera):
    camera.see((BADGE, HELD), seconds=3)
    camera.see(seconds=15)
    camera.see((BADGE, HELD, 700, 300), seconds=3)
    assert camera.keys() == [BADGE, BADGE]


def test_a_badge_that_hangs_down_and_is_held_up_again_is_served(camera):
    camera.see((BADGE, HELD), seconds=3)
    camera.see((BADGE, WORN, 620, 560), seconds=62)
    raised_ms = camera.now_ms
    camera.see((BADGE, HELD), seconds=3)
    assert camera.keys() == [BADGE, BADGE]
    assert camera.presented[1][0] <= raised_ms + 2 * AT_8_A_SECOND


def test_a_badge_on_its_way_to_the_lens_is_presented_once(camera):
    for side in range(100, 500, 20):
        camera.see((BADGE, side))
    camera.see((BADGE, 480), seconds=10)
    assert camera.keys() == [BADGE]


def test_one_picture_with_wrong_corners_raises_nothing(camera):
    camera.see((BADGE, WORN), seconds=30)
    camera.see((BADGE, HELD))
    camera.see((BADGE, WORN), seconds=30)
    assert camera.keys() == [BADGE]


def test_leaning_to_and_fro_raises_nothing(camera):
    for turn in range(200):
        camera.see((BADGE, WORN + 12 * (turn % 5)), seconds=2)
    assert camera.keys() == [BADGE]


@pytest.mark.parametrize(("near", "seconds"), [(170, 2), (300, 2), (300, 20)])
def test_whoever_leans_forward_now_and_then_is_served_once_more_at_most_in_ten_minutes(near, seconds, camera):
    """For an hour; ever longer pauses, so that three hours bring four at most."""
    while camera.now_ms < 3_600_000:
        camera.see((BADGE, 100), seconds=30)
        camera.see((BADGE, near), seconds=seconds)
    later = [at_ms for at_ms, _ in camera.presented[1:]]
    assert len(later) <= (0 if near == 170 else 4)
    assert all(after - before >= 600_000 for before, after in pairwise(later))


def test_a_badge_that_is_raised_slowly_is_served(camera):
    camera.see((BADGE, HELD), seconds=2)
    camera.see((BADGE, 150, 620, 450), seconds=600)
    camera.see((BADGE, 230), seconds=5)
    camera.see((BADGE, 300), seconds=5)
    assert camera.keys() == [BADGE, BADGE]


def test_a_poster_that_people_walk_past_is_presented_once(camera):
    for _ in range(200):
        camera.see((POSTER, 150, 1000, 200), seconds=3)
        camera.see(seconds=3)
    assert camera.keys() == [POSTER]


def test_what_comes_back_to_the_very_spot_was_only_hidden(camera):
    camera.see((POSTER, 150, 1000, 200), seconds=3)
    camera.see(seconds=30)
    camera.see((POSTER, 150, 1003, 201), seconds=3)
    assert camera.keys() == [POSTER]


def test_who_shows_a_badge_for_a_moment_and_shows_it_there_again_is_served():
    """As the demo does, with the same film."""
    camera = Camera(repeat_after_ms=1500)
    for _ in range(2):
        camera.see((BADGE, HELD), seconds=0.8)
        camera.see(seconds=2)
    assert camera.keys() == [BADGE, BADGE]


def test_what_comes_back_to_its_spot_and_then_moves_is_in_a_hand(camera):
    camera.see((BADGE, HELD), seconds=3)
    camera.see(seconds=20)
    camera.see((BADGE, HELD), seconds=1)
    assert camera.keys() == [BADGE]
    camera.see((BADGE, HELD, 690, 380), seconds=2)
    assert camera.keys() == [BADGE, BADGE]


def test_a_small_code_must_be_in_the_middle_for_a_while(camera):
    camera.see((BADGE, 80), seconds=1.5)
    assert camera.presented == []
    camera.see((BADGE, 80), seconds=1)
    assert camera.keys() == [BADGE]


def test_a_small_code_at_the_side_is_nobody_who_means_it(camera):
    camera.see((BADGE, WORN, 1150, 500), seconds=300)
    assert camera.presented == []
    camera.see((BADGE, HELD, 1000, 400))
    assert camera.keys() == [BADGE]


def test_small_codes_of_pictures_that_have_nothing_to_do_with_each_other_are_presented():
    showings = Showings(12_000, patience_ms=0)
    assert [one.key for one in showings.see([sight(BADGE, 60, 0, 1200, 80)])] == [BADGE]
    assert showings.see([sight(OTHER, 60, 200, 1200, 80)], [0.4]) == []


@pytest.mark.parametrize("lanyard", [60, WORN, 160])
def test_who_waits_behind_with_a_lanyard_is_not_presented(camera, lanyard):
    """The badge that is held up is out of focus, and read in the eighth picture for the first time."""
    behind = (OTHER, lanyard, 980, 540)
    camera.see(behind if lanyard < 144 else (BADGE, 300, 500, 350), seconds=1, unread=[0.36])
    camera.see((BADGE, 300, 500, 350), behind, seconds=5)
    camera.see(behind, seconds=2)
    assert camera.keys() == [BADGE]
    camera.see((OTHER, HELD), seconds=2)
    assert camera.keys() == [BADGE, OTHER]


def test_a_small_code_waits_while_a_larger_one_is_held_up_that_can_not_be_read(camera):
    camera.see((OTHER, WORN, 700, 400), seconds=10, unread=[0.4])
    assert camera.presented == []


def test_a_poster_puts_nobody_behind_it_for_ever(camera):
    camera.see((POSTER, 250, 200, 300), seconds=30)
    camera.see((POSTER, 250, 200, 300), (BADGE, 160), seconds=1)
    assert camera.keys() == [POSTER, BADGE]


def test_codes_that_are_held_up_together_come_in_the_order_of_their_size(camera):
    third = ("text", Secret("MB1:C"))
    camera.see((BADGE, 180, 300, 300), (third, 190, 900, 500), (OTHER, 200, 700, 300))
    assert camera.presented == [(0, OTHER), (0, third), (0, BADGE)]


def test_what_was_not_taken_is_presented_again(camera):
    camera.see((BADGE, HELD))
    camera.showings.not_taken(BADGE)
    camera.see((BADGE, HELD))
    assert camera.keys() == [BADGE, BADGE]


def test_whoever_comes_back_is_told_how_long_they_were_away():
    showings = Showings(12_000)
    assert showings.see([sight(BADGE, HELD, 0)])[0].away_ms is None
    for at_ms in range(0, 30_000, 500):
        showings.see([sight(BADGE, HELD, at_ms)])
    (shown,) = showings.see([sight(BADGE, HELD, 100_000)])
    assert shown.away_ms == 100_000 - 29_500
    (shown,) = showings.see([sight(BADGE, HELD, 115_000, 500)])
    assert shown.away_ms == 15_000


def test_how_long_somebody_was_away_is_told_by_the_terminals_clock():
    showings = Showings(12_000)
    first, again = sight(BADGE, HELD, 0), sight(BADGE, HELD, 20_000, 500)
    showings.see([replace(first, clock_ms=5_000)])
    (shown,) = showings.see([replace(again, clock_ms=5_000 + 3_600_000)])
    assert shown.away_ms == 3_600_000


def test_many_short_sights_are_a_stay(camera):
    """Somebody sits near the lens and turns to it for a second now and then."""
    for turn in range(300):
        camera.see((BADGE, 160, 600 + 40 * (turn % 5), 400), seconds=1.5)
        camera.see(seconds=(14, 30, 50)[turn % 3])
    assert len(camera.presented) < 20
    assert camera.presented[-1][0] < 15 * 60_000


@pytest.mark.parametrize("away_s", [70, 120, 300, 500])
def test_a_lanyard_that_comes_past_again_and_again_is_presented_once(camera, away_s):
    camera.see((BADGE, HELD), seconds=2)
    for _ in range(20):
        camera.see(seconds=away_s)
        camera.see((BADGE, WORN, 620, 420), seconds=4)
    assert camera.keys() == [BADGE]


def test_whoever_is_next_with_a_small_badge_is_served_once_the_front_is_gone(camera):
    camera.see((BADGE, 340), (OTHER, 130, 700, 400), seconds=2)
    camera.see((OTHER, 130, 640, 380), seconds=20)
    assert camera.keys() == [BADGE, OTHER]
    assert camera.presented[1][0] <= 15_000


def test_what_was_there_before_the_camera_was_opened_was_not_seen_to_come():
    showings = Showings(12_000)
    showings.opened(5_000, 0)
    assert [one.seen_coming for one in showings.see([sight(BADGE, HELD, 6_000)])] == [False]
    assert [one.seen_coming for one in showings.see([sight(OTHER, HELD, 17_000)])] == [True]
    (again,) = showings.see([sight(BADGE, HELD, 20_000, 500)])
    assert again.seen_coming


@pytest.mark.parametrize("side", [WORN, 150, HELD])
def test_while_the_camera_sees_nothing_nobody_goes_away(camera, side):
    camera.see((BADGE, HELD), seconds=30)
    blind_since_ms = camera.now_ms
    camera.now_ms += 120_000
    camera.showings.opened(camera.now_ms, blind_since_ms)
    camera.see((BADGE, side, 700, 400), seconds=30)
    assert camera.keys() == [BADGE]


def test_a_camera_that_saw_nothing_for_long_says_that_it_saw_nobody_come(camera):
    camera.see((BADGE, HELD), seconds=3)
    camera.showings.opened(camera.now_ms + 3_600_000, camera.now_ms)
    (shown,) = camera.showings.see([sight(BADGE, HELD, camera.now_ms + 3_601_000)])
    assert not shown.seen_coming


def test_a_code_is_told_with_those_that_went_out_of_sight_just_before():
    """A telephone's next code; or the next person's, which is for the engine to tell."""
    showings = Showings(12_000)
    for at_ms in range(0, 60_000, 125):
        showings.see([sight(BADGE, HELD, at_ms), sight(POSTER, HELD, at_ms, 200)])
    (shown,) = showings.see([sight(OTHER, HELD, 61_000, 800), sight(POSTER, HELD, 61_000, 200)])
    assert shown.after == (BADGE,)
    (later,) = showings.see([sight(("text", Secret("MB1:D")), HELD, 72_500)])
    assert set(later.after) == {OTHER, POSTER}
    (latest,) = showings.see([sight(("text", Secret("MB1:E")), HELD, 90_000)])
    assert latest.after == ()


def test_the_same_bytes_and_text_are_two_codes(camera):
    camera.see((BADGE, HELD), (("part", BADGE[1]), HELD))
    assert len(camera.keys()) == 2


def test_a_crowd_of_codes_is_forgotten():
    showings = Showings(12_000)
    for number in range(2_000):
        showings.see([sight(("text", Secret(str(number))), HELD, number * 100)])
    assert len(showings._known) <= 500
