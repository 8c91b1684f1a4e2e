from settlement.enrolment.limits import RequestLimit


def allowed(limit, address, count, now_s=0.0):
    return sum(limit.allows(address, now_s) for _ in range(count))


def test_an_address_asks_so_often_a_minute():
    limit = RequestLimit(6, 100)
    assert allowed(limit, "192.0.2.1", 20) == 6
    assert allowed(limit, "192.0.2.2", 20) == 6
    assert allowed(limit, "192.0.2.1", 20, now_s=10.0) == 1
    assert allowed(limit, "192.0.2.1", 20, now_s=1000.0) == 6


def test_all_together_ask_so_often_too():
    limit = RequestLimit(6, 10)
    assert sum(limit.allows(f"192.0.2.{place}", 0.0) for place in range(50)) == 10


def test_who_is_over_the_own_limit_takes_nothing_from_the_others():
    limit = RequestLimit(5, 10)
    allowed(limit, "192.0.2.1", 1000)
    assert allowed(limit, "192.0.2.2", 5) == 5


def test_a_network_of_ipv6_counts_as_one_address():
    limit = RequestLimit(5, 100)
    assert sum(limit.allows(f"2001:db8::{place:x}", 0.0) for place in range(20)) == 5
    assert limit.allows("2001:db8:0:1::1", 0.0)
    assert allowed(limit, "::ffff:192.0.2.1", 9) == 5
    assert allowed(limit, "::ffff:192.0.2.2", 9) == 5


def test_it_forgets_addresses_rather_than_to_grow():
    limit = RequestLimit(5, 10**9)
    for place in range(10_000):
        limit.allows(f"host-{place}", 0.0)
    assert len(limit._of) <= 4096
