"""The contract as an AsyncAPI 3.0 document, made from the types that both ends use.

`python -m sync.contract.asyncapi > docs/asyncapi.yaml` writes it, with PyYAML installed; a test keeps the
file equal. Every description is the docstring of what it describes. Schemas are JSON Schema draft-07, as
AsyncAPI's own:
https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import inspect
import sys
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from sync.contract import downlink, events, handover, renewal, wire
from sync.contract.wire import MessageKind

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/{name}"
_FILLED_IN_BY_THE_LOG = ("epoch", "seq")


@dataclass(frozen=True, slots=True)
class _Topic:
    """One topic: who publishes on it, whether the broker keeps the last message, and what is said there."""

    name: str
    levels: tuple[str, ...]
    terminal_sends: bool
    retained: bool
    says: type[Struct]
    sealed_as: MessageKind | None
    summary: str


_TOPICS = (
    _Topic(
        "hello",
        ("up", "{bucket}", "{terminal}", "hello"),
        terminal_sends=True,
        retained=False,
        says=wire.Hello,
        sealed_as=MessageKind.HELLO,
        summary="What the terminal holds and how it sees the time; answered by an ack for each epoch.",
    ),
    _Topic(
        "batch",
        ("up", "{bucket}", "{terminal}", "batch"),
        terminal_sends=True,
        retained=False,
        says=wire.BatchHeader,
        sealed_as=MessageKind.BATCH,
        summary="Consecutive events of one epoch; answered by an ack once they are stored durably.",
    ),
    _Topic(
        "ack",
        ("down", "{terminal}", "ack"),
        terminal_sends=False,
        retained=False,
        says=wire.Ack,
        sealed_as=MessageKind.ACK,
        summary="What the centre holds durably; the only proof of delivery.",
    ),
    _Topic(
        "renewal",
        ("up", "{bucket}", "{terminal}", "renewal"),
        terminal_sends=True,
        retained=False,
        says=renewal.RenewalRequest,
        sealed_as=MessageKind.RENEWAL,
        summary="The terminal asks for a new certificate at half of its old one's life.",
    ),
    _Topic(
        "certificate",
        ("down", "{terminal}", "certificate"),
        terminal_sends=False,
        retained=False,
        says=renewal.RenewalAnswer,
        sealed_as=MessageKind.CERTIFICATE,
        summary="The certificate for the key of the renewal's request, or why there is none.",
    ),
    _Topic(
        "handover",
        ("down", "{terminal}", "handover"),
        terminal_sends=False,
        retained=False,
        says=handover.Handover,
        sealed_as=MessageKind.HANDOVER,
        summary="The centre's next key, sent when a hello shows that the terminal believes an older one.",
    ),
    _Topic(
        "roster",
        ("down", "{terminal}", "roster"),
        terminal_sends=False,
        retained=False,
        says=downlink.RosterChunk,
        sealed_as=MessageKind.ROSTER_CHUNK,
        summary="A slice of the terminal's roster, sent when a hello shows that it has an older one.",
    ),
    _Topic(
        "command",
        ("down", "{terminal}", "command"),
        terminal_sends=False,
        retained=False,
        says=downlink.Command,
        sealed_as=MessageKind.COMMAND,
        summary="An order of the centre to the terminal.",
    ),
    _Topic(
        "config",
        ("config", "{terminal}"),
        terminal_sends=False,
        retained=True,
        says=downlink.SettingsGiven,
        sealed_as=MessageKind.SETTINGS,
        summary="The settings that the centre gives the terminal.",
    ),
    _Topic(
        "state",
        ("state", "{terminal}"),
        terminal_sends=True,
        retained=True,
        says=wire.State,
        sealed_as=None,
        summary="Whether the terminal is connected; its will says that it is not.",
    ),
    _Topic(
        "host",
        ("host",),
        terminal_sends=False,
        retained=True,
        says=wire.Host,
        sealed_as=None,
        summary="Whether the centre listens; its will says that it does not.",
    ),
)


_ANSWERED_BY = {
    MessageKind.HELLO: "ack",
    MessageKind.BATCH: "ack",
    MessageKind.RENEWAL: "certificate",
}


def document() -> Json:
    """The whole document, as JSON's own types."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Muster: the line between terminals and the centre",
            "version": f"{wire.VERSION}.0.0",
            "description": inspect.cleandoc(wire.__doc__ or ""),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in _TOPICS},
        "operations": {_operation_name(topic): _operation(topic) for topic in _TOPICS},
        "components": {
            "messages": {topic.name: _message(topic) for topic in _TOPICS},
            "parameters": _PARAMETERS,
            "schemas": _schemas(),
        },
    }


def _channel(topic: _Topic) -> Json:
    address = wire.topic(*topic.levels)
    return {
        "address": address,
        "description": topic.summary,
        "parameters": {
            name: {"$ref": f"#/components/parameters/{name}"}
            for name in _PARAMETERS
            if f"{{{name}}}" in address
        },
        "messages": {topic.name: {"$ref": f"#/components/messages/{topic.name}"}},
    }


_PARAMETERS: Json = {
    "bucket": {
        "description": "one of the fixed partitions of terminals, assigned at enrolment",
        "enum": [wire.bucket_of(number) for number in range(64)],
    },
    "terminal": {
        "description": "the terminal's name, as in its certificate and in every header that it signs",
        "x-pattern": msgspec.json.schema(events.TerminalId)["pattern"],
    },
}


def _operation_name(topic: _Topic) -> str:
    return f"{'send' if topic.terminal_sends else 'receive'}{topic.name.capitalize()}"


def _operation(topic: _Topic) -> Json:
    """What the terminal does on the topic; the centre does the opposite."""
    operation: Json = {
        "action": "send" if topic.terminal_sends else "receive",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.summary,
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{topic.name}"}],
        "bindings": {"mqtt": {"qos": 1, "retain": topic.retained, "bindingVersion": "0.2.0"}},
    }
    if topic.sealed_as in _ANSWERED_BY:
        answer = _ANSWERED_BY[topic.sealed_as]
        operation["reply"] = {
            "channel": {"$ref": f"#/channels/{answer}"},
            "messages": [{"$ref": f"#/channels/{answer}/messages/{answer}"}],
        }
    return operation


def _message(topic: _Topic) -> Json:
    payload = f"Sealed{topic.says.__name__}" if topic.sealed_as else topic.says.__name__
    return {
        "name": topic.name,
        "summary": topic.summary,
        "description": inspect.cleandoc(topic.says.__doc__ or ""),
        "payload": {"$ref": _SCHEMAS.format(name=payload)},
    }


def _schemas() -> Json:
    types = (wire.Sealed, *(topic.says for topic in _TOPICS), *events.KINDS)
    _, components = msgspec.json.schema_components(types, ref_template=_SCHEMAS)
    schemas = {name: _draft_07(schema) for name, schema in components.items()}
    for kind in events.KINDS:
        _require_place(schemas[kind.__name__])
    schemas["Event"] = {
        "description": inspect.cleandoc(events.__doc__ or ""),
        "oneOf": [{"$ref": _SCHEMAS.format(name=kind.__name__)} for kind in events.KINDS],
    }
    for topic in _TOPICS:
        if topic.sealed_as:
            schemas[f"Sealed{topic.says.__name__}"] = _sealed(topic.says, topic.sealed_as)
    return schemas


def _sealed(header: type[Struct], kind: MessageKind) -> Json:
    """The envelope of one kind of message: what its header's text and its body's bytes are."""
    body: Json = {"const": ""}
    if kind is MessageKind.BATCH:
        body = {
            "description": "events as they stand in the log, one a line, deflated (zlib, RFC 1950)",
            "x-events": {"$ref": _SCHEMAS.format(name="Event")},
        }
    elif kind is MessageKind.ROSTER_CHUNK:
        body = {"description": "the slice: bytes of a sealed roster (see sync/contract/roster.py)"}
    elif kind is MessageKind.RENEWAL:
        body = {"description": "the request for a certificate (PKCS #10, RFC 2986, as DER)"}
    elif kind is MessageKind.CERTIFICATE:
        body = {"description": "the certificate (X.509, RFC 5280, as PEM); empty when it is refused"}
    return {
        "description": f"The sealed {kind}: its header is the JSON of {header.__name__}.",
        "allOf": [{"$ref": _SCHEMAS.format(name="Sealed")}],
        "properties": {
            "v": {"const": wire.VERSION},
            "kind": {"const": kind.value},
            "header": {
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": _SCHEMAS.format(name=header.__name__)},
            },
            "body": body,
        },
    }


def _require_place(schema: Json) -> None:
    """In the log and on the line every event has its place, though the type leaves it to the log."""
    for name in _FILLED_IN_BY_THE_LOG:
        schema["properties"][name].pop("default")
    schema["required"] = [*schema["required"], *_FILLED_IN_BY_THE_LOG]


def _draft_07(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """The schema in draft-07's words, its docstrings without their indentation."""
    if isinstance(schema, list):
        return [_draft_07(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # Draft-07 knows no discriminator; the tag's own schema tells the kinds apart.
    translated = {key: _draft_07(part) for key, part in schema.items() if key != "discriminator"}
    if "prefixItems" in translated:
        translated["additionalItems"] = translated.pop("items")
        translated["items"] = translated.pop("prefixItems")
    if isinstance(translated.get("description"), str):
        translated["description"] = inspect.cleandoc(translated["description"])
    return translated


class _Dumper(yaml.SafeDumper):
    """YAML for readers: texts of several lines stand as such, no alias, and digits of a text stay text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - yaml's signature
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else "'" if text.isdigit() else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def as_yaml() -> str:
    """The document as it is kept in the repository."""
    return yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


if __name__ == "__main__":
    sys.stdout.write(as_yaml())
