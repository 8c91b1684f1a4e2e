"""How lists of people are ordered and filtered."""

from kiosk.screens.monitor.arranged import Arrangement, Entry, Order

ANN = Entry("1", "", "ann", "Guides", "09:00–12:00")
BO = Entry("2", "", "Bo", "Cleaning", "09:00–12:00")
CY = Entry("3", "", "Cy", "Guides", "12:00–18:00")
ALL = [CY, BO, ANN]


def test_one_key_goes_through_the_orders_and_comes_back():
    arrangement, seen = Arrangement(), []
    for _ in Order:
        seen.append([one.key for one in arrangement.of(ALL)])
        arrangement = arrangement.by_next()
    assert seen == [["3", "2", "1"], ["1", "2", "3"], ["2", "1", "3"]]
    assert arrangement == Arrangement()


def test_another_goes_through_activities_and_shifts_and_comes_back():
    arrangement, seen = Arrangement(), []
    for _ in range(5):
        arrangement = arrangement.of_next(ALL)
        seen.append((arrangement.only, [one.key for one in arrangement.of(ALL)]))
    assert seen == [
        ("Cleaning", ["2"]),
        ("Guides", ["3", "1"]),
        ("09:00–12:00", ["2", "1"]),
        ("12:00–18:00", ["3"]),
        ("", ["3", "2", "1"]),
    ]
    assert Arrangement().of_next([ANN]) == Arrangement()  # nothing to tell apart
