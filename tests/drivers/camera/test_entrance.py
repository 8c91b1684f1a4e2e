"""Codes as entrances see them: frames of the findings, and others of the same kinds with other badges."""

from pathlib import Path

import numpy as np
import pytest

from drivers.camera.qr import LiveReader, read_photo
from drivers.camera.verify import load
from drivers.camera.view import side_of
from drivers.simulated.entrance_frames import Hardship, entrance_frames

FOLDER = Path(__file__).parents[2] / "vectors" / "entrance"
FRAMES = {photograph.category: photograph for photograph in load(FOLDER)}
BADGE = (
    "MB1:V50000300WQUV50Q10PWVEV276PFC4U1C5 K7-O:LA34MH4IRZCWIAEXE143PXS0/T90W7$GYITFIRVOEO2TRFGK8MS1A:AM.%DI"
)
OTHER = (
    "MB1:HB00003000NTUZRO8GIHHQ+VK-P8/GG6PG62WQ38HD*RDKC5Q0NZ7CCA0:G6GAS%J5QM4WV0FL3AU6U4A0H0.JGPT88/PZ19C+KL"
)
POSTER = "https://example.org/wifi"


def live(frames):
    reader = LiveReader()
    return [reader.read(frame) for frame in frames]


def shifted(grey, times):
    """The frame moved by a pixel each time, so that something moves."""
    return (np.roll(grey, number, axis=1) for number in range(times))


@pytest.mark.parametrize("category", sorted(FRAMES))
def test_the_findings_frames_are_read_as_photographs(category):
    read = set(read_photo(FRAMES[category].grey))
    assert read
    assert read <= FRAMES[category].expected


@pytest.mark.parametrize("category", sorted(set(FRAMES) - {"lanyard_behind_blurred_held"}))
def test_the_findings_frames_are_read_live_in_the_first_pictures(category):
    photograph = FRAMES[category]
    seen = live(shifted(photograph.grey, 20))
    assert {text for texts in seen for text in texts} == photograph.expected
    assert next(number for number, texts in enumerate(seen, 1) if texts) <= 6


def test_the_badge_that_is_held_up_is_read_before_the_lanyard_behind_it():
    photograph = FRAMES["lanyard_behind_blurred_held"]
    reader = LiveReader()
    looks = [reader.look(frame).found for frame in shifted(photograph.grey, 20)]
    held = [found[0] for found in looks if found and side_of(found[0].corners) > 200]
    assert len(held) >= 14
    assert {code.content.text for found in looks for code in found} == photograph.expected
    assert len({code.content.text for code in held}) == 1


@pytest.mark.parametrize(
    "hardship",
    [
        Hardship.DIM_PHONE,
        Hardship.DARK_ROOM,
        Hardship.BACKLIGHT,
        Hardship.DARK_MODE,
        Hardship.BLACK_HOLDER,
        Hardship.ONE_SIDE_CUT,
    ],
)
def test_hard_light_and_missing_quiet_zones_are_read_in_ten_pictures(hardship):
    firsts = []
    for seed in (11, 12):
        seen = live(entrance_frames(BADGE, hardship, seed=seed))
        assert {text for texts in seen for text in texts} <= {BADGE}
        firsts.append(any(seen))
    assert all(firsts)


@pytest.mark.parametrize(
    ("hardship", "behind"), [(Hardship.BEFORE_POSTER, POSTER), (Hardship.BEFORE_LANYARD, OTHER)]
)
def test_what_is_behind_hides_no_badge_that_is_out_of_focus(hardship, behind):
    seen = live(entrance_frames(BADGE, hardship, seed=3, behind=behind))
    assert sum(BADGE in texts for texts in seen) >= 6
    assert {text for texts in seen for text in texts} == {BADGE, behind}


def test_a_poster_at_rest_hides_no_badge_either():
    frames = list(entrance_frames(BADGE, Hardship.BEFORE_POSTER, seed=4, behind=POSTER))
    wall = frames[0].copy()
    wall[:, :900] = 120
    seen = live([wall] * 14 + frames)
    assert sum(BADGE in texts for texts in seen[14:]) >= 6
