"""Names what Muster offers and no test met; fails when there is anything."""

import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import django
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
API = "api/v1/"


def main() -> None:
    """Compare what the files of a run tell with what there is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settlement.django_settings")
    django.setup()
    met = _met(Path(os.environ["MUSTER_MET"]))
    there = offered()
    unmet = [f"{kind}: {name}" for kind, names in there.items() for name in sorted(names - met[kind])]
    counted = ", ".join(f"{len(names)} of {kind}" for kind, names in there.items())
    print(*unmet, f"offered: {counted}; met by no test: {len(unmet)}", sep="\n")
    sys.exit(bool(unmet))


def offered() -> dict[str, set[str]]:
    """What there is, by kind."""
    from muster.console import main as console

    return {
        "route": set(_routes(get_resolver().url_patterns)),
        "operation": set(_operations()),
        "template": {
            str(path.relative_to(ROOT / "settlement" / "templates"))
            for path in (ROOT / "settlement" / "templates").rglob("*.html")
        },
        "command": set(_commands(console)),
        "topic": set(_addresses()),
        "trouble": set(_troubles()),
    }


def _met(folder: Path) -> defaultdict[str, set[str]]:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for file in folder.glob("*.json"):
        for kind, names in json.loads(file.read_text(encoding="utf-8")).items():
            told[kind].update(names)
    asked = [name.partition(" ") for name in told["route"]]
    told["route"] = {route for _, _, route in asked}
    told["operation"] = {f"{method} /{_bare(route)}" for method, _, route in asked if route.startswith(API)}
    told["topic"] = {_address(topic) for topic in told["topic"]}
    return told


def _routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def _operations() -> Iterator[str]:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    for path, operations in document["paths"].items():
        yield from (f"{method.upper()} {path}" for method in operations if method != "parameters")


def _bare(route: str) -> str:
    return CONVERTER.sub(r"{\1}", route)


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name


def _addresses() -> Iterator[str]:
    document = (ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")
    for address in re.findall(r"address: (\S+)", document):
        yield _address(address)


def _address(topic: str) -> str:
    """A topic without whose it is: what is asked is whether anything of its kind went there."""
    _, _, first, *rest = topic.split("/")
    return "/".join((first, rest[-1])) if rest and first in {"up", "down"} else first


def _troubles() -> Iterator[str]:
    catalog = (ROOT / "foundation" / "words" / "en.ftl").read_text(encoding="utf-8")
    # `unknown` is what is said of a code that nobody here knows, and none itself.
    yield from set(re.findall(r"^(error-\S+) =", catalog, re.MULTILINE)) - {"error-unknown"}


if __name__ == "__main__":
    main()
