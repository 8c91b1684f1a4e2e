"""What is wrong, as a value: a code, and what fills its sentence in. Who shows it says it in a language."""

from dataclasses import dataclass, field, replace
from typing import Union

Argument = Union[str, int, "Trouble", list[Union[str, int, "Trouble"]]]


@dataclass(frozen=True, slots=True, repr=False)
class Trouble:
    """A code that the catalogs of `foundation/words` have a sentence and a remedy for, as `<family>-<code>`.

    `arguments` fill the sentence in: text, numbers, another trouble that is part of this one, or a list.
    Another `family` than `error` names a mere term, such as a document that is missing.
    """

    code: str
    arguments: dict[str, Argument] = field(default_factory=dict, hash=False)
    family: str = "error"

    def __repr__(self) -> str:
        return f"{self.code}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"

    def __structlog__(self) -> dict[str, object]:
        """What a log for programs holds."""
        return {"code": self.code, "arguments": self.arguments}

    @classmethod
    def of(cls, code: str, /, **arguments: object) -> "Trouble":
        """The trouble of this code; what is neither a number nor a trouble stands in it as text."""
        return cls(str(code), {name: _argument(value) for name, value in arguments.items()})

    @classmethod
    def term(cls, family: str, code: str, /, **arguments: object) -> "Trouble":
        """A part of another trouble's sentence."""
        return replace(cls.of(code, **arguments), family=family)


def _argument(value: object) -> Argument:
    if isinstance(value, list | tuple):
        return [one if isinstance(one, Trouble) else str(one) for one in value]
    return value if isinstance(value, int | Trouble) else str(value)
