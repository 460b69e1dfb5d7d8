"""What a pupil was called before, and the keys by which every name is found and sorted."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from registers.models import FormerName, Pupil
from registers.models.roll.pupil import NAME_KEYS
from registers.models.school.staff import User
from registers.rules.pupils.names import plain

AT_ONCE = 2_000  # rows that are held in memory
BATCH = 200  # rows of one UPDATE


def keep_former_name(*, pupil: Pupil, surname: str, forename: str, by: User | None) -> None:
    """Part of an action that gives `pupil` another name; the caller has checked and locked.

    A name that differs in accents or capitals alone is found as it is and not kept; one that the
    pupil takes back is a former one no longer.
    """
    keep_former_names(
        {pupil.pk: Pupil(surname=surname, forename=forename)}, {pupil.pk: pupil}, by=by
    )


def keep_former_names(
    before: Mapping[Any, Pupil], after: Mapping[Any, Pupil], *, by: User | None
) -> None:
    """The same for many, by any key: three statements, none where nobody's name changes."""
    both = [(before[key], pupil) for key, pupil in after.items() if key in before]
    changed = {old.pk or new.pk: (old, new) for old, new in both if _letters(old) != _letters(new)}
    if not changed:
        return
    today = timezone.localdate()
    FormerName.objects.bulk_create(
        (
            FormerName(
                pupil_id=pk, surname=old.surname, forename=old.forename, until_on=today, by=by
            )
            for pk, (old, _) in changed.items()
        ),
        ignore_conflicts=True,
    )
    _forget_taken_back({pk: new for pk, (_, new) in changed.items()})


def _forget_taken_back(pupils: Mapping[int, Pupil]) -> None:
    """Former names that are the pupil's name again."""
    former = FormerName.objects.filter(pupil__in=list(pupils))
    taken_back = [row.pk for row in former if _letters(row) == _letters(pupils[row.pupil_id])]
    FormerName.objects.filter(pk__in=taken_back).delete()


def _letters(named: Pupil | FormerName) -> tuple[str, str]:
    return plain(named.surname), plain(named.forename)


def bring_keys_into_line(*, using: str = "default", dry_run: bool = False) -> int:
    """Make the keys of every name anew; how many were not as `rules.pupils.names` has them.

    After each migrate, since a release may know more letters. Safe to repeat.
    """
    pupils = Pupil.everything.using(using).only("surname", "forename", "preferred_name", *NAME_KEYS)
    former = FormerName.objects.using(using).only("surname", "forename", "search_key")
    return _make_anew(pupils, NAME_KEYS, dry_run) + _make_anew(former, ["search_key"], dry_run)


def _make_anew(rows: QuerySet[Any], keys: Sequence[str], dry_run: bool) -> int:
    wrong = 0
    for piece in _in_pieces(rows.order_by("pk").iterator(chunk_size=AT_ONCE)):
        changed = [row for row in piece if _make(row, keys)]
        wrong += len(changed)
        if not dry_run:
            every = rows.model._base_manager.using(rows.db)
            every.bulk_update(changed, keys, batch_size=BATCH)
    return wrong


def _make(row: Model, keys: Sequence[str]) -> bool:
    """Whether a key of the row was another; the row has the right ones afterwards."""
    before = [getattr(row, key) for key in keys]
    return before != [row._meta.get_field(key).pre_save(row, False) for key in keys]  # type: ignore[union-attr]


def _in_pieces(rows: Iterator[Model]) -> Iterator[list[Model]]:
    while piece := list(islice(rows, AT_ONCE)):
        yield piece
