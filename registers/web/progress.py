"""How far a command is: a bar on a terminal, a line for each tenth elsewhere. No Django here."""

import sys
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from tqdm import tqdm

T = TypeVar("T")


class Output(Protocol):
    def write(self, text: str, /) -> object: ...


class ReportProgress:
    """Called with what is done and how much there is; `unit` names it, such as marks."""

    def __init__(self, out: Output, unit: str = "marks"):
        self.out, self.unit = out, unit
        self.bar: tqdm | None = None
        self.tenth = 0

    def __call__(self, done: int, total: int) -> None:
        if sys.stdout.isatty():
            self.bar = self.bar or tqdm(total=total, unit=f" {self.unit}", unit_scale=True)
            self.bar.n = done
            self.bar.refresh()
        elif total and done * 10 // total > self.tenth:
            self.tenth = done * 10 // total
            self.out.write(f"{done:,} of {total:,} {self.unit}")

    def each(self, things: Sequence[T]) -> Iterator[T]:
        """The things, one after the other, each told once it is done with."""
        for number, thing in enumerate(things, start=1):
            yield thing
            self(number, len(things))
        self.close()

    def close(self) -> None:
        if self.bar:
            self.bar.close()
            self.bar = None
