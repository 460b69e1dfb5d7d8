"""Dates of entry and leaving that are corrected over marks: what counts, and what comes back."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.figures import school
from absence.standings.actions import check
from registers.exchange.export.files import export_school
from registers.exchange.importing import import_school
from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Enrolment, Mark, Paper, RollChange, WeekTally
from registers.models.on_roll import NEVER
from registers.roll.actions import dates, enrolments
from registers.rules.admission import Spell
from registers.rules.codes import CODES
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.unit.worked_examples import as_date, as_numbers, examples, name

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
    seen = dates.look(there, spell, today=LAST).token
    return enrolments.change_enrolment(
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
    rows = school.absence_to(room.school, LAST)
    (row,) = [row for row in rows if row.enrolment_id == enrolment.pk] or [None]
    if row is not None:
        tally = row.tally
        assert (tally.attended, tally.authorised, tally.unauthorised, tally.late) == oracle(
            codes, spell
        )
        due = [one for one in room.sessions if spell[0] <= one.date <= spell[1]]
        made = [slot for slot in codes if spell[0] <= slot[0] <= spell[1]]
        assert tally.unmarked == len(due) - len(made)
    assert check.differing_enrolments(room.year, [enrolment.pk]) == []
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
    change = MarkChange(MarkKey(enrolment.pk, *slot), code, version, reason="Parent rang")
    written = write_marks(
        [change],
        by=Author(room.officer.pk, "Tom Brannigan", "Attendance Officer"),
        source=Mark.Source.OFFICE,
        made_at=timezone.now(),
        check=lambda *_: None,
    )
    assert written.saved
    codes[slot] = code


@pytest.mark.parametrize("example", examples("on-roll", "A date that is corrected"), ids=name)
def test_the_worked_examples_of_corrected_dates(example):
    room = make_class(1, first=date(2025, 8, 29), days=11)
    enrolment = room.enrolments[0]
    correct(enrolment, FIRST, None, room.officer)
    marks_of(room, "..NN" + "/\\" * 8 + "NN")
    correct(enrolment, as_date(example["From"]), as_date(example["Until"]), room.officer)
    (row,) = school.absence_to(room.school, date(2025, 9, 12))
    found = (row.tally.attended, row.tally.absent, row.tally.unmarked)
    assert list(found) == as_numbers(example, "Attended", "Missed", "Unmarked")


def test_a_time_on_the_roll_that_was_entered_by_mistake_counts_nowhere():
    room = make_class(2, first=FIRST, days=5)
    enrolment = room.enrolments[0]
    marks_of(room, "/\\" * 5)
    old = dates.spell_of(enrolment)
    void = Spell(FIRST, NEVER)
    Enrolment.objects.filter(pk=enrolment.pk).update(leaves_on=NEVER)
    dates.fit({enrolment.pk: (old, void)})
    assert [row.enrolment_id for row in school.absence_to(room.school, LAST)] == [
        room.enrolments[1].pk
    ]
    assert not enrolment.memberships.exists()
    assert not Mark.objects.on_roll().exists()
    assert Mark.objects.off_roll().count() == 10
    Enrolment.objects.filter(pk=enrolment.pk).update(leaves_on=None)
    dates.fit({enrolment.pk: (void, old)})
    row, _ = school.absence_to(room.school, LAST)
    assert row.tally.attended == 10
    assert enrolment.memberships.get().from_on == FIRST


def test_papers_follow_the_marks_that_count():
    room = make_class(1, first=FIRST, days=10)
    marks_of(room, "/\\" * 8 + "KK/\\")
    assert Paper.objects.get().sessions == 2
    correct(room.enrolments[0], FIRST, date(2025, 9, 9), room.officer)
    assert Paper.objects.get().sessions == 0
    correct(room.enrolments[0], FIRST, None, room.officer)
    assert Paper.objects.get().sessions == 2


def test_the_history_says_how_many_marks_count_no_more_and_again():
    room = make_class(1, first=FIRST, days=10)
    marks_of(room, "/\\" * 10)
    correct(room.enrolments[0], FIRST, date(2025, 9, 9), room.officer)
    correct(room.enrolments[0], FIRST, None, room.officer)
    said = RollChange.objects.filter(what="last day on the roll").order_by("pk")
    assert [(one.before, one.after, one.reason) for one in said] == [
        ("none", "9 September 2025; 6 marks count no more", "Told late"),
        ("9 September 2025", "none; 6 marks count again", "Told late"),
    ]


def test_a_mark_that_came_since_the_look_is_looked_at_again():
    room = make_class(1, first=FIRST, days=10)
    marks_of(room, "/\\" * 9)
    spell = Spell(FIRST, date(2025, 9, 10), "9(1)(k) Died")
    seen = dates.look(room.enrolments[0], spell, today=LAST).token
    marks_of(room, "." * 18 + "N")
    with pytest.raises(dates.LookAgain) as again:
        enrolments.change_enrolment(
            enrolment=room.enrolments[0],
            spell=spell,
            reason="Told late",
            seen=seen,
            by=room.officer,
            today=LAST,
        )
    assert again.value.moves.falls.marks == 3
    assert not RollChange.objects.exists()


def test_an_export_leaves_out_marks_off_the_roll_and_comes_in_again_unchanged(tmp_path, settings):
    settings.VAR = tmp_path / "var"
    room = make_class(1, first=FIRST, days=10)
    marks_of(room, "/\\" * 10)
    correct(room.enrolments[0], date(2025, 9, 3), date(2025, 9, 10), room.officer)
    export_school(room.school, tmp_path / "out", today=LAST)
    rows = (tmp_path / "out" / "marks.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 12
    by = factories.AppointmentFactory(school=room.school, role="administrator").user
    again = import_school(tmp_path / "out", today=LAST, by=by)
    assert again.counts == {"unchanged marks": 12}
