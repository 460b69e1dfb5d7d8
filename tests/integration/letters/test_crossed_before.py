"""A school that moves in: who crossed before is listed once, to be chosen from."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from absence.rules.bands import bands_from_settings
from absence.rules.pupil_marks import PupilMark
from interventions.letters.crossed_before import actions
from interventions.letters.crossed_before.queries import MOST_PROPOSED, History, still_listed
from interventions.models import CrossedBefore, Letter
from interventions.night.actions import night
from interventions.rules.letter_kinds import FIRST_CONCERN, GOING_WELL, PERSISTENT_ABSENCE
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Mark
from registers.policies import Refused
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import write_all

pytestmark = pytest.mark.django_db

FRIDAY, SATURDAY = date(2025, 9, 12), date(2025, 9, 13)
LONDON = ZoneInfo("Europe/London")


def moved_in(pupils: int, *, source: int = Mark.Source.IMPORT, codes: str = "OOOO" + "/\\" * 8):
    """A class whose marks of two weeks came with its files; every pupil has missed a fifth."""
    room = make_class(pupils)
    changes = [
        MarkChange(MarkKey(enrolment.pk, session.date, session.half), code, 0)
        for enrolment in room.enrolments
        for session, code in zip(room.sessions, codes, strict=True)
    ]
    write_all(changes, source=source)
    for enrolment in room.enrolments:
        factories.RelationshipFactory(pupil=enrolment.pupil)
    return room


def run(room):
    return night.run_night(room.school, as_at=FRIDAY, today=SATURDAY, send=False)


def test_the_first_night_proposes_no_letters_to_half_the_school():
    room = moved_in(MOST_PROPOSED + 2)
    done = run(room)
    assert (done.state, done.letters_proposed) == ("done", 0)
    assert done.crossings_listed == MOST_PROPOSED + 2
    row = still_listed(room.school).first()
    assert (row.kind, row.missed, row.possible) == ("persistent_absence", 4, 20)


def test_a_second_night_neither_lists_nor_proposes_them_again():
    room = moved_in(MOST_PROPOSED + 2)
    run(room)
    again = run(room)
    assert (again.letters_proposed, again.crossings_listed) == (0, 0)
    assert CrossedBefore.objects.count() == MOST_PROPOSED + 2


def test_a_few_are_proposed_as_on_any_morning():
    done = run(moved_in(MOST_PROPOSED))
    assert (done.letters_proposed, done.crossings_listed) == (MOST_PROPOSED, 0)


def test_what_the_school_marked_here_is_proposed_however_many():
    done = run(moved_in(MOST_PROPOSED + 2, source=Mark.Source.REGISTER))
    assert (done.letters_proposed, done.crossings_listed) == (MOST_PROPOSED + 2, 0)


def test_who_gets_worse_than_the_list_says_is_proposed_by_a_later_night():
    room = moved_in(MOST_PROPOSED + 2)
    run(room)
    worse = room.enrolments[0]
    for session in room.sessions[4:]:
        key = MarkKey(worse.pk, session.date, session.half)
        write_all([MarkChange(key, "O", 1, reason="Was away")])
    done = run(room)
    assert done.letters_proposed == 1
    assert Letter.objects.get().kind == "severe_absence"


BEGAN = datetime(2025, 9, 15, 2, 0, tzinfo=LONDON)
IN_TIME = datetime(2025, 9, 16, 9, 0, tzinfo=LONDON)
IMPORT, HERE = Mark.Source.IMPORT, Mark.Source.REGISTER


def marks(codes: str, *, on: date = FRIDAY, source: int = IMPORT, at: datetime = BEGAN):
    return [PupilMark(on, 0, code, source=source, made_at=at) for code in codes]


@pytest.mark.parametrize(
    ("kind", "theirs", "began", "expected"),
    [
        (PERSISTENT_ABSENCE, marks("O" + "/" * 9), None, True),  # exactly a tenth
        (PERSISTENT_ABSENCE, marks("O" + "/" * 10), None, False),
        (PERSISTENT_ABSENCE, marks("O" + "/" * 10) + marks("O", source=HERE), None, False),
        (FIRST_CONCERN, marks("O" + "/" * 9), None, True),  # a graver one was due
        (PERSISTENT_ABSENCE, marks("O" + "/" * 9, source=HERE), None, False),
        # a file of yesterday's marks, after the first night, is the school's own week
        (PERSISTENT_ABSENCE, marks("O" + "/" * 9, at=IN_TIME), BEGAN, False),
        # one of eight days ago and more is history that came later
        (
            PERSISTENT_ABSENCE,
            marks("O" + "/" * 9, on=IN_TIME.date() - timedelta(days=8), at=IN_TIME),
            BEGAN,
            True,
        ),
        (
            PERSISTENT_ABSENCE,
            marks("O" + "/" * 9, on=IN_TIME.date() - timedelta(days=7), at=IN_TIME),
            BEGAN,
            False,
        ),
        (GOING_WELL, marks("/" * 30), None, True),
        (GOING_WELL, marks("/" * 30) + marks("/", source=HERE), None, False),
    ],
)
def test_what_was_due_on_history_alone(kind, theirs, began, expected):
    bands = bands_from_settings(factories.SchoolFactory.build().bands)
    assert History(began, bands).bears_out(kind, theirs) is expected


def listed_room(client, monkeypatch=None):
    room = moved_in(MOST_PROPOSED + 2)
    run(room)
    client.force_login(room.officer)
    return room, reverse("interventions:crossed_before", args=[room.school.urn])


@pytest.fixture
def on_saturday(time_machine):
    time_machine.move_to(datetime(2025, 9, 13, 9, 0, tzinfo=LONDON), tick=False)


def test_letters_are_proposed_for_those_ticked_and_the_others_stay(client, on_saturday):
    room, url = listed_room(client)
    rows = list(still_listed(room.school)[:3])
    page = client.get(url)
    assert "4 of 20 to 12 Sep" in page.text
    answer = client.post(url, {"row": [row.pk for row in rows[:2]], "do": "propose"}, follow=True)
    assert "2 letters are in the queue." in answer.text
    assert {letter.enrolment_id for letter in Letter.objects.all()} == {
        row.enrolment_id for row in rows[:2]
    }
    decided = CrossedBefore.objects.get(pk=rows[0].pk)
    assert (decided.decided_by, decided.letter.copies.count()) == (room.officer, 1)
    client.post(url, {"row": [rows[2].pk], "do": "take_off"})
    assert still_listed(room.school).count() == MOST_PROPOSED + 2 - 3
    assert run(room).letters_proposed == 0


def test_who_is_in_another_band_by_now_gets_no_letter_that_is_untrue(on_saturday, client):
    room, _ = listed_room(client)
    row = still_listed(room.school).first()
    for session in room.sessions[:3]:
        key = MarkKey(row.enrolment_id, session.date, session.half)
        write_all([MarkChange(key, "/" if not session.half else "\\", 1, reason="Was here")])
    made, no_longer = actions.propose_chosen(
        school=room.school, chosen=[row.pk], by=room.officer, dated=SATURDAY
    )
    assert (made, no_longer) == ([], 1)


@pytest.mark.parametrize("sent", [{}, {"row": ["x", "²", "99999"]}])
def test_nothing_ticked_is_said(client, sent, on_saturday):
    _, url = listed_room(client)
    assert "Tick at least one pupil." in client.post(url, sent, follow=True).text


def test_another_school_can_choose_nothing_here(client, on_saturday):
    room, _ = listed_room(client)
    other = make_class(1)
    with pytest.raises(Refused):
        actions.take_off_the_list(
            school=other.school, chosen=[still_listed(room.school).first().pk], by=other.officer
        )


@pytest.mark.parametrize("pupils", [MOST_PROPOSED + 1, MOST_PROPOSED + 9])
def test_the_list_takes_as_few_statements_for_many(client, pupils, django_assert_max_num_queries):
    room = moved_in(pupils)
    run(room)
    client.force_login(room.officer)
    url = reverse("interventions:crossed_before", args=[room.school.urn])
    with django_assert_max_num_queries(6):
        assert client.get(url).status_code == 200
