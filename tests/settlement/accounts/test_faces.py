"""Whatever a page, a program or a command asks of the centre takes who asks, or stands here with why not."""

import ast
import importlib
import inspect
from pathlib import Path

import django  # noqa: F401 - what is looked at is imported by name, and knows models
import pytest

import settlement.web

ROOT = Path(settlement.web.__file__).parents[2]
FACES = [
    *(ROOT / "settlement" / "web").glob("*.py"),
    *(ROOT / "settlement" / "web" / "serving").glob("*.py"),
    *(ROOT / "settlement" / "api").rglob("*.py"),
    *(ROOT / "muster" / "commands").rglob("*.py"),
]
ACTS = ("Reach", "Actor", "Signed", "Reviewer")
"""What says who asks, in the annotation of a parameter."""

FINDS_A_ROW = "finds what a service is then asked for, and tells nothing of it"
OF_REACHED_ROWS = "tells more of rows or people whom the face has checked the reach of before"
SAYS = "makes words, times or pictures of what is known"
OF_THE_MACHINE = "runs the centre itself: whoever may start it holds its keys and its database"
LOGS_IN = "is how somebody becomes an account"
TIES = "ties together what is noted while it lasts, and tells nothing"
PUBLIC = "is for everybody, and tells no names"

WITHOUT = {
    "settlement.accounts.accounts": {"acting": LOGS_IN, "actor_of": LOGS_IN},
    "settlement.accounts.api_tokens": {
        "acting_by": LOGS_IN,
        "check_scope": LOGS_IN,
        "count_call": LOGS_IN,
        "forget_answers": OF_THE_MACHINE,
    },
    "settlement.accounts.audit": {"records_of": OF_REACHED_ROWS},
    "settlement.accounts.authority": {"allowed": SAYS},
    "settlement.accounts.click": {"one_click": TIES},
    "settlement.accounts.invitations": {"accept_invitation": LOGS_IN, "invited": LOGS_IN},
    "settlement.authority.broker_guests": {"guests_of": OF_THE_MACHINE},
    "settlement.authority.certificates": {
        "days_left": OF_REACHED_ROWS,
        "open_authority": OF_THE_MACHINE,
    },
    "settlement.authority.own_certificates": {"renew_due": OF_THE_MACHINE},
    "settlement.authority.reload": {"reload_broker": OF_THE_MACHINE},
    "settlement.authority.revocation": {"refuse_at_broker": OF_THE_MACHINE, "wait_for_wipe": OF_THE_MACHINE},
    "settlement.backup": {"back_up": OF_THE_MACHINE},
    "settlement.badges.code": {"drawing_of": SAYS, "in_characters": SAYS},
    "settlement.badges.csv_source": {"read_wanted": SAYS},
    "settlement.badges.issue": {"files_of": SAYS, "without_font": SAYS, "write_new": SAYS},
    "settlement.badges.libraries": {"require_libraries": OF_THE_MACHINE},
    "settlement.cases.verify": {"main": PUBLIC},
    "settlement.centre": {"open_centre": OF_THE_MACHINE},
    "settlement.codes.gateway": {"open_gateway": OF_THE_MACHINE},
    "settlement.codes.issuing": {"provider_token": OF_THE_MACHINE},
    "settlement.database.emptied_log": {"empty_log": OF_THE_MACHINE},
    "settlement.database.kept_connections": {"keep_connections": OF_THE_MACHINE},
    "settlement.database.known_keys": {"replace_key": OF_THE_MACHINE},
    "settlement.database.safety": {"log_risks": OF_THE_MACHINE, "risks": OF_THE_MACHINE},
    "settlement.downlink.handovers": {"beliefs": OF_THE_MACHINE},
    "settlement.downlink.editions": {"publish_roster": OF_THE_MACHINE},
    "settlement.enrolment.requests": {"answer_request": "answers a terminal, by its token or its approval"},
    "settlement.proof.audit": {"audit": OF_THE_MACHINE},
    "settlement.proof.checkpoints": {
        "make_checkpoint": OF_THE_MACHINE,
        "newest_checkpoint": PUBLIC,
        "note_keys": PUBLIC,
    },
    "settlement.proof.note": {"read_head": PUBLIC, "read_keys": PUBLIC},
    "settlement.proof.proof_text": {"check_proof": PUBLIC, "read_proof": PUBLIC},
    "settlement.evidence.replaced": {"names_replaced": OF_REACHED_ROWS},
    "settlement.explain.completeness_text": {"tell_completeness": SAYS},
    "settlement.explain.evidence": {"time_of": OF_REACHED_ROWS},
    "settlement.explain.explanation_text": {"tell_line": SAYS},
    "settlement.explain.rules_document": {
        "address_of": SAYS,
        "anchor_of": SAYS,
        "rules_account": PUBLIC,
        "rules_document": PUBLIC,
        "tell_rules": SAYS,
    },
    "settlement.explain.time_text": {"tell_time": SAYS},
    "settlement.ingest.archive": {"archive_everything": OF_THE_MACHINE},
    "settlement.ingest.log_import": {"import_log": OF_THE_MACHINE},
    "settlement.ingest.restore_check": {"lacking": OF_THE_MACHINE, "raise_generation": OF_THE_MACHINE},
    "settlement.lists.number_spans": {"spans": SAYS},
    "settlement.lists.row_fixes": {"fix_of": SAYS},
    "settlement.lists.row_troubles": {"column_of": SAYS},
    "settlement.local_times": {
        "clock_text": SAYS,
        "local_ms": SAYS,
        "local_text": SAYS,
        "offset_where_twice": SAYS,
    },
    "settlement.look_up": {
        "activity_called": FINDS_A_ROW,
        "organisation_at": FINDS_A_ROW,
        "row_number": SAYS,
        "site_coded": FINDS_A_ROW,
        "storable": SAYS,
        "volunteer_numbered": FINDS_A_ROW,
    },
    "settlement.loopback": {"is_loopback": SAYS},
    "settlement.master_data.organisation_overview": {
        "contents_of": OF_REACHED_ROWS,
        "organisation_told": OF_REACHED_ROWS,
    },
    "settlement.master_data.master_file": {"read_master_file": SAYS},
    "settlement.merged_numbers": {"merged_numbers": FINDS_A_ROW},
    "settlement.monitoring.health": {"why_it_can_not_serve": OF_THE_MACHINE},
    "settlement.monitoring.serving": {"figures_served": OF_THE_MACHINE},
    "settlement.one_reading": {"one_reading": "tells nothing: what is asked within it takes who asks"},
    "settlement.accounts.overview": {"accounts_page": OF_REACHED_ROWS},
    "settlement.papers.certificate": {"banner_of": SAYS, "public_address": SAYS},
    "settlement.personal_data.erased_list": {"erase_again": OF_THE_MACHINE, "list_erased": OF_THE_MACHINE},
    "settlement.personal_data.export": {"as_json": SAYS},
    "settlement.personal_data.page": {"as_page": SAYS},
    "settlement.personal_data.retention": {"end_what_is_over": OF_THE_MACHINE, "over": OF_THE_MACHINE},
    "settlement.explain.receipt_sentences": {"tell_receipt": SAYS},
    "settlement.recognition.certificate_check": {"check_certificate": PUBLIC, "token_of": OF_REACHED_ROWS},
    "settlement.recognition.receipt_check": {"check_receipt": PUBLIC},
    "settlement.recognition.points": {"points_account": OF_REACHED_ROWS},
    "settlement.recognition.rating_links": {
        "rate_by_link": "is by a secret that was given to one person, and tells a masked name",
        "rating_asked": "is by a secret that was given to one person, and tells a masked name",
    },
    "settlement.recognition.ratings": {"assessed_values": OF_REACHED_ROWS},
    "settlement.records.dispute_standing": {"standing_of": OF_REACHED_ROWS},
    "settlement.records.disputes": {"dispute_numbered": FINDS_A_ROW, "times_of": SAYS},
    "settlement.records.named_activities": {"event_named": SAYS},
    "settlement.records.reasons": {"told_hand": SAYS, "told_reason": SAYS},
    "settlement.review.rejection_text": {"told_rejection": SAYS},
    "settlement.records.replacements": {
        "end_of": FINDS_A_ROW,
        "replacements_named": FINDS_A_ROW,
    },
    "settlement.reports.calendar": {"today": SAYS},
    "settlement.reports.kinds": {"kind_called": FINDS_A_ROW},
    "settlement.reports.making": {"make_files": OF_THE_MACHINE},
    "settlement.reports.rendering": {"aligned": SAYS},
    "settlement.ledger.entries": {"stored_of": OF_REACHED_ROWS},
    "settlement.review.queue": {
        "looked_at": OF_REACHED_ROWS,
        "near_of": OF_REACHED_ROWS,
        "near_to": OF_REACHED_ROWS,
    },
    "settlement.review.wanted": {"place_at": SAYS, "place_of": SAYS},
    "settlement.review.site_completeness": {"completeness_of": OF_REACHED_ROWS},
    "settlement.rule_book": {"rules_at": PUBLIC, "rules_by_date": PUBLIC, "rules_now": PUBLIC},
    "settlement.rules.hours": {"certificate_hours": SAYS, "display_hours": SAYS},
    "settlement.settings": {"read_rules": SAYS},
    "settlement.settling.preview_text": {"tell_preview": SAYS},
    "settlement.settling.replay_report": {
        "spreadsheet": SAYS,
        "tell_line": SAYS,
        "tell_settings": SAYS,
        "tell_total": SAYS,
    },
    "settlement.settling.rule_changes": {"changes_of_rules": PUBLIC},
    "settlement.setup": {"start": OF_THE_MACHINE},
    "settlement.signing_keys": {
        "handovers_file": OF_THE_MACHINE,
        "key_file": OF_THE_MACHINE,
        "load_signing_keys": OF_THE_MACHINE,
    },
}


def asked_of(face: Path):
    """The functions of the centre that a face imports, as (module, name)."""
    for node in ast.walk(ast.parse(face.read_text(encoding="utf-8"))):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith("settlement.") and not module.startswith(("settlement.web", "settlement.api")):
            names = (alias.name for alias in node.names)
            yield from (
                (module, name)
                for name in names
                if inspect.isfunction(getattr(importlib.import_module(module), name, None))
            )


def takes_who_asks(module, name):
    function = getattr(importlib.import_module(module), name)
    said = (str(parameter.annotation) for parameter in inspect.signature(function).parameters.values())
    return any(word in annotation for annotation in said for word in ACTS)


ASKED = sorted({found for face in FACES for found in asked_of(face)})


@pytest.mark.parametrize(("module", "name"), ASKED, ids=[name for _, name in ASKED])
def test_it_takes_who_asks_or_says_here_why_not(module, name):
    assert takes_who_asks(module, name) != (name in WITHOUT.get(module, {}))


def test_nothing_stands_here_that_no_face_asks():
    assert {(module, name) for module, names in WITHOUT.items() for name in names} <= set(ASKED)
