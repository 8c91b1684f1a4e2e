"""A city that recorded Mei's hours and may certify them."""

import pytest


@pytest.fixture
def city(fair):
    from settlement.organisations.tree import add_organisation

    organisation = add_organisation("City of Lanterns", issuer="310115")
    fair.organisation = organisation
    fair.content = "guiding visitors"
    fair.save()
    return organisation


@pytest.fixture
def choir(site):
    """An activity that another organisation recorded."""
    from settlement.models import Activity
    from settlement.organisations.tree import add_organisation

    other = add_organisation("Choir association", issuer="310116")
    return Activity.objects.create(id="choir", site=site, title="Choir", organisation=other)
