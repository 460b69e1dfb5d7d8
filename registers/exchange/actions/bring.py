"""Bring rows of a table into line with what the files say, set-wise; what is so already stays."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Model

from registers.rules.grouping import grouped_by

BATCH = 200  # rows of one UPDATE: a CASE for each field and row

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row")
ModelRow = TypeVar("ModelRow", bound=Model)


def grouped(rows: Iterable[Row], *fields: str) -> dict[Any, list[Row]]:
    """All rows of a key, in their order; an empty list for a key that none has."""
    return grouped_by(rows, attrgetter(*fields))


def bring_into_line(
    wanted: Mapping[Key, ModelRow], there: Mapping[Key, ModelRow], fields: Sequence[str]
) -> Counter[str]:
    """Make the rows that are not there, and change those whose `fields` differ.

    Afterwards every object of `wanted` has its key. Gives the counts “new” and “changed”.
    """
    new = [row for key, row in wanted.items() if key not in there]
    changed = []
    values = attrgetter(*fields)
    for key in filter(there.__contains__, wanted):
        row, old = wanted[key], there[key]
        row.pk = old.pk
        if values(row) != values(old):
            changed.append(row)
    return create(new) + update(changed, fields)


def take_values(row: Model, wanted: Mapping[str, Any]) -> list[str]:
    """Set the fields of a row that have another value, without saving it. Which they were."""
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    for field in changed:
        setattr(row, field, wanted[field])
    return changed


def create(rows: Sequence[Model]) -> Counter[str]:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
    return Counter(new=len(rows))


def update(rows: Sequence[Model], fields: Sequence[str]) -> Counter[str]:
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, fields, batch_size=BATCH)
    return Counter(changed=len(rows))


def remove(rows: Sequence[Model]) -> Counter[str]:
    for start in range(0, len(rows), BATCH):
        keys = [row.pk for row in rows[start : start + BATCH]]
        type(rows[0])._default_manager.filter(pk__in=keys).delete()
    return Counter(removed=len(rows))
