"""Correct a date of entry or leaving: look at what it does, then bring everything into line.

No mark is touched. Those that come to lie outside the time on the roll count nowhere
(`registers.models.on_roll`), and count again exactly as before when the date is put back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain, starmap

from django.db import transaction
from django.utils import timezone

from registers.marks.actions.papers import list_papers
from registers.marks.actions.tallies import recompute_tallies
from registers.models import AcademicYear, CutMembership, Enrolment, Mark, Membership, Session
from registers.policies import Conflict
from registers.rules.admission import Spell, is_on_roll
from registers.rules.calendar import monday_of, sunday_of
from registers.rules.grouping import grouped, keyed
from registers.rules.roll.corrected_dates import (
    AcademicYearDays,
    DatedMembership,
    Moves,
    fitted,
    moves,
)

LAST_SUNDAY = date(9999, 12, 26)  # of the calendar, for a time on the roll without an end

Corrected = Mapping[int, tuple[Spell, Spell]]  # by enrolment: as it was, as it is
Days = tuple[date, date]  # the first and the last


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
        years=[*starmap(AcademicYearDays, years.values_list("name", "starts_on", "ends_on"))],
        today=today or timezone.localdate(),
    )


def days_changed(old: Spell, new: Spell) -> Days | None:
    """The first and the last day that may be in one of the two and not in the other."""
    edges = ({old.starts_on} ^ {new.starts_on}) | ({_last_day(old)} ^ {_last_day(new)})
    return (min(edges), max(edges)) if edges else None


def _last_day(spell: Spell) -> date:
    return spell.leaves_on or LAST_SUNDAY


def _all_days_changed(corrected: Corrected) -> dict[int, Days]:
    """The same for many; those where nothing changed are left out."""
    days = {pk: days_changed(old, new) for pk, (old, new) in corrected.items()}
    return {pk: changed for pk, changed in days.items() if changed}


def _first_and_last(days: Iterable[Days]) -> Days:
    first, last = zip(*days, strict=True)
    return min(first), max(last)


@transaction.atomic
def fit(corrected: Corrected) -> None:
    """Bring weekly totals, memberships and papers into line with dates that have just been written.

    The caller holds the enrolments, as a save holds them. A fixed number of statements, but for
    the memberships that change.
    """
    days = _all_days_changed(corrected)
    if not days:
        return
    first, last = _first_and_last(days.values())
    recompute_tallies(days, monday=monday_of(first), sunday=sunday_of(last))
    list_papers(sorted(days), first=first, last=last, fewer=True)
    _fit_memberships({pk: corrected[pk] for pk in days})


def _fit_memberships(corrected: Corrected) -> None:
    cuts = CutMembership.objects.filter(enrolment__in=list(corrected))
    memberships = Membership.objects.filter(enrolment__in=list(corrected))
    rows = memberships.select_related("group").in_bulk()
    places = _places(rows.values(), list(cuts.select_related("group")))
    cuts.delete()
    for pk, (old, new) in corrected.items():
        _put(pk, fitted(places[pk], old, new), rows)


def _places(
    rows: Iterable[Membership], cuts: Sequence[CutMembership]
) -> dict[int, list[DatedMembership]]:
    """By enrolment: memberships as they are, and those of which nothing was left."""
    by_row = keyed(cuts, "membership_id")
    as_they_are = ((row.enrolment_id, _place(row, by_row.get(row.pk))) for row in rows)
    cut_away = ((cut.enrolment_id, _place_of_cut(cut)) for cut in cuts if cut.membership_id is None)
    return grouped(chain(as_they_are, cut_away))


def _place(row: Membership, cut: CutMembership | None) -> DatedMembership:
    asked = (cut.from_on, cut.until_on) if cut else None
    is_registration = row.group.kind == "registration"
    return DatedMembership(row.pk, row.group_id, row.from_on, row.until_on, asked, is_registration)


def _place_of_cut(cut: CutMembership) -> DatedMembership:
    is_registration = cut.group.kind == "registration"
    asked = (cut.from_on, cut.until_on)
    return DatedMembership(None, cut.group_id, None, None, asked, is_registration)


def _put(
    enrolment_id: int, places: Sequence[DatedMembership], rows: Mapping[int, Membership]
) -> None:
    gone = (place.pk for place in places if place.first is None)
    Membership.objects.filter(pk__in=[*filter(None, gone)]).delete()
    for place in places:
        row = _moved(enrolment_id, place, rows.get(place.pk or 0))
        if place.asked is not None:
            from_on, until_on = place.asked
            CutMembership.objects.create(
                enrolment_id=enrolment_id,
                group_id=place.group_id,
                membership=row,
                from_on=from_on,
                until_on=until_on,
            )


def _moved(enrolment_id: int, place: DatedMembership, row: Membership | None) -> Membership | None:
    """The membership's row with these days: as it is, moved, made anew, or None without a day."""
    if place.first is None:
        return None
    row = row or Membership(enrolment_id=enrolment_id, group_id=place.group_id)
    if (row.from_on, row.until_on) != (place.first, place.last):
        row.from_on, row.until_on = place.first, place.last
        row.save()
    return row


def marks_that_move(corrected: Corrected) -> dict[int, tuple[int, int]]:
    """For each of these enrolments how many marks fall away, and how many come back."""
    counted: dict[int, Counter[bool]] = defaultdict(Counter)
    for pk, on in _days_of_marks(corrected):
        was, becomes = map(partial(is_on_roll, on=on), corrected[pk])
        if was != becomes:
            counted[pk][becomes] += 1
    return {pk: (count[False], count[True]) for pk, count in counted.items()}


def _days_of_marks(corrected: Corrected) -> Iterable[tuple[int, date]]:
    """The enrolment and the day of each mark that may move."""
    days = _all_days_changed(corrected)
    if not days:
        return ()
    marks = Mark.objects.filter(
        enrolment__in=list(corrected), date__range=_first_and_last(days.values())
    )
    return marks.values_list("enrolment_id", "date").iterator()
