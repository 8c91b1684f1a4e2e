"""What a preview of hours says, in sentences."""

from collections.abc import Iterator

from foundation.words import Words
from settlement.local_times import local_text
from settlement.review.overlaps import told_overlap
from settlement.rules.hours import display_hours
from settlement.settling.preview import Preview


def tell_preview(found: Preview, words: Words, zone: str) -> Iterator[str]:
    """What would not count, the lines that would be others with their new remarks, and what is there already.

    `zone` is the IANA zone of the site.
    """
    for outcome in found.held:
        yield words.say("preview-held", why=words.code("outcome", outcome))
    for line in found.lines:
        said = {"activity": line.activity, "day": line.local_date.isoformat()}
        before, after = (display_hours(seconds or 0) for seconds in (line.before_s, line.after_s))
        yield words.say("preview-line", **said, before=before, after=after)
        for flag in sorted(set(line.flags_after) - set(line.flags_before)):
            yield "  " + words.say("preview-remark", remark=words.code("flag", flag))
    if not found.lines:
        yield words.say("preview-nothing")
    for one in found.overlaps:
        yield "  " + told_overlap(one, words)
    for there in found.already:
        at = local_text(there.at_s * 1000, zone)
        yield words.say(f"already-{there.direction}", at=at, event=there.event)
