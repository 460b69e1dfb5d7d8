"""The sentence under the heading of a page, of which one part is bold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lede:
    before: str = ""
    bold: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.bold}{self.after}"
