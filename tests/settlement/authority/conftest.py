"""A centre's folder with its authority, as `muster centre prepare` makes it."""

import msgspec
import pytest


@pytest.fixture
def prepared(db, settings, tmp_path):
    """Settings of a folder of the test's own, where everything has been made, some changed if told so."""
    from settlement.authority.own_certificates import make_missing

    def _prepared(**changes):
        authority = msgspec.structs.replace(settings.CENTRE.authority, broker_reload="", **changes)
        settings.CENTRE = msgspec.structs.replace(
            settings.CENTRE, directory=str(tmp_path / "centre"), authority=authority
        )
        make_missing(settings.CENTRE)
        return settings.CENTRE

    return _prepared


@pytest.fixture
def authority(prepared):
    from settlement.authority.certificates import open_authority

    return open_authority(prepared())
