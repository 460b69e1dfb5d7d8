"""Two pupils that are one child: merged with the marks of both, and parted again as they were."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absence.figures import school
from absence.figures.calendar import year_to_date
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import (
    Amendment,
    Enrolment,
    FormerUpn,
    Mark,
    Membership,
    Person,
    PlannedAbsence,
    Pupil,
    RollChange,
    WeekTally,
)
from registers.models.on_roll import NEVER
from registers.policies import Refused
from registers.roll.actions.wrong_fields import WrongFields
from registers.roll.merging import actions as merging_actions
from tests import factories
from tests.factories.classes import amend_mark, make_class

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 9, 1), date(2025, 9, 12)
NOW = datetime(2025, 9, 12, 16, tzinfo=UTC)
MONDAY, TUESDAY, WEDNESDAY = FIRST, date(2025, 9, 2), date(2025, 9, 3)


def mark(room, enrolment, on, code, half=0, minutes=None):
    seen = Mark.objects.filter(pk=(enrolment.pk, on, half)).values_list("version", flat=True)
    change = MarkChange(
        MarkKey(enrolment.pk, on, half), code, next(iter(seen), 0), minutes, reason="As seen"
    )
    amend_mark(change=change, by=room.officer, today=LAST)


@pytest.fixture
def room():
    """Ola twice, and a third who has nothing to do with it."""
    room = make_class(3)
    for enrolment, code in zip(room.enrolments, ("/", "I", "U"), strict=True):
        mark(room, enrolment, MONDAY, code)
    mark(room, room.enrolments[0], TUESDAY, "L", minutes=4)
    mark(room, room.enrolments[1], WEDNESDAY, "I")
    return room


def both(room):
    return room.enrolments[0].pupil, room.enrolments[1].pupil


def merge(room, *, others_stand=(), upn="", reason="One child, on roll twice", **more):
    pupil, other = both(room)
    looked_at = merging_actions.look_at_both(pupil, other).conflicts
    asked = {
        "pupil": pupil,
        "other": other,
        "upn": upn or pupil.upn,
        "others_stand": others_stand,
        "looked_at": looked_at,
        "reason": reason,
        "by": room.officer,
        "at": NOW,
    }
    return merging_actions.merge_pupils(**asked | more)


def figures_of(room):
    calendar = year_to_date(room.school, LAST)
    return [
        (row.enrolment_id, row.upn, row.tally, row.band, row.registration_group, row.year_group)
        for row in school.absence_of(room.school, calendar).rows
    ]


def counted(pupil):
    rows = Mark.objects.on_roll().filter(enrolment__pupil=pupil).order_by("date", "half")
    return [(row.date, row.half, row.code_id, row.minutes_late) for row in rows]


def totals():
    rows = WeekTally.objects.order_by("enrolment_id", "monday")
    fields = ("enrolment_id", "monday", "attended", "authorised", "unauthorised", "late")
    return [row for row in rows.values_list(*fields) if any(row[2:])]


def is_green(room):
    assert not list(broken_seals(room.school))


def test_the_marks_of_both_are_the_marks_of_the_one(room):
    pupil, other = both(room)
    merge(room)
    assert counted(pupil) == [
        (MONDAY, 0, "/", None),
        (TUESDAY, 0, "L", 4),
        (WEDNESDAY, 0, "I", None),
    ]
    assert not counted(other)
    (spell,) = Enrolment.objects.not_void().filter(pupil=pupil)
    assert (spell.starts_on, spell.leaves_on) == (FIRST, None)
    rows = figures_of(room)
    assert [row[1] for row in rows].count(pupil.upn) == 1
    assert other.upn not in [row[1] for row in rows]
    assert len(rows) == 2
    is_green(room)


def test_every_mark_of_the_new_time_says_where_it_comes_from(room):
    pupil, other = both(room)
    merge(room)
    spell = Enrolment.objects.not_void().get(pupil=pupil)
    entries = Amendment.objects.filter(enrolment=spell)
    assert {entry.code_before for entry in entries} == {""}
    assert all(other.upn in entry.reason for entry in entries)
    monday = Mark.objects.get(enrolment=spell, date=MONDAY)
    before = Mark.objects.get(enrolment=room.enrolments[0], date=MONDAY)
    assert (monday.made_at, monday.made_by, monday.source) == (
        before.made_at,
        before.made_by,
        before.source,
    )


def test_of_a_conflict_the_mark_stands_that_was_chosen(room):
    pupil, _ = both(room)
    merge(room, others_stand=[(MONDAY, 0)])
    assert (MONDAY, 0, "I", None) in counted(pupil)


def test_a_conflict_that_came_meanwhile_is_not_decided_by_chance(room):
    with pytest.raises(WrongFields, match="changed meanwhile"):
        merge(room, looked_at=[])
    assert Pupil.objects.filter(school=room.school).count() == 3


@pytest.mark.parametrize("which", [0, 1])
def test_either_number_may_go_on_and_the_other_finds_the_pupil(room, which):
    pupil, other = both(room)
    upns = [pupil.upn, other.upn]
    done = merge(room, upn=upns[which])
    pupil.refresh_from_db()
    assert pupil.upn == upns[which]
    assert FormerUpn.objects.get().upn == upns[1 - which]
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert set(Pupil.objects.filter(pk__in=[pupil.pk, other.pk]).values_list("upn", flat=True)) == {
        *upns
    }
    assert not FormerUpn.objects.exists()


def test_all_that_hangs_on_the_other_goes_over_and_comes_back(room):
    pupil, other = both(room)
    theirs = room.enrolments[1]
    shared = factories.RelationshipFactory(pupil=pupil).person
    factories.RelationshipFactory(pupil=other, person=shared, priority=1)
    own = factories.RelationshipFactory(pupil=other, priority=2)
    plan = factories.PlannedAbsenceFactory(enrolment=theirs)
    year = {"academic_year": room.year, "kind": "at_risk"}
    mine = factories.LetterFactory(enrolment=room.enrolments[0], **year)
    letter = factories.LetterFactory(enrolment=theirs, **year)
    note = factories.InterventionFactory(enrolment=theirs)
    choir = factories.GroupFactory(school=room.school, kind="teaching", name="Choir")
    factories.MembershipFactory(group=choir, enrolment=theirs)
    trait = factories.CharacteristicFactory(pupil=other)
    photo = factories.PhotoFactory(pupil=other)
    before = _everything(room)
    done = merge(room)
    spell = Enrolment.objects.not_void().get(pupil=pupil)
    for row in (plan, mine, letter, note):
        row.refresh_from_db()
        assert row.enrolment_id == spell.pk, row
    assert {mine.ordinal, letter.ordinal} == {1, 2}
    assert {row.person for row in pupil.relationships.all()} == {shared, own.person}
    assert not other.relationships.exists()
    assert {row.group.name for row in spell.memberships.all()} == {room.group.name, "Choir"}
    assert trait.__class__.objects.get(pk=trait.pk).pupil == pupil
    assert photo.__class__.objects.get(pupil=pupil)
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert _everything(room) == before
    is_green(room)


def _everything(room):
    """What hangs on the two, with where it hangs."""
    a, b = (pupil.pk for pupil in both(room))
    found = [
        list(Enrolment.objects.filter(pk__in=[e.pk for e in room.enrolments]).values()),
        list(Pupil.objects.filter(pk__in=[a, b]).order_by("pk").values()),
        list(Person.objects.order_by("pk").values("pk", "relationships__pupil")),
        list(PlannedAbsence.objects.values("pk", "enrolment")),
        sorted(Membership.objects.values_list("enrolment", "group", "from_on", "until_on")),
        sorted(room.enrolments[0].pupil.relationships.model.objects.values_list(
            "pk", "pupil", "person", "priority")),
    ]  # fmt: skip
    letters = factories.LetterFactory._meta.model
    notes = factories.InterventionFactory._meta.model
    photos = factories.PhotoFactory._meta.model
    found.append(sorted(letters.objects.values_list("pk", "enrolment", "ordinal")))
    found.append(sorted(notes.objects.values_list("pk", "enrolment")))
    found.append(sorted(photos.objects.values_list("pupil", "digest")))
    return found


def test_times_that_do_not_overlap_go_over_as_they_are(room):
    pupil, other = both(room)
    Enrolment.objects.filter(pk=room.enrolments[0].pk).update(leaves_on=TUESDAY)
    Enrolment.objects.filter(pk=room.enrolments[1].pk).update(starts_on=WEDNESDAY)
    done = merge(room)
    assert set(pupil.enrolments.values_list("pk", flat=True)) == {
        room.enrolments[0].pk,
        room.enrolments[1].pk,
    }
    assert not other.enrolments.exists()
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert other.enrolments.get() == room.enrolments[1]


def test_undoing_gives_the_figures_of_before_exactly(room):
    before, sums = figures_of(room), totals()
    done = merge(room, others_stand=[(MONDAY, 0)])
    assert figures_of(room) != before
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW + timedelta(hours=23))
    assert figures_of(room) == before
    assert totals() == sums
    is_green(room)


def test_what_was_entered_meanwhile_stays_with_the_one_who_stood(room):
    pupil, other = both(room)
    before = counted(other)
    done = merge(room)
    spell = Enrolment.objects.not_void().get(pupil=pupil)
    mark(room, spell, date(2025, 9, 4), "M")
    mark(room, spell, MONDAY, "U")
    plan = factories.PlannedAbsenceFactory(enrolment=spell)
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert counted(pupil) == [
        (MONDAY, 0, "U", None),
        (TUESDAY, 0, "L", 4),
        (date(2025, 9, 4), 0, "M", None),
    ]
    assert counted(other) == before
    plan.refresh_from_db()
    assert plan.enrolment == room.enrolments[0]
    is_green(room)


def test_a_merge_after_its_undo_and_a_third_time(room):
    before = figures_of(room)
    for _ in range(3):
        done = merge(room)
        merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert figures_of(room) == before
    merge(room)
    is_green(room)


def test_three_that_are_one_are_merged_one_after_the_other(room):
    pupil, _ = both(room)
    first = merge(room)
    second = merge(room, other=room.enrolments[2].pupil, looked_at=[(MONDAY, 0)])
    assert len(figures_of(room)) == 1
    with pytest.raises(Refused, match="was merged or taken away since"):
        merging_actions.undo_merge(merge=first, by=room.officer, at=NOW)
    merging_actions.undo_merge(merge=second, by=room.officer, at=NOW)
    merging_actions.undo_merge(merge=first, by=room.officer, at=NOW)
    assert len(figures_of(room)) == 3
    assert Pupil.objects.get(pk=pupil.pk).upn == pupil.upn
    is_green(room)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"reason": " "}, WrongFields, "Say why"),
        ({"upn": "X"}, WrongFields, "Choose the UPN of one of the two"),
        ({"by": None}, Refused, "Your role"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_done(room, change, error, words):
    if "by" in change:
        change = {"by": factories.AppointmentFactory(school=room.school, role="teacher").user}
    with pytest.raises(error, match=words):
        merge(room, **change)
    assert Pupil.objects.filter(school=room.school).count() == 3


def test_a_pupil_of_another_school_is_refused(room):
    stranger = factories.EnrolmentFactory().pupil
    with pytest.raises(WrongFields, match="another pupil of this school"):
        merging_actions.look_at_both(both(room)[0], stranger)


def test_after_a_day_a_merge_stands(room):
    done = merge(room)
    with pytest.raises(Refused, match="within a day"):
        merging_actions.undo_merge(merge=done, by=room.officer, at=NOW + timedelta(hours=25))


def test_seals_that_were_kept_before_still_agree(room, tmp_path):
    heads = tmp_path / "heads.csv"
    call_command("verify_registers", "--heads", str(heads), stdout=StringIO())
    done = merge(room, upn=both(room)[1].upn)
    call_command("verify_registers", "--against", str(heads), stdout=StringIO())
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    call_command("verify_registers", "--against", str(heads), stdout=StringIO())


def test_the_history_says_who_merged_and_why(room):
    merge(room)
    change = RollChange.objects.get()
    assert (change.what, change.reason) == ("merged with", "One child, on roll twice")
    assert both(room)[1].upn in change.before


CODES = st.sampled_from(["/", "I", "U", "O"])
SESSIONS = st.tuples(st.sampled_from([FIRST + timedelta(days=n) for n in (0, 1, 2, 7)]), st.just(0))
DRAWN = st.dictionaries(SESSIONS, CODES, max_size=4)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mine=DRAWN, theirs=DRAWN, data=st.data())
def test_whatever_the_marks_both_are_kept_and_the_undo_is_exact(db, mine, theirs, data):
    room = make_class(2, days=8)
    for enrolment, marks in zip(room.enrolments, (mine, theirs), strict=True):
        for (on, half), code in marks.items():
            mark(room, enrolment, on, code, half)
    pupil, other = both(room)
    before = (counted(pupil), counted(other), figures_of(room))
    differ = merging_actions.look_at_both(pupil, other).conflicts
    chosen = data.draw(st.sets(st.sampled_from(differ))) if differ else set()
    done = merge(room, others_stand=chosen)
    wanted = theirs | mine | {key: theirs[key] for key in chosen}
    assert {(on, half): code for on, half, code, _ in counted(pupil)} == wanted
    merging_actions.undo_merge(merge=done, by=room.officer, at=NOW)
    assert (counted(pupil), counted(other), figures_of(room)) == before
    is_green(room)
    assert Enrolment.objects.filter(pupil=pupil, leaves_on=NEVER).count() == 1
