"""Lets a delivery run against a model of the log: what it sends, and what the centre answers."""

import random

from sync.contract.wire import Reject, RejectCode
from sync.line.delivery import Delivery, Verdict
from tests.sync.model_log import ModelLog, ack_of

FIRST_WAIT_MS = 20_000
LONGEST_WAIT_MS = 10 * 60_000
HELLO_EVERY_MS = 15 * 60_000


def deliver(log: ModelLog) -> Delivery:
    delivery = Delivery(log, random.Random(1))
    delivery.on_connected()
    return delivery


def places(stretch) -> tuple[int, int, int]:
    """Epoch, first and last of a stretch."""
    return int(stretch.epoch, 16), stretch.first, stretch.last


def acknowledge(delivery: Delivery, log: ModelLog, epoch: int, contiguous: int, now_ms: int = 0) -> Verdict:
    return delivery.on_ack(ack_of(log, epoch, contiguous), now_ms)


def rejected(delivery: Delivery, log: ModelLog, code: RejectCode, now_ms: int = 0) -> Verdict:
    reject = Reject(code, 1, len(log.epochs[0]), "because")
    return delivery.on_ack(ack_of(log, 0, 0, reject), now_ms)


def unanswered(delivery: Delivery, now_ms: int = 0) -> list[int]:
    """When each batch was sent, until the line was found to be deaf."""
    sent = []
    while not delivery.is_deaf(now_ms):
        if delivery.next_stretch(now_ms):
            sent.append(now_ms)
        now_ms += 1_000
    return [*sent, now_ms]
