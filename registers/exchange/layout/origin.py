"""Where a row of a canonical table came from: the person's own file, sheet, line and column.

Several sheets may become one table. Each then has lines of its own there, one sheet after another,
so that a line is one number; what is told to a person is put back into their file's words here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from registers.exchange.problems.places import FilePlace


@dataclass
class Part:
    """The lines of a table after `start` up to `end` are those of one source, counted from 0."""

    source: str
    start: int
    end: int
    heading: Callable[[str], str]

    def has(self, line: int) -> bool:
        return self.start < line <= self.end


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
            return self._sources(file), 0, column
        return part.source, line - part.start, column and part.heading(column)

    def lines(self, file: str, numbers: Iterable[int]) -> str:
        """Lines of a table that a reason names."""
        if len(self.parts.get(file, ())) <= 1:
            return f"line {', '.join(map(str, numbers))}"
        return " and ".join(self._line(file, number) for number in numbers)

    def name(self, file: str) -> str:
        parts = self.parts.get(file, ())
        if len(parts) > 1:
            return "these files"
        return next((part.source for part in parts), file)

    def where(self, place: FilePlace) -> str:
        """A place with the person's own file and line."""
        parts = self.parts.get(place.file, ())
        if len(parts) <= 1:
            return str(replace(place, file=self.name(place.file)))
        if place.lines:
            return " as ".join(self.lines(place.file, numbers) for numbers in place.groups)
        return self._sources(place.file)

    def _sources(self, file: str) -> str:
        return ", ".join(part.source for part in self.parts[file])

    def _part(self, file: str, line: int) -> Part | None:
        parts = self.parts.get(file, [])
        return next((part for part in parts if part.has(line)), next(iter(parts), None))

    def _line(self, file: str, number: int) -> str:
        source, line, _ = self.place(file, number, "")
        return f"line {line} of {source}"
