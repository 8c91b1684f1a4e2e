"""Centres that begin from nothing."""

import pytest

from tests.settlement.own_centre import OwnCentre


@pytest.fixture
def own_centre(tmp_path):
    """One without a database: what is tried begins from nothing."""
    centre = OwnCentre(tmp_path)
    yield centre
    centre.drop()
