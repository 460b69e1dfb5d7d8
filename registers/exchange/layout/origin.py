"""Where a row of a canonical table came from: the person's own file, sheet, line and column.

Several sheets may become one table. Each then has lines of its own there, one sheet after another,
so that a line is one number; what is told to a person is put back into their file's words here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

LINES = re.compile(r"\b(lines?) (\d+(?:(?:, | and )\d+)*)")
FILE = re.compile(r"(\w+\.csv)\b")


@dataclass
class Part:
    """The lines of a table after `start` up to `end` are those of one source, counted from 0."""

    source: str
    start: int
    end: int
    heading: Callable[[str], str]


@dataclass
class Origin:
    parts: dict[str, list[Part]] = field(default_factory=dict)  # by file of the layout

    def add(self, file: str, source: str, last_line: int, heading: Callable[[str], str]) -> int:
        """How much is added to the lines of this source."""
        parts = self.parts.setdefault(file, [])
        start = parts[-1].end if parts else 0
        parts.append(Part(source, start, start + last_line, heading))
        return start

    def place(self, file: str, line: int, column: str) -> tuple[str, int, str]:
        """File, line and column as the person has them."""
        part = self._part(file, line)
        if part is None:
            return file, line, column
        if not line:
            return ", ".join(one.source for one in self.parts[file]), 0, column
        return part.source, line - part.start, part.heading(column) if column else ""

    def lines(self, file: str, numbers: Iterable[int]) -> str:
        """Lines of a table that a reason names."""
        if len(self.parts.get(file, ())) <= 1:
            return f"line {', '.join(map(str, numbers))}"
        return " and ".join(self._line(file, number) for number in numbers)

    def name(self, file: str) -> str:
        parts = self.parts.get(file, ())
        if len(parts) > 1:
            return "these files"
        return parts[0].source if parts else file

    def where(self, text: str) -> str:
        """“marks.csv, line 7 …” with the person's own file and line; any other text as it is."""
        named = FILE.match(text)
        file = named[1] if named else ""
        parts = self.parts.get(file, ())
        if not parts:
            return text
        rest = text[len(file) :]
        if len(parts) == 1:
            return parts[0].source + rest
        if not LINES.search(rest):
            return ", ".join(part.source for part in parts) + rest
        return LINES.sub(lambda lines: self._named(file, lines[2]), rest.removeprefix(", "))

    def _part(self, file: str, line: int) -> Part | None:
        parts = self.parts.get(file, ())
        return next((one for one in parts if one.start < line <= one.end), None) or next(
            iter(parts), None
        )

    def _named(self, file: str, numbers: str) -> str:
        return self.lines(file, map(int, re.findall(r"\d+", numbers)))

    def _line(self, file: str, number: int) -> str:
        source, line, _ = self.place(file, number, "")
        return f"line {line} of {source}"
