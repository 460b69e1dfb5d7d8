"""What is allowed and odd comes with the answer, at every door, and stops nothing."""

import uuid
from datetime import date

import pytest

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Mark, Paper
from registers.register.actions.saving import save_marks
from registers.register.held_marks.actions import accept_held
from tests import factories
from tests.factories.classes import make_class
from tests.factories.held import hold
from tests.factories.office import TUESDAY, at, code_of, office_class, page, put, the_time
from tests.integration.office.test_today import at as today_at
from tests.integration.office.test_today import room_today
from tests.integration.register.test_register_page import Visit, codes

pytestmark = pytest.mark.django_db
STUDY = "S is study leave for a public examination"


def change(room, pupil=0, code="/", seen=0, session=0, **more):
    half_day = room.sessions[session]
    key = MarkKey(room.enrolments[pupil].pk, half_day.date, half_day.half)
    return MarkChange(key, code, seen, **more)


def save(room, *changes, save_key=None):
    return save_marks(
        register_id=room.register.pk,
        changes=changes,
        save_key=save_key or uuid.uuid4(),
        by=room.officer,
    )


def said(answer):
    return [sentence for mark in answer.saved for sentence in mark.get("advice", ())]


def all_young(room):
    for one in room.enrolments:
        one.pupil.born_on = date(2013, 1, 5)
        one.pupil.save()


# ---------- the register


def test_a_save_says_what_is_odd_and_saves_it_and_says_it_again_to_a_repeat():
    room, key = make_class(2), uuid.uuid4()
    all_young(room)
    answer = save(room, change(room, 0, "S"), change(room, 1), save_key=key)
    assert [sentence.startswith(STUDY) for sentence in said(answer)] == [True]
    assert "advice" not in answer.saved[1]
    assert sorted(Mark.objects.values_list("code_id", flat=True)) == ["/", "S"]
    again = save(room, change(room, 0, "S"), change(room, 1), save_key=key)
    assert again.repeated
    assert said(again) == said(answer)


def test_a_closure_of_one_is_said_and_one_of_all_is_not():
    room = make_class(3)
    assert not said(save(room, *(change(room, n, "Y4") for n in range(3))))
    save(room, *(change(room, n, "/", seen=1) for n in range(3)))
    (words,) = said(save(room, change(room, 0, "Y4", seen=2)))
    assert "2 pupils of it were present" in words


def test_another_school_is_known_by_its_plan():
    room = make_class(2)
    day = room.sessions[0].date
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0],
        kind="dual",
        code_id="D",
        from_on=day,
        until_on=day,
        place="Hill School",
    )
    answer = save(room, change(room, 0, "D"), change(room, 1, "D"))
    assert ["advice" in mark for mark in answer.saved] == [False, True]


def test_the_sixth_day_of_a_suspension_is_said():
    room = office_class(1)
    for day in range(1, 6):
        put(room, 0, "E", on=date(2025, 9, day))
    put(room, 0, "E", on=date(2025, 9, 8))
    with the_time("14:00"):
        decided = accept_held(
            school=room.school,
            held=[hold(room, 0, "E").pk],
            seen={},
            by=room.officer,
            now=at("14:00"),
        )
    (words,) = decided.advice[room.enrolments[0].pk]
    assert words.startswith("This is school day 7 in a row with E")


def test_one_press_says_what_is_odd_in_each_mark_of_a_pupil():
    room = office_class(1)
    all_young(room)
    held = [hold(room, 0, "S"), hold(room, 0, "D", on=date(2025, 9, 8))]
    with the_time("14:00"):
        decided = accept_held(
            school=room.school,
            held=[one.pk for one in held],
            seen={},
            by=room.officer,
            now=at("14:00"),
        )
    assert decided.done == [held[1].pk, held[0].pk]
    words = decided.advice[room.enrolments[0].pk]
    assert any(sentence.startswith(STUDY) for sentence in words)
    assert len(words) == 2


@pytest.mark.parametrize(
    ("code", "more"), [("/", 0), ("I", 0), ("N", 0), ("L", 0), ("Y4", 1), ("D", 1)]
)
def test_only_a_code_that_can_be_odd_costs_a_statement(
    django_assert_num_queries, django_assert_max_num_queries, code, more
):
    rooms = [make_class(3), make_class(3)]
    with django_assert_max_num_queries(40) as plain:
        save(rooms[0], *(change(rooms[0], n, "I") for n in range(3)))
    with django_assert_num_queries(len(plain) + more):
        save(rooms[1], *(change(rooms[1], n, code) for n in range(3)))


def test_the_page_without_scripts_says_it_once_with_the_names(client):
    room = room_today(3)
    all_young(room)
    visit = Visit(client, room, room.officer)
    visit.send(other_0="S", other_1="S", code_2="/")
    assert codes(room) == ["S", "S", "/"]
    assert visit.text.count(STUDY) == 1
    names = [f"{one.pupil.forename} {one.pupil.surname}" for one in room.enrolments[:2]]
    assert all(name in visit.text for name in names)
    visit = Visit(client, room, room.officer, now=today_at(8, 51))
    assert STUDY not in visit.text


# ---------- amendments


@pytest.fixture
def office(client):
    room = office_class(2)
    all_young(room)
    client.force_login(room.officer)
    return room


def amend(client, room, follow=True, cell=False, **given):
    words = {"enrolment_id": room.enrolments[0].pk, "date": TUESDAY, "half": "am"}
    with the_time("14:00"):
        name = "mark_cell" if cell else "mark"
        return client.post(page(room, name, **words), given, follow=follow)


@pytest.mark.parametrize(
    ("before", "given", "words"),
    [
        ("N", {"code": "S"}, STUDY),
        ("G", {"code": "C"}, "Leave is granted beforehand and never afterwards"),
        ("N", {"code": "L"}, "L is for who came before the register ended"),
        ("N", {"code": "L", "minutes_late": 45}, "and the pupil came after 45"),
        ("N", {"code": "B", "paper": "Maths at home"}, "this is an absence: use C2"),
        ("N", {"code": "I"}, None),
    ],
)
def test_an_amendment_stands_and_says_what_is_odd(client, office, before, given, words):
    key = put(office, 0, before)
    text = amend(client, office, reason="The parents rang", seen=1, **given).text
    assert code_of(key) == given["code"]
    assert (words in text) if words else "alert-warning" not in text


def test_the_grid_says_it_with_the_cell(client, office):
    put(office, 0, "G")
    answer = amend(client, office, cell=True, code="C", reason="Letter found", seen=1).json()
    assert "Leave is granted beforehand" in answer["said"]


def test_a_range_says_a_sentence_once_for_all_its_sessions(client, office):
    sent = {
        "code": "S",
        "first_on": date(2025, 9, 8),
        "first_half": "0",
        "last_on": TUESDAY,
        "last_half": "0",
        "which": "absent",
        "reason": "Examinations",
    }
    with the_time("14:00"):
        url = page(office, "code_range", pupil_id=office.enrolments[0].pupil_id)
        seen = client.post(url, sent).context["as_seen"]
        text = client.post(url, sent | {"write": "1", "as_seen": seen}, follow=True).text
    assert Mark.objects.filter(code="S").count() == 3
    assert text.count(STUDY) == 1


def test_a_held_mark_that_is_let_in_says_it_on_the_page(client, office):
    held = hold(office, 0, "S")
    with the_time("10:00"):
        sent = {"held": [f"{held.pk}.0"], "accept": "1"}
        text = client.post(page(office, "held"), sent, follow=True).text
    assert STUDY in text
    assert "1 mark accepted" in text


# ---------- what age forbids, at the same doors


def test_a_part_time_timetable_beyond_compulsory_age_is_refused_everywhere(client, office):
    for one in office.enrolments:
        one.pupil.born_on = date(2008, 9, 1)
        one.pupil.save()
    key = put(office, 0, "N")
    text = amend(client, office, code="C2", reason="Agreed", seen=1).text
    assert "is of compulsory school age only from" in text
    assert code_of(key) == "N"
    room = make_class(1)
    room.enrolments[0].pupil.born_on = date(2008, 9, 1)
    room.enrolments[0].pupil.save()
    (refused,) = save(room, change(room, 0, "C2")).refused
    assert "Use X (" in refused["why"]
    assert not Paper.objects.filter(code="C2").exists()


@pytest.mark.parametrize(
    ("code", "text", "is_said"),
    [("K", "Maths at home", True), ("K", "At home with a tutor", False), ("C2", "at home", False)],
)
def test_a_paper_that_tells_of_work_at_home_is_held_and_said(client, office, code, text, is_said):
    paper = factories.PaperFactory(
        enrolment=office.enrolments[0], academic_year=office.year, code_id=code
    )
    sent = {"row": [paper.pk], f"note-{paper.pk}": text, f"had-{paper.pk}": ""}
    with the_time("14:00"):
        shown = client.post(page(office, "papers"), sent, follow=True).text
    assert "1 paper noted as held" in shown
    assert ("this is an absence: use C2" in shown) is is_said


def test_each_paper_of_a_pupil_that_tells_of_work_at_home_is_said(client, office):
    sent = {"row": []}
    for code in ("K", "B"):
        paper = factories.PaperFactory(
            enrolment=office.enrolments[0], academic_year=office.year, code_id=code
        )
        sent["row"].append(paper.pk)
        sent |= {f"note-{paper.pk}": "At home", f"had-{paper.pk}": ""}
    with the_time("14:00"):
        shown = client.post(page(office, "papers"), sent, follow=True).text
    assert "K is for education that somebody supervises" in shown
    assert "B is for education that somebody supervises" in shown


def test_a_call_that_settles_marks_says_it(client, office):
    put(office, 0, "N")
    sent = {
        "channel": "call",
        "outcome": "reason",
        "person": "",
        "note": "At home to revise",
        "code": "S",
        "sessions": [f"{TUESDAY}.0.1"],
    }
    with the_time("10:00"):
        url = page(office, "call", enrolment_id=office.enrolments[0].pk, date=TUESDAY)
        text = client.post(url, sent, follow=True).text
    assert Mark.objects.get().code_id == "S"
    assert STUDY in text
