"""The reading of pictures against spoiled ones: cut, joined, bent, turned, faded, covered, drowned in noise.

Whatever the decoders make of a picture, nothing but a text comes out of it, and no misread text of a badge
bears the issuer's signature.
"""

import functools
from random import Random

import cv2
import numpy as np
import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.camera.qr import LiveReader, read_photo
from foundation.errors import CredentialError
from sync.contract import badge
from sync.contract.badge import Badge
from sync.contract.signing import SigningKey

ISSUER = SigningKey.from_seed(bytes(range(32)))
TOKEN = badge.issue(Badge(volunteer=100101), ISSUER)
OTHER = "1234567890"
LARGEST_SIDE = 400


@functools.cache
def printed(text, module):
    """A code in its quiet zone, `module` pixels a module."""
    modules = np.array([list(row) for row in segno.make_qr(text, error="q").matrix], dtype=np.uint8)
    return np.where(np.kron(np.pad(modules, 4), np.ones((module, module))) > 0, 20, 235).astype(np.uint8)


def noise(random, shape):
    return np.frombuffer(random.randbytes(shape[0] * shape[1]), np.uint8).reshape(shape)


def cut(picture, random):
    height, width = picture.shape
    top, left = random.randrange(height // 2 + 1), random.randrange(width // 2 + 1)
    return picture[top : top + random.randint(1, height), left : left + random.randint(1, width)]


def joined(picture, random):
    beside = cv2.resize(printed(OTHER, 2), (random.randint(8, 120), picture.shape[0]))
    return np.hstack((picture, beside))


def bent(picture, random):
    height, width = picture.shape
    corners = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    moved = corners + np.float32([[random.uniform(-0.3, 0.3) * width for _ in "xy"] for _ in corners])
    return cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, moved), (width, height))


def turned(picture, random):
    return np.rot90(picture, random.randrange(1, 4))


def faded(picture, random):
    return cv2.convertScaleAbs(picture, alpha=random.uniform(0.01, 3), beta=random.uniform(-80, 120))


def covered(picture, random):
    height, width = picture.shape
    patch = noise(random, (random.randint(1, height), random.randint(1, width)))
    top, left = random.randrange(height), random.randrange(width)
    picture = picture.copy()
    place = picture[top : top + patch.shape[0], left : left + patch.shape[1]]
    place[:] = patch[: place.shape[0], : place.shape[1]]
    return picture


def drowned(picture, random):
    share = random.random()
    return cv2.addWeighted(picture, 1 - share, noise(random, picture.shape), share, 0)


def stretched(picture, random):
    return cv2.resize(picture, (random.randint(1, 300), random.randint(1, 300)))


SPOILERS = (cut, joined, bent, turned, faded, covered, drowned, stretched)


def spoiled(random):
    """A picture that began as a badge and then had up to four accidents."""
    picture = printed(TOKEN, random.choice((1, 2, 3)))
    for _ in range(random.randrange(5)):
        picture = random.choice(SPOILERS)(picture, random)
    return picture[:LARGEST_SIDE, :LARGEST_SIDE]


def check(random, reader):
    picture = spoiled(random)
    for text in {*read_photo(picture), *reader.read(picture)} - {TOKEN, OTHER}:
        with pytest.raises(CredentialError):
            badge.verify(text, [ISSUER.public])


def pictures(count, *, of_a_seed, **options):
    """Check so many pictures, in runs that each keep one live reader, as a camera does."""

    @settings(
        deadline=None, suppress_health_check=list(HealthCheck), max_examples=count // of_a_seed, **options
    )
    @given(st.integers(0, 2**64))
    def run(seed):
        random, reader = Random(seed), LiveReader()
        for _ in range(of_a_seed):
            check(random, reader)

    run()


def test_it_survives_any_picture():
    pictures(200, of_a_seed=10, derandomize=True, database=None)


def test_some_of_these_pictures_can_still_be_read():
    random = Random(1)
    assert sum(TOKEN in read_photo(spoiled(random)) for _ in range(60)) > 10


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_it_survives_two_hundred_thousand_pictures():
    pictures(200_000, of_a_seed=40, database=None)
