"""Which part of the menu a page belongs to."""

from types import SimpleNamespace

import pytest
from django.urls import URLResolver, get_resolver

from settlement.web.menu import part_of

ALONE = {
    "account",
    "api",
    "certificate",
    "evidence",
    "invitation",
    "notice",
    "rating",
    "receipt",
    "rules",
    "static",
}


@pytest.mark.parametrize(
    ("route", "part"),
    [
        ("", "board"),
        ("review/line/<int:entry>/times", "review"),
        ("decisions/", "review"),
        ("objection/<int:number>/", "inbox"),
        ("sites/<str:site>/", "activities"),
        ("audit/", "accounts"),
        ("certificate/<str:number>", ""),
    ],
)
def test_a_page_belongs_to_the_part_that_its_address_begins_with(route, part):
    assert part_of(SimpleNamespace(route=route)) == part


def test_every_address_belongs_to_a_part_or_is_known_to_stand_alone():
    parts = {route.partition("/")[0]: part_of(SimpleNamespace(route=route)) for route in every_route()}
    assert {first for first, part in parts.items() if not part} == ALONE


@pytest.mark.django_db
def test_the_menu_marks_where_the_reader_is_and_the_first_link_skips_it(client):
    page = client.get("/account/log-in/", secure=True).content.decode()
    assert page.index('href="#content"') < page.index("<header>")
    assert '<main id="content" tabindex="-1">' in page
    assert 'aria-current="page"' not in page


def every_route(patterns=None, before=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_route(pattern.url_patterns, route)
        else:
            yield route
