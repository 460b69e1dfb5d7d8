"""Where a row of a canonical table came from: the person's own file, sheet, line and column.

Several sheets may become one table. Each then has lines of its own there, one sheet after another,
so that a line is one number; what is told to a person is put back into their file's words here.
"""

import re
from collections.abc import Callable
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

    def words(self, file: str, text: str) -> str:
        """A reason that names other lines, of the same table or one it names, as they are."""
        named = next((other for other in self.parts if other in text), None)
        parts = self.parts.get(named or file, ())
        if len(parts) > 1:
            text = LINES.sub(lambda found: self._lines(named or file, found), text)
        if named is not None and parts:
            text = text.replace(named, parts[0].source if len(parts) == 1 else "these files")
        return text

    def where(self, text: str) -> str:
        """“marks.csv, line 7 …” with the person's own file and line; any other text as it is."""
        found = FILE.match(text)
        parts = self.parts.get(found[1], ()) if found else ()
        if not parts:
            return text
        rest = text[found.end() :]
        if len(parts) == 1:
            return parts[0].source + rest
        if not LINES.search(rest):
            return ", ".join(part.source for part in parts) + rest
        return LINES.sub(lambda lines: self._lines(found[1], lines), rest.removeprefix(", "))

    def _part(self, file: str, line: int) -> Part | None:
        parts = self.parts.get(file, ())
        return next((one for one in parts if one.start < line <= one.end), None) or next(
            iter(parts), None
        )

    def _lines(self, file: str, found: re.Match) -> str:
        said = []
        for number in re.findall(r"\d+", found[2]):
            source, line, _ = self.place(file, int(number), "")
            said.append(f"line {line} of {source}")
        return " and ".join(said)
