"""Rows that hang on a pupil or an enrolment, moved to another and back again.

Found by their foreign keys, whatever app they are of, so that a new table is not forgotten. What
was moved is written down as JSON: table, column, row, where it hung before.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from django.apps import apps
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Coalesce

from registers.rules.grouping import keyed

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
    for relation in model._meta.related_objects:
        if not relation.many_to_many and relation.related_model._meta.label_lower not in without:
            yield ForeignKeyColumn(relation.related_model, relation.field)


def move_rows(column: ForeignKeyColumn, *, before: int, after: int) -> list[Moved]:
    """Hang the rows of one on the other. A row that cannot stand beside one that is there (both
    are members of a group from the same day) stays where it is.
    """
    taken = set().union(*(_unique_keys(column, row) for row in column.rows_of(after)))
    moved: list[Moved] = []
    for row in column.rows_of(before):
        if taken & _unique_keys(column, row):
            moved += _take_next_ordinal(column, row, after)
        keys = _unique_keys(column, row)
        if taken.isdisjoint(keys) and _has_room(column, after):
            taken |= keys
            moved.append(_hang(column, row.pk, before, after))
    return moved


def _has_room(column: ForeignKeyColumn, on: int) -> bool:
    """Where the foreign key is the row's own key, there is one row at most."""
    return not (column.field.primary_key and column.rows_of(on).exists())


def _take_next_ordinal(column: ForeignKeyColumn, row: models.Model, after: int) -> list[Moved]:
    """What is numbered (letters of a kind in a year) takes the next number; nothing of the rest."""
    if not hasattr(column.model, "ordinal"):
        return []
    last = column.rows_of(after).aggregate(last=Coalesce(models.Max("ordinal"), 0))["last"]
    old, new = row.serializable_value("ordinal"), last + 1
    setattr(row, "ordinal", new)  # noqa: B010 (a column that only some tables have)
    column.model._base_manager.filter(pk=row.pk).update(ordinal=new)
    return [[column.model._meta.label_lower, "ordinal", row.pk, old, new]]


def _hang(column: ForeignKeyColumn, row: Any, before: int, after: int) -> Moved:
    column.model._base_manager.filter(pk=row).update(**{column.name: after})
    key = after if column.field.primary_key else row
    return [column.model._meta.label_lower, column.name, key, before, after]


def _unique_keys(column: ForeignKeyColumn, row: models.Model) -> set[tuple]:
    """What must be unique together with the column, with its value in the row."""
    return {
        (constraint.name, *map(row.serializable_value, _beside(column, constraint)))
        for constraint in column.model._meta.constraints
        if _is_about(constraint, column) and _holds(constraint, row)
    }


def _is_about(
    constraint: models.BaseConstraint, column: ForeignKeyColumn
) -> TypeGuard[UniqueConstraint]:
    return isinstance(constraint, UniqueConstraint) and column.name in constraint.fields


def _beside(column: ForeignKeyColumn, constraint: UniqueConstraint) -> list[str]:
    """The fields of the constraint besides the column."""
    return [name for name in constraint.fields if name != column.name]


def _holds(constraint: UniqueConstraint, row: models.Model) -> bool:
    """Whether the constraint is about this row."""
    if constraint.condition is None:
        return True
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
    fields = keyed(model._meta.concrete_fields, "attname")
    row = model(**{name: fields[name].to_python(value) for name, value in values.items()})
    row.save(force_insert=True)
