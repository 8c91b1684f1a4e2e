"""`muster account` and `muster centre audit`: an account from invitation to end, and what is on record."""

from settlement.models import Account
from settlement.organisations.tree import add_organisation

NEW = ("--name", "Sun Li", "--level", "ordinary")


def test_an_account_is_made_invited_changed_listed_and_ended(muster):
    city = add_organisation("City")
    made = muster("account", "add", "sun", *NEW, "--organisation", city.path, "--role", "reviewer")
    assert made.startswith("Sun Li has the account sun.\nWithin ")
    first = made.rpartition("/invitation/")[2].strip()
    again = muster("account", "invite", "sun").rpartition("/invitation/")[2].strip()
    assert first != again
    assert first
    assert again
    why = ("--reason", "heads the city now")
    assert muster("account", "change", "sun", "--level", "middle", "--no-role", *why) == (
        "The account sun is changed.\n"
    )
    row = Account.objects.get(login="sun")
    assert (row.level, row.roles) == ("middle", [])
    listed = {line.split()[0]: line for line in muster("account", "list").splitlines()}
    assert listed["sun"].split()[1:] == ["Sun", "Li", "middle", city.path, "–", "–", "acts"]
    assert muster("account", "end", "sun", "--reason", "left") == "The account sun acts no more.\n"
    assert "ended" in {line.split()[0]: line for line in muster("account", "list").splitlines()}["sun"]


def test_who_stands_below_makes_no_account_above(muster):
    city = add_organisation("City")
    muster("account", "add", "sun", *NEW, "--organisation", city.path)
    told = muster("account", "add", "li", "--name", "Li", "--level", "super", "--as", "sun", status=1)
    assert "sun" not in told.splitlines()[0].split()
    assert not Account.objects.filter(login="li").exists()


def test_what_was_changed_is_on_record_with_who_and_why(muster):
    city = add_organisation("City")
    muster("account", "add", "sun", *NEW, "--organisation", city.path)
    muster("account", "end", "sun", "--reason", "left the city")
    newest = muster("centre", "audit", "--kind", "account", "--subject", "sun").splitlines()[1]
    assert "Zhao" in newest
    assert "left the city" in newest
    assert muster("centre", "audit", "--subject", "nobody") == "Nothing is on record.\n"
