"""The options that several groups of commands share."""

from typing import Any

import click

from foundation.languages import LANGUAGES, known
from sync.contract.volunteer_number import MAX_VOLUNTEER


class LanguageChoice(click.Choice[str]):
    """A language that Muster speaks; its region may be said too (`zh_CN`). Any other is refused."""

    def __init__(self) -> None:
        super().__init__(LANGUAGES)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's signature
        """The language of ours that was meant."""
        return super().convert(known(value) or value, param, ctx)


LANGUAGE = LanguageChoice()
VOLUNTEER_NUMBER = click.IntRange(1, MAX_VOLUNTEER)
ROW_NUMBER = click.IntRange(1, 2**63 - 1)
"""What a database may number a row with."""

VOLUNTEER = click.option("--volunteer", type=VOLUNTEER_NUMBER, required=True, help="The volunteer's number.")
ACTIVITY = click.option("--activity", required=True, help="The activity's id.")
DAY = click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The line's local date, as 2026-03-07."
)
AS = click.option(
    "--as",
    "by",
    metavar="LOGIN",
    envvar="MUSTER_AS",
    help="Whose account acts (or MUSTER_AS); that of this system user when left out.",
)


def _said(_context: click.Context, _option: click.Parameter, reason: str) -> str:
    if not reason.strip():
        raise click.BadParameter("Say why in words.")
    return reason


REASON = click.option("--reason", required=True, callback=_said, help="Why; it stands on record.")
WHY = click.option("--reason", default="", help="Why; it stands on record.")
NOTE = click.option("--note", default="", help="A note that stands beside the decision.")
ENCODING = click.option(
    "--encoding",
    type=click.Choice(["utf-8", "gb18030", "big5", "windows-1252", "windows-1256"]),
    default="utf-8",
    show_default=True,
    help="How the characters of a CSV file are written; UTF-16 and marked UTF-8 say so themselves.",
)
SHEET = click.option(
    "--sheet", default="", help="Which sheet of a workbook; else the one that has the columns."
)
NUMBER = click.argument("number", type=ROW_NUMBER)
INSTEAD_OF = click.option(
    "--instead-of",
    multiple=True,
    metavar="EVENT",
    help="What the time counts instead of: terminal/epoch/number or manual/number; of a stay, both its ends.",
)
PREVIEW = click.option(
    "--preview", "only_shown", is_flag=True, help="Only show the hours with and without it; store nothing."
)
