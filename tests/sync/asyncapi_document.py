"""Holds any message of the line against the document of the contract: `validate(topic, payload)`.

Stricter than a receiver, which passes over fields that it doesn't know: here they are refused, so that none
comes into use unwritten.
"""

import base64
import binascii
import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT7

DOCUMENT = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"

_NAME = "urn:muster:asyncapi"


class ContractError(Exception):
    """A message that the document doesn't allow; says which rule it breaks."""


@cache
def load() -> dict[str, Any]:
    """The document as it stands in the repository."""
    document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return document


def validate(topic: str, payload: bytes) -> str:
    """The name of the message, once topic, envelope, header and every event fit; raises ContractError."""
    name, levels = _channel_of(topic)
    message = load()["components"]["messages"][name]
    content = _json(payload, name)
    _fits(content, message["payload"]["$ref"], name)
    sealed = _resolve(message["payload"]["$ref"]).get("properties", {})
    if "contentSchema" in sealed.get("header", {}):
        content = _validate_header(content, sealed, name)
    if "terminal" in levels and content["terminal"] != levels["terminal"]:
        raise ContractError(f"{name}: {content['terminal']} speaks on the topic of {levels['terminal']}")
    return name


def _channel_of(topic: str) -> tuple[str, dict[str, str]]:
    """The channel of a topic and the values of its parameters."""
    parameters = load()["components"]["parameters"]
    for name, channel in load()["channels"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(channel["address"]))
        matched = re.fullmatch(pattern, topic)
        if not matched:
            continue
        for parameter, value in matched.groupdict().items():
            rule = parameters[parameter]
            if value not in rule.get("enum", [value]) or not re.search(rule.get("x-pattern", ""), value):
                raise ContractError(f"{topic}: {value!r} is no {parameter}")
        return name, matched.groupdict()
    raise ContractError(f"{topic}: not in the document")


def _validate_header(envelope: dict[str, Any], sealed: dict[str, Any], name: str) -> dict[str, Any]:
    header: dict[str, Any] = _json(envelope["header"].encode(), f"{name}'s header")
    _fits(header, sealed["header"]["contentSchema"]["$ref"], f"{name}'s header")
    for text in (envelope["sig"], envelope["body"]):
        _bytes(text, name)
    if "x-events" in sealed["body"]:
        events = _events(envelope["body"], name)
        for event in events:
            _fits(_json(event, f"{name}'s event"), sealed["body"]["x-events"]["$ref"], f"{name}'s event")
        if len(events) != header["count"]:
            raise ContractError(f"{name}: {len(events)} events, its header says {header['count']}")
    return header


def _events(body: str, name: str) -> list[bytes]:
    try:
        return zlib.decompress(_bytes(body, name)).split(b"\n")
    except zlib.error as error:
        raise ContractError(f"{name}: its body is not deflated: {error}") from error


def _bytes(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ContractError(f"{name}: not base64: {error}") from error


def _json(text: bytes, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ContractError(f"{name}: not JSON: {error}") from error


def _fits(content: object, reference: str, name: str) -> None:
    try:
        _validator(reference).validate(content)
    except ValidationError as error:
        raise ContractError(f"{name}: {error.json_path}: {error.message}") from error


@cache
def _validator(reference: str) -> Draft7Validator:
    registry: Registry[Any] = Registry().with_resource(_NAME, DRAFT7.create_resource(_closed(load())))
    return Draft7Validator({"$ref": _NAME + reference}, registry=registry)


def _closed(part: Any) -> Any:
    """The same schemas, but an object has no other fields than those that are written down."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(one) for key, one in part.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed["additionalProperties"] = False
    return closed


def _resolve(reference: str) -> dict[str, Any]:
    part = load()
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part
