"""What all shapes of the document share: they are made of what services hand over, at this border alone."""

from typing import Annotated

from ninja import Header, Query
from pydantic import BaseModel, ConfigDict, Field

LARGEST = 2**63 - 1


class Shape(BaseModel):
    """A part of an answer; its fields are read off a service's value of the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Asked(BaseModel):
    """The body of a call; what it does not know is refused rather than overlooked."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Wrong(Shape):
    """A part of a call that is not as the document says."""

    where: str = Field(description="The place: body, path, query or header, then the names on the way.")
    what: str = Field(description="What it should be, as a code.")


class Problem(Shape):
    """Why a call was refused (RFC 9457); sentences are in a language of Accept-Language."""

    type: str = Field(description="urn:muster:problem: and the code.")
    title: str
    status: int
    detail: str = Field(description="What is wrong.")
    code: str
    remedy: str = Field(description="What can be done about it.")
    errors: list[Wrong] = Field(default=[], description="Of a call that is not as the document says.")


Number = Annotated[int, Field(ge=1, le=LARGEST)]
Cursor = Annotated[
    str, Query(default="", max_length=2000, description="Where the page before ended: its `next`.")
]
Limit = Annotated[int, Query(default=50, ge=1, le=100, description="The most that one page holds.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        default=None,
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="Any text of one's own: within a day the same call with the same key is answered as"
        " before, and does nothing again.",
    ),
]
Note = Annotated[str, Field(max_length=300, description="Stands beside the decision.")]
Override = Annotated[
    str, Field(max_length=300, description="Why to go on although evidence is missing, once it is due.")
]
