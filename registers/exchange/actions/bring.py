"""Bring rows of a table into line with what the files say, set-wise; what is so already stays."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

from django.db.models import Model

BATCH = 200  # rows of one UPDATE: a CASE for each field and row


def bring_into_line(
    wanted: Mapping[Hashable, Model], there: Mapping[Hashable, Model], fields: Sequence[str]
) -> Counter:
    """Make the rows that are not there, and change those whose `fields` differ.

    Afterwards every object of `wanted` has its key. Gives the counts “new” and “changed”.
    """
    new = [row for key, row in wanted.items() if key not in there]
    changed = []
    for key, row in wanted.items():
        old = there.get(key)
        if old is None:
            continue
        row.pk = old.pk
        if any(getattr(old, field) != getattr(row, field) for field in fields):
            changed.append(row)
    return create(new) + update(changed, fields)


def create(rows: Sequence[Model]) -> Counter:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)
    return Counter(new=len(rows))


def update(rows: Sequence[Model], fields: Sequence[str]) -> Counter:
    if rows and fields:
        type(rows[0])._default_manager.bulk_update(rows, fields, batch_size=BATCH)
    return Counter(changed=len(rows))


def remove(rows: Iterable[Model]) -> Counter:
    rows = list(rows)
    for start in range(0, len(rows), BATCH):
        keys = [row.pk for row in rows[start : start + BATCH]]
        type(rows[0])._default_manager.filter(pk__in=keys).delete()
    return Counter(removed=len(rows))
