"""What a page says in place of a list without rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmptyList:
    """What stands in the place of a list without rows, and the way on."""

    heading: str
    words: str
    label: str
    href: str
