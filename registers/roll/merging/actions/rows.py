"""Rows that hang on a pupil or an enrolment, moved to another and back again.

Found by their foreign keys, whatever app they are of, so that a new table is not forgotten. What
was moved is written down as JSON: table, column, row, where it hung before.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import ForeignObjectRel, UniqueConstraint

Moved = list[Any]  # [table, column, key of the row, where it hung, where it hangs]


class ForeignKeyColumn(NamedTuple):
    """A foreign key of a table."""

    model: type[models.Model]
    field: models.ForeignObject

    @property
    def name(self) -> str:
        return self.field.name

    def rows_of(self, pk: int) -> models.QuerySet:
        return self.model._base_manager.filter(**{self.name: pk}).order_by("pk")


def columns_to(
    model: type[models.Model], *, without: Collection[str]
) -> Iterator[ForeignKeyColumn]:
    """Every foreign key to the model but those of the tables named (registers.mark …)."""
    for relation in model._meta.get_fields():
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        if relation.related_model._meta.label_lower not in without:
            yield ForeignKeyColumn(relation.related_model, relation.field)


def move_rows(column: ForeignKeyColumn, *, before: int, after: int) -> list[Moved]:
    """Hang the rows of one on the other. A row that cannot stand beside one that is there (both
    are members of a group from the same day) stays where it is.
    """
    taken = {key for row in column.rows_of(after) for key in _unique_keys(column, row)}
    moved: list[Moved] = []
    for row in column.rows_of(before):
        keys = _unique_keys(column, row)
        if taken & keys and (turn := _next_ordinal(column, row, after)):
            moved.append(turn)
            keys = _unique_keys(column, row)
        if taken & keys or (column.field.primary_key and column.rows_of(after).exists()):
            continue
        taken |= keys
        _hang(column, row.pk, after)
        key = after if column.field.primary_key else row.pk
        moved.append([column.model._meta.label_lower, column.name, key, before, after])
    return moved


def _next_ordinal(column: ForeignKeyColumn, row: models.Model, after: int) -> Moved | None:
    """What is numbered (letters of a kind in a year) takes the next number; None for the rest."""
    if not any(field.name == "ordinal" for field in column.model._meta.concrete_fields):
        return None
    there = column.rows_of(after).aggregate(last=models.Max("ordinal"))["last"] or 0
    old, new = row.serializable_value("ordinal"), there + 1
    setattr(row, "ordinal", new)  # noqa: B010 (a column that only some tables have)
    column.model._base_manager.filter(pk=row.pk).update(ordinal=new)
    return [column.model._meta.label_lower, "ordinal", row.pk, old, new]


def _hang(column: ForeignKeyColumn, row: Any, on: int) -> None:
    column.model._base_manager.filter(pk=row).update(**{column.name: on})


def _unique_keys(column: ForeignKeyColumn, row: models.Model) -> set[tuple]:
    """What must be unique together with the column, with its value in the row."""
    found = set()
    for constraint in column.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and column.name in constraint.fields:
            others = [name for name in constraint.fields if name != column.name]
            values = tuple(row.serializable_value(name) for name in others)
            if constraint.condition is None or _holds(constraint, row):
                found.add((constraint.name, *values))
    return found


def _holds(constraint: UniqueConstraint, row: models.Model) -> bool:
    return row.__class__._base_manager.filter(constraint.condition, pk=row.pk).exists()


def move_back(moved: Collection[Moved]) -> None:
    """Hang each row where it hung, if it still hangs where it was moved to. The latest first."""
    for table, name, key, before, after in reversed(list(moved)):
        model = apps.get_model(table)
        model._base_manager.filter(pk=key, **{name: after}).update(**{name: before})


def as_json(row: models.Model) -> Mapping[str, Any]:
    """A row that is taken away, to be made again just so."""
    return {field.attname: field.value_to_string(row) if field.value_from_object(row) is not None
            else None for field in row._meta.concrete_fields}  # fmt: skip


def make_again(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Make a row that was taken away, with its own key."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model(
        **{
            name: None if value is None else fields[name].to_python(value)
            for name, value in values.items()
        }
    )
    row.save(force_insert=True)
