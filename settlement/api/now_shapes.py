"""What is told of sites as they are now."""

from pydantic import Field

from settlement.api.shapes import Shape


class Site(Shape):
    """One site now."""

    code: str
    name: str
    is_in_trouble: bool = Field(description="Whether somebody should look at it.")
    here: int = Field(description="People who are on site.")
    expected: int = Field(description="People whose shift runs now.")
    missing: int = Field(description="Those of them who neither are here nor were.")
    terminals: int
    silent: int = Field(description="Terminals that were not heard of for long.")
    heard_ms: int | None = Field(
        description="When the terminal that is silent for longest was last heard of, UTC milliseconds."
    )
    lacking: int = Field(description="Events that terminals have told of and that have not come.")
    unsent: int = Field(description="Events that terminals say they have yet to send.")
    alarms: int
    certificates: int = Field(description="Terminals whose certificate ends soon.")
    waiting: int = Field(description="Entries that wait for a reviewer.")


class Sites(Shape):
    """A page of sites, those in trouble first."""

    items: list[Site]
    next: str | None


class MissingPerson(Shape):
    """Somebody who is expected and not here; times are UTC milliseconds."""

    volunteer: int
    name: str
    activity: str = Field(description="Its title.")
    post: str
    start_ms: int
    end_ms: int


class MissingPeople(Shape):
    """A page of who is missing."""

    items: list[MissingPerson]
    next: str | None
