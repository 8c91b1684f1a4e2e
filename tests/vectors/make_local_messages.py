"""Makes the golden messages of the local API: `python -m tests.vectors.make_local_messages` writes them.

It puts them into docs/local-api.md too, where each message has a heading already.

local_api/to_engine.jsonl    every message that a client sends, one a line, exactly as it goes over the socket
local_api/from_engine.jsonl  every message that the engine sends

Nothing in them is anybody's: names, PINs and numbers are made up.
"""

import itertools
import re
from functools import partial
from pathlib import Path

from foundation.trouble import Trouble
from kiosk.local_api import messages as local
from kiosk.local_api import replies, requests
from kiosk.local_api.messages import FromEngine, ToEngine
from kiosk.local_api.receipts import Receipt, ReceiptStep

HERE = Path(__file__).parent / "local_api"
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "local-api.md"
NINE_MS = 1_794_963_600_000
HOUR_MS = 3_600_000
EPOCH = "a1" * 16


def to_engine() -> list[ToEngine]:
    """What clients say, in the order of docs/local-api.md."""
    return [
        local.ClientHello(version=local.VERSION, client="monitor"),
        local.Typed(digits="482913"),
        local.LinkReport(
            connected=False,
            unsent=3,
            oldest_unsent_wall_ms=NINE_MS,
            last_ack_wall_ms=NINE_MS - HOUR_MS,
            troubles=[Trouble.of("broker_unreachable", broker="centre:8883", why="timed out")],
        ),
        local.FromCentre(message=b'{"v":1}', centre_ms=NINE_MS),
        local.Showed(notice="9c" * 16),
        local.ScreenSize(columns=100, rows=30),
        requests.Answer(request=1, question=f"590000-{NINE_MS}", at_ms=NINE_MS + 8 * HOUR_MS),
        requests.Decline(request=2, question=f"590000-{NINE_MS}"),
        requests.Cancel(request=3, seq=41, epoch=EPOCH, reason="wrong person"),
        requests.Login(request=4, staff="liaison-7", pin="730518"),
        requests.Find(request=5, text="李"),
        requests.EnterManually(
            request=6,
            volunteer="590000",
            direction="in",
            at_ms=NINE_MS,
            reason="النظام كان معطلاً",
            second="leader-2",
            second_pin="402917",
        ),
        requests.WalkIn(
            request=19,
            name="王小明",
            telephone="+8613800138000",
            at_ms=NINE_MS,
            reason="came with Li",
            second="leader-2",
            second_pin="402917",
        ),
        requests.GroupCame(request=20, count=30, remark="City school, class 4", activity="guides-east"),
        requests.GroupLeft(request=21, group="ab12ab12ab12ab12", count=30),
        requests.ListGroups(request=22),
        requests.LookUp(request=13, volunteer="590000"),
        requests.LookUpNext(request=19),
        requests.EndLookUp(request=20),
        requests.LeaveNote(request=21, volunteer="590000", text="Your jacket is at the gate."),
        requests.DrawRoll(request=22, count=5),
        requests.SignRoll(request=23, seed="5e" * 16, answers=[requests.RollAnswer("590000", seen=True)]),
        requests.TellCentre(request=24, text="The badge printer is out of paper."),
        requests.ListMissing(request=14),
        requests.ListStillIn(request=15),
        requests.ListActivities(request=17),
        requests.ListFigures(request=18),
        requests.LeaveInBulk(
            request=16,
            volunteers=["590000", "590001"],
            at_ms=NINE_MS,
            reason="the bus left",
            second="leader-2",
            second_pin="402917",
        ),
        requests.ListRecent(request=7),
        requests.ListQuestions(request=8),
        requests.SetTerminal(request=9, direction="out", activity="guides-east"),
        requests.SetOutOfOrder(request=10, out_of_order=True),
        requests.RestartDevice(request=11, device="scanner"),
        requests.TryDevice(request=19, device="scanner", language="en"),
        requests.Examine(request=20),
        requests.ListSticks(request=21),
        requests.ExportLog(request=22, folder="/media/stick"),
        requests.Logout(request=12),
    ]


def from_engine() -> list[FromEngine]:
    """What the engine says, in the order of docs/local-api.md."""
    question = replies.Question(
        id=f"590000-{NINE_MS}",
        volunteer="590000",
        name="李明",
        language="zh-Hans",
        activity="Guides",
        came_ms=NINE_MS,
        earliest_ms=NINE_MS,
        latest_ms=NINE_MS + 10 * HOUR_MS,
        likely_ms=[NINE_MS + 7 * HOUR_MS, NINE_MS + 8 * HOUR_MS],
        expires_ms=NINE_MS + 24 * HOUR_MS,
    )
    status = local.Status(
        wall_ms=NINE_MS,
        clock_state="synced",
        link=local.LinkReport(connected=True, unsent=0),
        devices=[local.Device(name="scanner", kind="scanner", state="ready", readings=12, unreadable=1)],
        here=[local.Here(volunteer="590000", name="李明", since_ms=NINE_MS, activity="guides-east")],
        head_seq=41,
        disk_free_bytes=12_000_000_000,
    )
    waiting = local.Status(
        wall_ms=NINE_MS,
        clock_state="unset",
        link=local.LinkReport(connected=False, unsent=0, troubles=[Trouble.of("no_centre_yet")]),
        devices=[],
        here=[],
        head_seq=0,
        disk_free_bytes=12_000_000_000,
    )
    decided = local.Decided(
        at_ms=NINE_MS,
        device="scanner",
        method="badge",
        outcome=local.Outcome.ACCEPTED_IN,
        name="李明",
        volunteer="590000",
        activity="guides-east",
        since_ms=NINE_MS,
        language="zh-Hans",
        seq=41,
    )
    left = local.Decided(
        at_ms=NINE_MS + 8 * HOUR_MS,
        device="scanner",
        method="badge",
        outcome=local.Outcome.ACCEPTED_OUT,
        name="李明",
        volunteer="590000",
        activity="guides-east",
        since_ms=NINE_MS,
        language="zh-Hans",
        seq=57,
        receipt=Receipt(
            code="7K2QM-XDA9C",
            today_s=27_000,
            steps=[ReceiptStep("break", 1800)],
            approved_s=432_000,
            stars=1,
        ),
    )
    return [
        local.Snapshot(
            version=local.VERSION,
            terminal="gate-1",
            site="East Gate",
            activity="Guides",
            zone="Asia/Shanghai",
            language="en",
            demo=False,
            roster_version=4,
            expected=30,
            recent=[decided],
            status=status,
            contact="+86 10 5550 0123",
        ),
        local.Snapshot(
            version=local.VERSION,
            terminal="",
            site="",
            activity="",
            zone="UTC",
            language="",
            demo=False,
            roster_version=0,
            expected=0,
            recent=[],
            status=waiting,
            enrolment=local.Enrolment(
                stage=local.EnrolmentStage.WAITING,
                words="scan faith between carry tongue damp",
                code="K7QM-2XDA",
                centre="centre.example.org:8470",
            ),
        ),
        decided,
        left,
        local.Seen(device="camera", presented="code"),
        local.TakenBack(seq=41, at_ms=NINE_MS + 60_000, by="liaison-7"),
        status,
        question,
        replies.QuestionEnded(id=question.id, how="answered"),
        replies.Result(request=4, ok=False, code="pin_paused", seconds=30),
        replies.People(request=5, found=[replies.Found("590000", "李明", NINE_MS)]),
        replies.PersonCard(
            request=13,
            volunteer="590000",
            name="李明",
            since_ms=NINE_MS,
            activity="Guides",
            events=[replies.Movement(NINE_MS, "in", "badge", EPOCH, 41)],
            methods=["id_card"],
            note=replies.NoteForPerson("Your jacket is at the gate.", "liaison-7", NINE_MS),
        ),
        replies.Missing(
            request=14,
            count=1,
            people=[replies.MissingPerson("590001", "Zoë", "Guides", NINE_MS, NINE_MS + 8 * HOUR_MS)],
        ),
        replies.StillIn(request=15, people=[replies.StillInPerson("590000", "李明", NINE_MS, "Guides")]),
        replies.GroupsHere(
            request=22,
            groups=[replies.GroupListed("ab12ab12ab12ab12", 30, "City school, class 4", "Guides", NINE_MS)],
        ),
        replies.Activities(
            request=17, activities=[replies.ActivityListed("guides-east", "Guides", is_executing=True)]
        ),
        replies.Figures(
            request=18,
            hours=[replies.HourFigures(NINE_MS, came=12, left=1)],
            methods={"badge": 12, "card": 1},
            refused={"wrong_code": 2},
        ),
        replies.BulkResult(
            request=16, entered=1, left_out=[replies.LeftOut("590001", "Zoë", "before_check_in")]
        ),
        replies.DeviceTried(request=19, device="scanner", text="code, 64 characters: 90…7c"),
        replies.Checkup(
            request=20,
            checks=[
                replies.Checked("disk", "good", Trouble.term("checked", "disk_good", free="11444")),
                replies.Checked(
                    "clock", "look", None, [Trouble.of("clock_not_steered", now="2026-11-17 16:00")]
                ),
            ],
        ),
        replies.Sticks(request=21, sticks=[replies.Stick("/media/stick", 15_000_000_000)]),
        replies.LogExported(request=22, file="/media/stick/gate-1-20261117T160000Z.muster", batches=3),
        replies.Roll(22, "5e" * 16, present=12, names=[replies.RollName("590000", "李明", "Guides")]),
        replies.SessionEnded(),
        replies.RecentEvents(request=7, events=[replies.Recent(EPOCH, 41, NINE_MS, "590000", "李明", "in")]),
        replies.Questions(request=8, open=[question]),
        local.OtherVersion(version=local.VERSION),
    ]


VECTORS = {"to_engine.jsonl": to_engine, "from_engine.jsonl": from_engine}


def main() -> None:
    """Write both files, and the document's examples."""
    HERE.mkdir(exist_ok=True)
    document = DOCUMENT.read_text(encoding="utf-8")
    for name, make in VECTORS.items():
        lines = [local.encode(message).decode() for message in make()]
        (HERE / name).write_text("".join(lines), encoding="utf-8")
        for kind, examples in itertools.groupby(lines, lambda line: line.split('"')[3]):
            heading = rf"(^### `{kind}`\n.*?```json\n).*?(```)"
            document = re.sub(
                heading,
                partial(_filled, "".join(examples)),
                document,
                count=1,
                flags=re.MULTILINE | re.DOTALL,
            )
    DOCUMENT.write_text(document, encoding="utf-8")


def _filled(line: str, found: re.Match[str]) -> str:
    return f"{found[1]}{line}{found[2]}"


if __name__ == "__main__":
    main()
