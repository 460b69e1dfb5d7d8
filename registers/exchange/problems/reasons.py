"""What is wrong with a cell, a row or a file: a kind with its values. No Django in this module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from registers.exchange.problems.kinds import ProblemKind, Subject

LONGEST_SHOWN = 60  # characters of a cell that a message repeats


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a table, the reason's own unless `file` names another; told as a person has them."""

    numbers: tuple[int, ...]
    file: str = ""

    def __str__(self) -> str:
        return f"line {', '.join(map(str, self.numbers))}"


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A file of the layout; told by the name of the person's own file."""

    name: str

    def __str__(self) -> str:
        return self.name


Value = str | int | Lines | LayoutFile


class PersonsWords(Protocol):
    """How a person knows the files and lines: `registers.exchange.layout.origin.Origin`."""

    def lines(self, file: str, numbers: Iterable[int]) -> str: ...

    def name(self, file: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ProblemReason:
    """Why something cannot come in. The text of a cell among the values is cut by `shortened`."""

    kind: ProblemKind
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def what(self) -> str:
        return self.kind.value.what.format_map(self.values)

    @property
    def remedy(self) -> str:
        """How it is mended, as a sentence."""
        return self.kind.value.remedy.format_map(self.values)

    def __str__(self) -> str:
        """In one line, with the remedy where the kind says both in one breath."""
        wording, remedy = self.kind.value, self.remedy
        if not wording.joint:
            return self.what
        if wording.joint == ": ":
            remedy = remedy[:1].lower() + remedy[1:]
        return f"{self.what}{wording.joint}{remedy.removesuffix('.')}{wording.ends}"

    def sentence(self, *, column: str, is_row: bool) -> str:
        """What is wrong with what it is said of, to stand by itself."""
        subject = self.kind.value.subject
        if subject is Subject.NAMED:
            return self.what[:1].upper() + self.what[1:]
        if subject is Subject.FILE or not (column or is_row):
            return f"The file {self.what}"
        return f"{column or 'The row'} {self.what}"

    def told_by(self, origin: PersonsWords, file: str) -> "ProblemReason":
        """With lines and files as the person has them; `file` is the reason's own table."""
        return ProblemReason(
            self.kind, {name: _told(value, origin, file) for name, value in self.values.items()}
        )

    def to_json(self) -> dict[str, Any]:
        plain = {
            name: value if isinstance(value, int) else str(value)
            for name, value in self.values.items()
        }
        return {"code": self.kind.code, "values": plain}


def because(kind: ProblemKind, **values: Value) -> ProblemReason:
    return ProblemReason(kind, values)


def _told(value: Value, origin: PersonsWords, file: str) -> Value:
    if isinstance(value, Lines):
        return origin.lines(value.file or file, value.numbers)
    if isinstance(value, LayoutFile):
        return origin.name(value.name)
    return value


def line(number: int, file: str = "") -> Lines:
    return Lines((number,), file)


def shortened(text: str) -> str:
    """A cell as a message repeats it: one line, cut where it is long."""
    flat = " ".join(text.split())
    return f"{flat[:LONGEST_SHOWN]}{'…' if len(flat) > LONGEST_SHOWN else ''}"


def shown(text: str) -> str:
    """The same in quotation marks."""
    return f"“{shortened(text)}”"
