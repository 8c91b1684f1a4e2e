"""Commands about one volunteer: manual times, disputes, gifts, certificates, moves, the personal file."""

import msgspec
import pytest

from foundation.words import Words
from settlement.models import (
    Assignment,
    Certificate,
    Credential,
    Dispute,
    Exchange,
    ManualRecord,
    Membership,
    MergedNumber,
    Transfer,
    Volunteer,
)
from settlement.organisations.members import join
from settlement.organisations.tree import add_organisation

BY = ("--as", "zhao")


@pytest.fixture
def member(mei, city, noon_ms):
    join(mei, city, noon_ms)
    return mei


@pytest.fixture
def rich(member, credit):
    """Mei has 20 points."""
    for day in range(1, 11):
        credit(member, 3600, f"2026-03-{day:02}")
    return member


def test_a_manual_time_takes_two_people(muster, mei, ended_fair):
    said = ("--volunteer", 1001, "--activity", "fair", "--reason", "reader broken", *BY)
    at = ("--direction", "out", "--at", "2026-03-07T17:00")
    assert muster("manual", "list") == "No record waits.\n"
    assert "waits for a second person" in muster("manual", "enter", *said, *at)
    record = ManualRecord.objects.get()
    assert "2026-03-07 17:00:00" in muster("manual", "list")
    assert "does not confirm it" in muster("manual", "confirm", record.pk, *BY, status=1)
    assert "is confirmed" in muster("manual", "confirm", record.pk, "--as", "qian")
    muster("manual", "enter", *said, *at)
    second = ManualRecord.objects.latest("pk")
    assert "declined" in muster("manual", "decline", second.pk, "--as", "qian", "--note", "twice")
    at = ("--direction", "in", "--at", "seven")
    assert "'seven' is no time. Write it as" in muster("manual", "enter", *said, *at, status=1)


def test_an_objection_is_answered_within_its_days_and_corrected(muster, mei, ended_fair):
    line = ("--volunteer", 1001, "--activity", "fair", "--day", "2026-03-07")
    assert "is to be answered by 2026-03-20" in muster(
        "dispute", "open", *line, "--objection", "I left at five", "--as", "v1001"
    )
    number = Dispute.objects.get().pk
    assert "open" in muster("dispute", "list")
    told = muster(
        "dispute", "answer", number, "--outcome", "upheld", "--answer", "Reader broken",
        "--came", "2026-03-07T09:00", "--left", "2026-03-07T17:00", *BY,
    )  # fmt: skip
    records = ManualRecord.objects.order_by("pk")
    assert [f"muster manual confirm {record.pk}" in told for record in records] == [True, True]
    assert [record.direction for record in records] == ["in", "out"]
    assert "to_amend" in muster("dispute", "list")


def test_an_answer_with_a_time_that_is_none_answers_nothing(muster, mei, ended_fair):
    line = ("--volunteer", 1001, "--activity", "fair", "--day", "2026-03-07")
    muster("dispute", "open", *line, "--objection", "I left at five", "--as", "v1001")
    number = Dispute.objects.get().pk
    said = ("--outcome", "upheld", "--answer", "Reader broken", *BY)
    assert "is no time" in muster("dispute", "answer", number, *said, "--left", "five", status=1)
    assert "no dispute 999999999" in muster("dispute", "answer", 999_999_999, *said, status=1)
    assert not ManualRecord.objects.exists()
    muster("dispute", "answer", number, "--outcome", "rejected", "--answer", "It was four.", *BY)
    assert muster("dispute", "list") == "No objection is open.\n"
    assert "rejected" in muster("dispute", "list", "--all")


def test_a_gift_is_applied_for_decided_and_handed_out(muster, rich):
    muster("points", "apply", "--volunteer", 1001, "--gift", "towel")
    number = Exchange.objects.get().pk
    assert "towel" in muster("points", "list")
    assert "its points are deducted" in muster("points", "decide", number, "--approve", *BY)
    assert "handed out" in muster("points", "fulfil", number, *BY)
    told = muster("points", "show", "--volunteer", 1001)
    assert "2026  20      10" in told
    assert "fulfilled" in told


def test_what_the_points_do_not_suffice_for_is_told_and_not_taken_down(muster, rich):
    told = muster("points", "apply", "--volunteer", 1001, "--gift", "book_card", status=1)
    assert "The points do not suffice. Choose a smaller gift, or wait." in told
    assert not Exchange.objects.exists()
    muster("points", "apply", "--volunteer", 1001, "--gift", "towel")
    number = Exchange.objects.get().pk
    assert "No reason is given" in muster("points", "decide", number, "--reject", *BY, status=1)
    assert "rejected" in muster("points", "decide", number, "--reject", "--note", "none left", *BY)


def test_a_certificate_is_written_as_a_private_pdf(muster, member, city, credit, folder):
    credit(member, 3600)
    number = muster("certificate", "issue", "--volunteer", 1001, "--organisation", city.path, *BY).split()[0]
    file = folder / "mei.pdf"
    asked = ("certificate", "pdf", number.lower(), file, *BY)
    assert "Say --pages" in muster(*asked, status=2)
    told = muster(*asked, "--pages", "https://hours.example/", "--language", "ar")
    assert str(file) in told
    assert file.read_bytes().startswith(b"%PDF")
    assert file.stat().st_mode & 0o077 == 0
    nobody = ("certificate", "pdf", "VSC-1", file, "--pages", "https://hours.example", *BY)
    assert "There is no certificate" in muster(*nobody, status=1)


def test_a_certificate_is_issued_checked_and_issued_anew(muster, rich, city):
    issue = ("certificate", "issue", "--volunteer", 1001, "--organisation", city.path, *BY)
    number, token = muster(*issue).split("\n", 1)[0].split()
    told = muster("certificate", "check", number.lower(), token)
    assert "M**: 10.0 h between 2026-03-" in told
    assert "recorded by City of Lanterns (Chen Yu)" in told
    assert "Lantern fair (guiding visitors) at North gate" in told
    newer, other = muster("certificate", "reissue", number, *BY).split("\n", 1)[0].split()
    assert f"replaced by {newer}" in muster("certificate", "check", number, token, status=1)
    told = msgspec.json.decode(muster("certificate", "check", newer, other, "--json"))
    assert (told["standing"], told["name"], "Mei" in str(told)) == ("valid", "M**", False)
    assert "no certificate number" in muster("certificate", "check", "VSC-1", token, status=1)
    spoken = muster("--language", "zh-Hans", "certificate", "check", "VSC-1", token, status=1)
    assert spoken.strip() == Words("zh-Hans").code("certificate", "not_a_number")


def test_an_identity_number_is_typed_unseen_and_kept_masked(muster, rich, city):
    issue = ("certificate", "issue", "--volunteer", 1001, "--organisation", city.path, "--identity", *BY)
    told = muster(*issue, typed="11010519491231002X\n")
    stored = str(Certificate.objects.get().content)
    assert told.startswith("VSC-")
    assert "11010519491231002X" not in told + stored
    assert "1****************X" in stored


def test_a_certificate_for_another_organisations_lines_is_refused(muster, rich, city, choir, credit):
    credit(rich, 3600, activity=choir)
    issue = ("certificate", "issue", "--volunteer", 1001, "--organisation", city.path, *BY)
    told = muster(*issue, "--activity", "choir", status=1)
    assert "City of Lanterns did not record 'choir'" in told
    assert "Ask Choir association" in told
    assert not Certificate.objects.exists()
    assert muster(*issue, "--from", "2026-03-02", "--to", "2026-03-03").startswith("VSC-310115-2026-000001-")
    assert Certificate.objects.get().t_s == 7200


def test_a_transfer_goes_through_its_steps(muster, member, city):
    other = add_organisation("Other")
    ends = ("--from", city.path, "--to", other.path)
    muster("transfer", "request", "--volunteer", 1001, *ends, "--as", "v1001")
    number = Transfer.objects.get().pk
    assert "letter is missing" in muster("transfer", "list")
    assert "introduction letter" in muster("transfer", "release", number, *BY, status=1)
    muster("transfer", "letter", number, "2026/17")
    muster("transfer", "release", number, *BY)
    assert "belongs to Other now" in muster("transfer", "accept", number, "--as", "qian")
    assert Membership.objects.get(left_ms=None).organisation == other
    assert muster("transfer", "list") == "Nobody is moving.\n"
    assert "has ended" in muster("transfer", "withdraw", number, *BY, status=1)


def test_the_personal_file_holds_lines_and_what_they_earned(muster, rich, city, tmp_path):
    issued = muster("certificate", "issue", "--volunteer", 1001, "--organisation", city.path, *BY)
    number = issued.split()[0]
    muster("points", "apply", "--volunteer", 1001, "--gift", "towel")
    muster(
        "dispute", "open", "--volunteer", 1001, "--activity", "fair", "--day", "2026-03-11",
        "--objection", "I was there", *BY,
    )  # fmt: skip
    told = muster("record", "show", "--volunteer", 1001)
    for part in (
        "Mei (1001)", "belongs to City of Lanterns", "guiding visitors", "Approved service time: 10.00 h",
        "which is no service time: 10.00 h", "Points of 2026: 20 left", "towel, applied", number, "open",
    ):  # fmt: skip
        assert part in told
    file = tmp_path / "mei.json"
    muster("record", "show", "--volunteer", 1001, "--file", file)
    assert msgspec.json.decode(file.read_bytes()) == msgspec.json.decode(
        muster("record", "show", "--volunteer", 1001, "--json")
    )
    assert "no volunteer 9" in muster("record", "show", "--volunteer", 9, status=1)


def test_a_record_tells_when_somebody_came_and_left(muster, mei, ended_fair, serve):
    serve(-3, 4.5)
    assert "2026-03-07  09:00–16:30  Lantern fair" in muster("record", "show", "--volunteer", 1001)
    serve(5, None)
    assert "09:00–16:30 17:00–?" in muster("record", "show", "--volunteer", 1001)


def test_who_is_not_to_be_named_is_left_out_of_rankings(muster, rich):
    assert "Mei" in muster("report", "ranking", "--year", 2026)
    muster("record", "naming", "--volunteer", 1001, "--refuse")
    told = muster("report", "ranking", "--year", 2026)
    assert "One volunteer asked not to be ranked" in told
    assert "Mei" not in told
    muster("record", "naming", "--volunteer", 1001, "--allow")
    assert "Mei" in muster("report", "ranking", "--year", 2026)


def test_a_suspension_and_its_end_stand_in_the_personal_file(muster, mei):
    said = ("--reason", "under investigation", *BY)
    assert "Volunteer 1001 is suspended" in muster("record", "suspend", 1001, *said)
    assert "suspend the person: under investigation (Zhao)" in muster("record", "show", "--volunteer", 1001)
    assert "is suspended already" in muster("record", "suspend", 1001, *said, status=1)
    assert "may check in again" in muster("record", "resume", 1001, "--reason", "cleared", *BY)
    told = msgspec.json.decode(muster("record", "show", "--volunteer", 1001, "--json"))
    assert [taken["change"] for taken in told["withdrawals"]] == ["suspend", "resume"]
    assert not told["suspended"]


def test_a_lost_badge_is_revoked_and_restored(muster, mei, evening_ms):
    said = ("badge", "revoke", "badge:1001.1", "--reason", "lost", *BY)
    assert "badge:1001.1 of volunteer 1001 is revoked" in muster(*said, "--from", "2026-03-07T12:00")
    row = Credential.objects.get()
    assert row.revoked_ms == evening_ms - 11 * 3_600_000
    assert "still to come" in muster(*said, "--from", "2027-03-07T12:00", status=1)
    assert "stands for volunteer 1001 again" in muster(*said, "--restore")
    row.refresh_from_db()
    assert row.revoked_ms is None
    assert "--from goes with" in muster(*said, "--restore", "--from", "2026-03-07T12:00", status=2)


def test_a_lost_card_is_asked_for_and_its_number_shown_nowhere(muster, mei, folder):
    from sync.contract.pseudonym import Subject, keyed_reference

    key = bytes(range(32))
    (folder / "pseudonym.key").write_text(key.hex())
    ref = keyed_reference(key, Subject.CARD_UID, "04A1B2C3D4")
    Credential.objects.create(ref=ref, volunteer=mei, method="card", assurance="low")
    said = ("badge", "revoke", "card_uid", "--reason", "lost", *BY)
    told = muster(*said, typed="04:a1:b2:c3:d4\n")
    assert f"{ref} of volunteer 1001 is revoked" in told
    assert "04:a1" not in told
    assert "No such card" in muster(*said, typed="04A1B2C3D5\n", status=1)


def test_stars_in_question_are_decided_by_somebody(muster, mei, noon_ms):
    from settlement.recognition.stars import raise_star_reviews

    assert muster("stars", "list") == "No star is in question.\n"
    raise_star_reviews({1001: 30 * 3600}, {1001: 29 * 3600}, noon_ms)
    told = muster("stars", "list").splitlines()[1].split()
    assert told[1:] == ["1001", "1", "0", "29.00"]
    assert "kept" in muster("stars", "decide", told[0], "--keep", "--note", "reader at fault", *BY)
    assert "decided already" in muster("stars", "decide", told[0], "--keep", "--note", "x", *BY, status=1)


def test_ratings_weigh_the_value_and_never_the_hours(muster, rich):
    given = ("rating", "give", "--volunteer", 1001, "--activity", "fair", "--role", "leader", *BY)
    assert "thousandths" in muster(*given, "--effect", 1501, status=1)
    muster(*given, "--effect", 1200)
    assert muster("rating", "show", "--volunteer", 1001).splitlines()[1].split() == [
        "fair", "10.00", "1000", "1200", "12.00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("points", "show", "--volunteer", 10**20),
        ("points", "fulfil", 10**20, *BY),
        ("review", "approve", 10**20, *BY),
        ("inspection", "enter", "--site", "north", "--inspector", "Qian", "--seen", 0, *BY),
    ],
)
def test_a_number_that_nobody_can_have_is_refused(muster, words):
    assert "is not in the range" in muster(*words, status=2)


def test_a_person_gets_everything_and_is_erased(muster, rich, tmp_path):
    page, file = tmp_path / "mei.html", tmp_path / "mei.json"
    assert "Say where to" in muster("record", "export", 1001, *BY, status=2)
    assert "rows about volunteer 1001 are in" in muster(
        "record", "export", 1001, "--page", page, "--json", file, *BY
    )
    assert "Mei" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == file.stat().st_mode & 0o077 == 0
    assert msgspec.json.decode(file.read_bytes())["volunteer"] == 1001
    erase = ("record", "erase", 1001, "--reason", "folder 9", *BY)
    assert "Erase volunteer 1001?" in muster(*erase, status=1)
    assert "is erased" in muster(*erase, "--yes")
    assert "was erased" in muster(*erase, "--yes", status=1)
    assert muster("record", "show", "--volunteer", 1001, *BY).startswith("1001 (1001)")


def test_what_is_over_ends(muster, rich):
    assert "quarantine_days" in muster("centre", "retain", "--preview")
    assert "invitations_days" in muster("centre", "retain")


def test_numbers_of_one_person_are_merged_after_their_hours_were_shown_and_taken_apart(
    muster, mei, ended_fair, serve
):
    Volunteer.objects.create(number=2001, display_name="Mei Li")
    serve(-3, 1)
    serve(2, 4, number=2001)
    merge = ("record", "merge", 1001, 2001, "--why", "same card", *BY)
    shown = muster(*merge, "--preview")
    assert "Number 1001:\n  fair, 2026-03-07: 4.00 h before, 6.00 h after." in shown
    assert "Number 2001:\n  fair, 2026-03-07: 2.00 h before, 0.00 h after." in shown
    assert not MergedNumber.objects.exists()
    assert (
        muster(*merge)
        == f"{shown}Volunteer 2001 goes under 1001 from now on; what 1001 gains waits for a review.\n"
    )
    assert "2001 was merged into 1001: the person goes under that one. Use 1001." in muster(*merge, status=1)
    for number in (1001, 2001):
        told = muster("record", "show", "--volunteer", number, *BY)
        assert "Number 2001 was merged into 1001 by Zhao at 2026-03-07" in told
    told = muster("rules", "explain", "--volunteer", 1001, "--activity", "fair", *BY)
    assert "Number 2001 was merged into 1001 by Zhao" in told
    back = ("record", "unmerge", 2001, "--why", "twins", *BY)
    assert "Number 2001:\n  fair, 2026-03-07: 0.00 h before, 2.00 h after." in muster(*back, "--preview")
    assert "are two people again" in muster(*back)
    told = muster("rules", "explain", "--volunteer", 1001, "--activity", "fair", *BY)
    assert "The merge of 2001 into 1001 was taken back by Zhao" in told
    assert "goes under no other number" in muster(*back, status=1)


def test_a_reason_that_is_needed_is_said_in_words(muster, mei):
    assert "Say why in words." in muster("record", "rename", 1001, "Li Mei", "--reason", " ", *BY, status=2)


def test_a_transfer_may_be_given_up(muster, member, city):
    other = add_organisation("Other")
    muster("transfer", "request", "--volunteer", 1001, "--from", city.path, "--to", other.path, *BY)
    number = Transfer.objects.get().pk
    assert muster("transfer", "withdraw", number, *BY) == f"Transfer {number} is withdrawn.\n"
    assert muster("transfer", "list") == "Nobody is moving.\n"
    assert Membership.objects.get(left_ms=None).organisation == city


def test_somebody_joins_is_assigned_and_leaves(muster, mei, city, fair):
    belongs = ("record", "join", 1001, "--organisation", city.path)
    assert muster(*belongs) == "Volunteer 1001 belongs to City of Lanterns.\n"
    expected = ("record", "assign", 1001, "--activity", "fair")
    assert "has no post 'guide'" in muster(*expected, "--post", "guide", status=1)
    assert muster(*expected) == "Volunteer 1001 is expected at fair.\n"
    assert Assignment.objects.get().activity == fair
    assert "is expected at fair no more" in muster(*expected, "--remove")
    assert not Assignment.objects.exists()
    left = ("record", "leave", 1001, "--organisation", city.path, "--reason", "request of 7 March")
    assert muster(*left) == "Volunteer 1001 belongs to City of Lanterns no more.\n"
    assert Membership.objects.get().left_ms is not None
