"""Rows put together by what they share. No Django here."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from operator import attrgetter
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def grouped(pairs: Iterable[tuple[Key, Value]]) -> defaultdict[Key, list[Value]]:
    """The values of each key, in the order in which they come; an empty list for any other key."""
    groups: defaultdict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def grouped_by(rows: Iterable[Value], key: Callable[[Value], Key]) -> defaultdict[Key, list[Value]]:
    """The rows of each key, in their order; an empty list for a key that none has."""
    return grouped((key(row), row) for row in rows)


def keyed(rows: Iterable[Value], *fields: str) -> dict[Any, Value]:
    """Each row by its value of the field, or by a tuple of several; the last of a key counts."""
    key = attrgetter(*fields)
    return {key(row): row for row in rows}
