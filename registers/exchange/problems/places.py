"""Where in the files something stands. No Django in this module."""

from dataclasses import dataclass

from registers.rules.wording import listed, plural


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file, or lines of it; `same_as` are the lines that said the very same before."""

    file: str
    lines: tuple[int, ...] = ()
    same_as: tuple[int, ...] = ()

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """The lines that are named together."""
        return list(filter(None, (self.lines, self.same_as)))

    def __str__(self) -> str:
        """marks.csv; marks.csv, line 7; marks.csv, lines 7 and 9; marks.csv, line 9 as line 7."""
        return ", ".join(filter(None, (self.file, " as ".join(map(_in_words, self.groups)))))


def _in_words(numbers: tuple[int, ...]) -> str:
    return f"{plural(len(numbers), 'line', 'lines')} {listed(map(str, numbers))}"


def at_line(file: str, number: int) -> FilePlace:
    return FilePlace(file, (number,))
