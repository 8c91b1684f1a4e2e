"""What is told of organisations and sites, and how they are entered and changed; each change has a reason."""

from typing import Annotated, Literal

from ninja import Path
from pydantic import Field

from settlement.api.shapes import Asked, Shape

Branch = Annotated[str, Path(pattern="^[0-9]{4,32}$", description="An organisation's place in the tree.")]
Place = Annotated[str, Field(max_length=32, description="An organisation's place in the tree.")]
Reason = Annotated[str, Field(min_length=1, max_length=300, description="Why; it stands on record.")]
Holds = Annotated[
    dict[str, int], Field(description="How much of each kind hangs on it, and so moves or stays with it.")
]


class OrganisationTold(Shape):
    """An organisation; `issuer` are the six digits of its certificates, "" where it issues none."""

    path: str
    name: str
    issuer: str
    in_charge: str
    depth: int


class Organisations(Shape):
    """A page of organisations, by their place in the tree."""

    items: list[OrganisationTold]
    next: str | None


class OneOrganisation(OrganisationTold):
    """An organisation with what is in it and below."""

    holds: Holds


class OrganisationValues(Asked):
    """What an organisation is called, and who answers for what it records."""

    name: str = Field(max_length=120)
    issuer: str = Field(default="", max_length=6)
    in_charge: str = Field(default="", max_length=40)
    reason: Reason


class OrganisationEntered(OrganisationValues):
    """A new one: at the next free place below `under`, "" for the top."""

    under: Place = ""


class OrganisationMoved(Asked):
    """Where an organisation goes with all below it; "" for the top."""

    under: Place
    reason: Reason


class EndOfOrganisation(Asked):
    """Why an organisation is taken out of the tree."""

    reason: Reason


class OrganisationEnded(Shape):
    """The place that is free again."""

    path: str


class SiteTold(Shape):
    """A site as it is entered, with what hangs on it."""

    code: str
    name: str
    zone: str
    language: str
    organisation: str = Field(description="The place of who runs it; empty where nobody does.")
    holds: Holds


class SiteValues(Asked):
    """A site; `zone` is an IANA zone, `organisation` the place of who runs it."""

    name: str = Field(max_length=120)
    zone: str = Field(max_length=40)
    language: Literal["en", "zh-Hans", "ar"]
    organisation: Place
    reason: Reason
