"""What today's services say of a centre of then, asked within a process of it; each answers what it found."""

import re

import msgspec
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from foundation.words import Words
from settlement.explain.explanation import explain_lines
from settlement.explain.explanation_text import tell_line
from settlement.explain.sentences import Teller
from settlement.ledger.totals import approved_seconds
from settlement.models import (
    Account,
    Certificate,
    Dispute,
    DisputeRecord,
    EventOutcome,
    LedgerEntry,
    Line,
    PublicNotice,
    Session,
    Volunteer,
)
from settlement.reach import WHOLE
from settlement.recognition.certificate_check import check_certificate, token_of
from settlement.recognition.ratings import assessed_values
from settlement.recognition.stars import held_stars, open_star_reviews
from settlement.records.dispute_standing import standing_of
from settlement.records.manual_records import waiting_records
from settlement.reports.table import Table
from settlement.settling.full_check import check_everything
from settlement.settling.settler import settle_everything
from settlement.volunteers.record import service_record
from settlement.volunteers.transfers import open_transfers
from tests.settlement.migrations.centre_of_then import NIGHT_MS
from tests.settlement.migrations.kept_rows import rows_of


def rows():
    return rows_of(apps.get_models())


def said():
    """What counts, and what became of it."""
    records = {row.number: service_record(row.number) for row in Volunteer.objects.all()}
    certificates = {
        row.number: check_certificate(row.number, token_of(row)) for row in Certificate.objects.all()
    }
    return {
        "accounts": Account.objects.count(),
        "approved": {number: approved_seconds(number) for number in records},
        "hours": {number: record.hours for number, record in records.items()},
        "lines": {
            number: [
                (str(line.state), line.approved_s, line.waiting_s, line.recorder) for line in record.lines
            ]
            for number, record in records.items()
        },
        "stars": {number: held_stars(number) for number in records},
        "star_reviews": [row.volunteer_id for row in open_star_reviews(WHOLE)],
        "points": {number: record.points for number, record in records.items()},
        "value_s": {row.activity: row.v_s for row in assessed_values(1001)},
        "certificates": {
            number: (str(one.standing), one.name, one.content.service_time, len(one.content.service_content))
            for number, one in certificates.items()
        },
        "disputes": [str(standing_of(row, NIGHT_MS).state) for row in Dispute.objects.order_by("pk")],
        "answers": list(DisputeRecord.objects.values_list("record__reason", "dispute__answer__by")),
        "records": [row.volunteer_id for row in waiting_records(WHOLE)],
        "transfers": [row.volunteer_id for row in open_transfers(WHOLE)],
        "notices": [msgspec.convert(row.content, Table).title for row in PublicNotice.objects.all()],
    }


def explained():
    """Everybody's lines in words."""
    teller = Teller(Words("en"), "Asia/Shanghai")
    served = {number: "market" if number == 1005 else "fair" for number in range(1001, 1006)}
    lines = {number: explain_lines(number, activity, teller) for number, activity in served.items()}
    return {
        number: "\n".join(sentence for line in found for sentence in tell_line(line, teller))
        for number, found in lines.items()
    }


def settled_again():
    """Ledger and results before and after settling everybody, twice; what the full check says; all rows."""
    differences, states = [], [_state()]
    check_everything(NIGHT_MS, differences.append)
    for _ in range(2):
        settle_everything(NIGHT_MS)
        states.append(_state())
        check_everything(NIGHT_MS, differences.append)
    return states, differences, rows()


def _state():
    """How many entries there are and wait, and what was computed, without the numbers of its rows."""
    waiting = LedgerEntry.objects.filter(review=None).count()
    kept = rows_of([Session, Line, EventOutcome])
    without = {
        model: sorted(
            repr({name: value for name, value in row.items() if name != "id"}) for row in found.values()
        )
        for model, found in kept.items()
    }
    return [LedgerEntry.objects.count(), waiting, without]


def unsealed():
    """The triggers that let a row be changed or deleted all the same; and the names of all."""
    triggers = _triggers()
    let = []
    for name in triggers:
        table, _, change = re.fullmatch(r"(\w+)(_no_)(update|delete)", name).groups()
        if _changes(table, change):
            let.append(name)
    return let, triggers


def _triggers():
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(query)
        # Others keep what waits, and guard nothing.
        return sorted(name for (name,) in cursor.fetchall() if re.search("_no_(update|delete)$", name))


def _changes(table, change):
    """Whether somebody could; a table without rows has nothing to guard."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {quoted}")
        if not cursor.fetchone()[0]:
            return False
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        # Of some tables only the columns are guarded that say what happened.
        raw = "raw" in columns
        number = next((column for column in columns if column.endswith("_ms")), columns[0])
        name = connection.ops.quote_name("raw" if raw else number)
        # Of others the words may become empty, and what changes nothing is let pass.
        other = name if raw else f"{name} + 1"
        order = f"UPDATE {quoted} SET {name} = {other}" if change == "update" else f"DELETE FROM {quoted}"
        try:
            with transaction.atomic():
                cursor.execute(order)
        except DatabaseError as error:
            return "never" not in str(error) and "only" not in str(error)
    return True
