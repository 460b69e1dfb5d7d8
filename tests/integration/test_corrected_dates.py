"""Dates of entry and leaving that are corrected over marks: what counts, and what comes back."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence import figures
from absence.actions import check
from registers.actions import roll, roll_dates
from registers.actions.writing import Author, Change, MarkKey, write_marks
from registers.codes import CODES
from registers.models import Enrolment, Mark, WeekTally
from registers.roll import Spell
from registers.verify import broken_seals
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of

pytestmark = pytest.mark.django_db
FIRST = date(2025, 9, 1)
DAYS = 20
LAST = date(2025, 9, 26)
SYMBOLS = [
    code.symbol
    for code in CODES.values()
    if code.in_force(FIRST) and code.half is None and code.symbol != "#"
]


def correct(enrolment, starts_on, leaves_on, by):
    """As a person does it: look, then confirm what was seen."""
    there = Enrolment.objects.get(pk=enrolment.pk)
    ground = "9(1)(k) Died" if leaves_on else ""
    spell = Spell(starts_on, leaves_on, ground)
    seen = roll_dates.look(there, spell, today=LAST).token
    return roll.change_enrolment(
        enrolment=there, spell=spell, reason="Told late", seen=seen, by=by, today=LAST
    )


def oracle(codes, spell):
    """Sessions by how they count, of the codes that lie within the spell."""
    within = [CODES[code] for (on, _), code in codes.items() if spell[0] <= on <= spell[1]]
    return tuple(
        sum(getattr(code, name) for code in within)
        for name in ("attended", "authorised", "unauthorised", "late")
    )


def by_week(enrolment):
    fields = ("attended", "authorised", "unauthorised", "late")
    rows = WeekTally.objects.filter(enrolment=enrolment).values_list("monday", *fields)
    return {monday: tuple(counts) for monday, *counts in rows}


def all_agree(room, enrolment, codes, spell):
    """Weekly totals, figures, night check and seals say what a plain count says."""
    spell = (spell[0], spell[1] or date.max)
    mondays = {on - timedelta(days=on.weekday()) for on, _ in codes}
    weeks = {
        monday: oracle(
            {slot: code for slot, code in codes.items() if 0 <= (slot[0] - monday).days < 7}, spell
        )
        for monday in mondays
    }
    assert by_week(enrolment) == weeks
    rows = figures.absence_to(room.school, LAST)
    (row,) = [row for row in rows if row.enrolment_id == enrolment.pk] or [None]
    if row is not None:
        tally = row.tally
        assert (tally.attended, tally.authorised, tally.unauthorised, tally.late) == oracle(
            codes, spell
        )
        due = [one for one in room.sessions if spell[0] <= one.date <= spell[1]]
        made = [slot for slot in codes if spell[0] <= slot[0] <= spell[1]]
        assert tally.unmarked == len(due) - len(made)
    assert check.differing_enrolments(room.year) == []
    assert check.differing_weeks([enrolment.pk]) == []
    assert not list(broken_seals(room.school))


day = st.integers(0, DAYS - 1)
correction = st.tuples(st.just("dates"), day, st.none() | day)
saves = st.tuples(st.just("mark"), day, st.integers(0, 1), st.sampled_from(SYMBOLS))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(correction | saves, min_size=1, max_size=12), seed=st.randoms())
def test_only_marks_within_the_dates_count_whatever_is_corrected_and_saved(steps, seed):
    with transaction.atomic():
        room = make_class(2, first=FIRST, days=DAYS)
        enrolment = room.enrolments[0]
        first = {
            (one.date, one.half): seed.choice(["/\\"[one.half], *SYMBOLS]) for one in room.sessions
        }
        marks_of(room, [first[one.date, one.half] for one in room.sessions])
        marks_of(room, "/\\" * DAYS, pupil=1)
        codes, days = dict(first), sorted({one.date for one in room.sessions})
        spell = (FIRST, None)
        for kind, *step in steps:
            if kind == "dates":
                starts_on = days[step[0]]
                leaves_on = None if step[1] is None else days[max(step)]
                correct(enrolment, starts_on, leaves_on, room.officer)
                spell = (starts_on, leaves_on)
            else:
                _save(room, enrolment, codes, spell, (days[step[0]], step[1]), step[2])
            all_agree(room, enrolment, codes, spell)
        correct(enrolment, FIRST, None, room.officer)
        all_agree(room, enrolment, codes, (FIRST, None))
        (place,) = enrolment.memberships.all()
        assert (place.from_on, place.until_on) == (FIRST, None)
        transaction.set_rollback(True)


def _save(room, enrolment, codes, spell, slot, code):
    """A mark within the dates is changed; one outside is refused by the rules, so left alone."""
    if not spell[0] <= slot[0] <= (spell[1] or date.max) or codes[slot] == code:
        return
    version = Mark.objects.get(enrolment=enrolment, date=slot[0], half=slot[1]).version
    change = Change(MarkKey(enrolment.pk, *slot), code, version, reason="Parent rang")
    written = write_marks(
        [change],
        by=Author(room.officer.pk, "Tom Brannigan", "Attendance Officer"),
        source=Mark.Source.OFFICE,
        made_at=timezone.now(),
        check=lambda *_: None,
    )
    assert written.saved
    codes[slot] = code
