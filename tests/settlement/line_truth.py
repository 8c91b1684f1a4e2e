"""What must hold of a centre whatever its line did, judged by what was shown and by what anybody told it."""

from collections import defaultdict

from settlement.models import ForkEvidence
from settlement.review.completeness import evidence_of

NEVER = -1


def check_always(world):
    """At every step: nothing altered, every gap named, no copied card complete, nobody doubted wrongly."""
    stored = world.stored()
    for place, raw in stored.items():
        assert raw in (world.forged.get(place), world.shown.get(place, (b"",))[0]), f"{place} is altered"
    evidence = {one.terminal: one for one in evidence_of(world.site)}
    gaps = named_gaps(evidence)
    assert gaps == told_of(world, stored) - stored.keys(), "gaps are named exactly"
    parted = defaultdict(list)
    for terminal, epoch, seq in known_partings(world, stored):
        parted[terminal].append(world.shown[terminal, epoch, seq][1])
    for terminal, moments in parted.items():
        assert evidence[terminal].open_alarms, f"nobody is told that {terminal} is a copy"
        complete_ms = evidence[terminal].complete_until_ms or NEVER
        assert complete_ms <= min(moments), f"{terminal} is complete beyond where its logs part"
    for terminal in evidence.keys() - copied(world):
        assert not evidence[terminal].open_alarms, f"{terminal} is doubted and honest"
    for (terminal, epoch, seq), (_, wall_ms) in world.shown.items():
        if terminal not in copied(world) and (terminal, epoch, seq) not in stored:
            complete_ms = evidence[terminal].complete_until_ms or NEVER
            assert complete_ms < wall_ms, f"{terminal} is complete without {epoch}/{seq}"


def check_healed(world, before):
    """After everything arrived: what still exists anywhere is stored, and each terminal knows it.

    `before` are the places that were stored already.
    """
    check_always(world)
    stored = world.stored()
    spoilt = {place[:2] for place in world.forged}
    exists = before | world.kept
    for device in world.devices:
        exists |= device.holds()
        if device.paper.name not in copied(world):
            assert (device.delivery.unsent(), device.delivery.trouble) == (0, None)
    missing = {place for place in exists - stored.keys() if place[:2] not in spoilt}
    assert not missing, "lost although it exists"
    asides = {
        (row.chain.terminal_id, row.chain.epoch, row.seq): bytes(row.raw)
        for row in ForkEvidence.objects.select_related("chain")
    }
    for place in exists:
        if place[:2] in spoilt and place in world.shown and stored.get(place) != world.shown[place][0]:
            told = [d.delivery.trouble for d in world.devices if d.paper.name == place[0]]
            assert asides.get(place) == world.shown[place][0] or any(told), f"{place} is lost unseen"


def named_gaps(evidence):
    """Every place that completeness names as missing."""
    return {
        (one.terminal, gap.epoch, seq)
        for one in evidence.values()
        for gap in one.missing
        for seq in range(gap.first, gap.last + 1)
    }


def told_of(world, stored):
    """Every place that the centre was told of: by greetings, batches, and what the next epoch says."""
    reach = dict(world.told)
    for key, before in world.parents.items():
        if before and (*key, 1) in stored:
            earlier = (key[0], before.epoch)
            reach[earlier] = max(before.seq, reach.get(earlier, 0))
    return {(*key, seq) for key, last in reach.items() for seq in range(1, last + 1)}


def known_partings(world, stored):
    """The places from which two logs go on, as far as something of both ways has been told."""
    followers = defaultdict(list)
    for key, before in world.parents.items():
        if before and (*key, 1) in stored:
            followers[key[0], before.epoch].append(before.seq)
    for key, places in followers.items():
        if len(places) > 1 or world.told[key] > min(places):
            yield (*key, min(places))


def copied(world):
    """The terminals of which there is, or was, more than one device, or that somebody speaks for."""
    return {name for name, devices in world.devices_ever.items() if devices > 1} | {
        place[0] for place in world.forged
    }
