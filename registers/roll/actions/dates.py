"""Correct a date of entry or leaving: look at what it does, then bring everything into line.

No mark is touched. Those that come to lie outside the time on the roll count nowhere
(`registers.models.on_roll`), and count again exactly as before when the date is put back.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from registers.marks.actions.papers import list_papers
from registers.marks.actions.tallies import recompute_tallies
from registers.models import AcademicYear, CutMembership, Enrolment, Mark, Membership, Session
from registers.policies import Conflict
from registers.rules.admission import Spell, is_on_roll
from registers.rules.calendar import monday_of, sunday_of
from registers.rules.roll.corrected_dates import (
    AcademicYearDays,
    DatedMembership,
    Moves,
    fitted,
    moves,
)

LAST_SUNDAY = date(9999, 12, 26)  # of the calendar, for a time on the roll without an end

Corrected = Mapping[int, tuple[Spell, Spell]]  # by enrolment: as it was, as it is


class LookAgain(Conflict):
    """Sessions fall away or open, and the person has not seen which; `moves` says it."""

    code = "look_again"

    def __init__(self, found: Moves):
        self.moves = found
        super().__init__("Look at what changes, then confirm it.")


def spell_of(enrolment: Enrolment) -> Spell:
    return Spell(enrolment.starts_on, enrolment.leaves_on, enrolment.leaving_ground, enrolment.kind)


def look(enrolment: Enrolment, spell: Spell, *, today: date | None = None) -> Moves:
    """What falls away and opens when the enrolment gets these dates. At most four statements."""
    old = spell_of(enrolment)
    changed = days_changed(old, spell)
    if changed is None:
        return Moves()
    marks = Mark.objects.filter(enrolment=enrolment).values_list("date", "half", "code_id")
    others = Mark.objects.on_roll().filter(enrolment__pupil=enrolment.pupil_id)
    held = Session.objects.filter(
        school=enrolment.school_id, is_open=True, date__range=changed
    ).values_list("date", "half")
    years = AcademicYear.objects.filter(school=enrolment.school_id).order_by("starts_on")
    return moves(
        old,
        spell,
        marks={(on, half): code for on, half, code in marks},
        elsewhere=others.exclude(enrolment=enrolment).values_list("date", "code_id"),
        sessions=set(held),
        years=[AcademicYearDays(*row) for row in years.values_list("name", "starts_on", "ends_on")],
        today=today or timezone.localdate(),
    )


def days_changed(old: Spell, new: Spell) -> tuple[date, date] | None:
    """The first and the last day that may be in one of the two and not in the other."""
    edges: list[date] = []
    if old.starts_on != new.starts_on:
        edges += [old.starts_on, new.starts_on]
    if old.leaves_on != new.leaves_on:
        edges += [old.leaves_on or LAST_SUNDAY, new.leaves_on or LAST_SUNDAY]
    return (min(edges), max(edges)) if edges else None


@transaction.atomic
def fit(corrected: Corrected) -> None:
    """Bring weekly totals, memberships and papers into line with dates that have just been written.

    The caller holds the enrolments, as a save holds them. A fixed number of statements, but for
    the memberships that change.
    """
    days = {pk: found for pk, (old, new) in corrected.items() if (found := days_changed(old, new))}
    if not days:
        return
    first, last = min(day for day, _ in days.values()), max(day for _, day in days.values())
    recompute_tallies(days, monday=monday_of(first), sunday=sunday_of(last))
    list_papers(sorted(days), first=first, last=last, fewer=True)
    _fit_memberships({pk: corrected[pk] for pk in days})


def _fit_memberships(corrected: Corrected) -> None:
    cuts = list(CutMembership.objects.filter(enrolment__in=list(corrected)).select_related("group"))
    rows = {
        row.pk: row
        for row in Membership.objects.filter(enrolment__in=list(corrected)).select_related("group")
    }
    by_row = {cut.membership_id: cut for cut in cuts if cut.membership_id}
    CutMembership.objects.filter(pk__in=[cut.pk for cut in cuts]).delete()
    for pk, (old, new) in corrected.items():
        places = [
            _place(row, by_row.get(row.pk)) for row in rows.values() if row.enrolment_id == pk
        ]
        places += [
            _place(cut, cut) for cut in cuts if cut.enrolment_id == pk and not cut.membership_id
        ]
        _put(pk, fitted(places, old, new), rows)


def _place(row: Membership | CutMembership, cut: CutMembership | None) -> DatedMembership:
    there = isinstance(row, Membership)
    return DatedMembership(
        row.pk if there else None,
        row.group_id,
        row.from_on if there else None,
        row.until_on if there else None,
        (cut.from_on, cut.until_on) if cut else None,
        row.group.kind == "registration",
    )


def _put(
    enrolment_id: int, places: Sequence[DatedMembership], rows: Mapping[int, Membership]
) -> None:
    gone = [place.pk for place in places if place.first is None and place.pk]
    Membership.objects.filter(pk__in=gone).delete()
    for place in places:
        row = _moved(enrolment_id, place, place.first, rows.get(place.pk or 0))
        if place.asked is not None:
            from_on, until_on = place.asked
            CutMembership.objects.create(
                enrolment_id=enrolment_id,
                group_id=place.group_id,
                membership=row,
                from_on=from_on,
                until_on=until_on,
            )


def _moved(
    enrolment_id: int, place: DatedMembership, first: date | None, row: Membership | None
) -> Membership | None:
    """The membership's row with these days: as it is, moved, made anew, or None without a day."""
    if first is None:
        return None
    if row is None:
        return Membership.objects.create(
            enrolment_id=enrolment_id,
            group_id=place.group_id,
            from_on=first,
            until_on=place.last,
        )
    if (row.from_on, row.until_on) != (first, place.last):
        row.from_on, row.until_on = first, place.last
        row.save(update_fields=["from_on", "until_on"])
    return row


def marks_that_move(corrected: Mapping[int, tuple[Spell, Spell]]) -> dict[int, tuple[int, int]]:
    """For each of these enrolments how many marks fall away, and how many come back."""
    days = [span for old, new in corrected.values() if (span := days_changed(old, new))]
    if not days:
        return {}
    rows = Mark.objects.filter(
        enrolment__in=list(corrected),
        date__range=(min(day for day, _ in days), max(day for _, day in days)),
    )
    found: dict[int, tuple[int, int]] = {}
    for pk, on in rows.values_list("enrolment_id", "date").iterator():
        old, new = corrected[pk]
        was, becomes = is_on_roll(old, on), is_on_roll(new, on)
        if was != becomes:
            falls, back = found.get(pk, (0, 0))
            found[pk] = (falls + was, back + becomes)
    return found
