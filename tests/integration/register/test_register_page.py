"""The page of one class register, as a plain form: what it shows, saves, refuses and keeps."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Mark, MarkComment, PlannedAbsence, Register
from registers.register.actions.saving import save_marks
from tests import factories
from tests.factories.registers import end_register
from tests.html_page import HtmlPage, read_page, words_of
from tests.integration.office.test_today import DAY, at, opened, room_today

pytestmark = pytest.mark.django_db


def fields_of(page: HtmlPage) -> dict[str, list[str]]:
    """What a browser would send of the page's register, without pressing a button."""
    sent: dict[str, list[str]] = {}
    for field in page.root.xpath("//form[@id='register']//*[self::input or self::select]"):
        if field.tag == "select":
            sent[field.get("name")] = field.xpath("(.//option[@selected])[last()]/@value") or [""]
        elif field.get("type") != "radio" or "checked" in field.attrib:
            sent.setdefault(field.get("name"), []).append(field.get("value", ""))
    return sent


class Visit:
    """Somebody in front of a register's page."""

    def __init__(self, client, room, person=None, *, now=None, half="am", on=DAY, group=None):
        self.client, self.room, self.now = client, room, now or at(8, 50)
        self.url = reverse(
            "registers:register",
            kwargs={
                "urn": room.school.urn,
                "group_id": (group or room.group).pk,
                "date": on,
                "half": half,
            },
        )
        client.force_login(person or room.teacher)
        self.look()

    def look(self):
        with time_machine.travel(self.now, tick=False):
            self.see(self.client.get(self.url))
        return self

    def see(self, response):
        self.response, self.page = response, read_page(response)
        self.text, self.fields = self.page.text, fields_of(self.page)

    def row(self, pupil):
        """The row of a pupil, as an element."""
        rows = self.page.all_of("li", class_="pupil-row")
        return next(row for row in rows if row.xpath(".//*[@value=$pk]", pk=str(self.pk(pupil))))

    def pk(self, pupil):
        return self.room.enrolments[pupil].pk

    def send(self, now=None, again=None, **chosen):
        """`code_0="N"` chooses N for the first pupil; `rest` and `settle` are the buttons."""
        fields = dict(again or self.fields)
        for name, value in chosen.items():
            kind, _, pupil = name.partition("_")
            key = f"{kind}-{self.pk(int(pupil))}" if pupil.isdigit() else name
            fields[key] = [value]
        with time_machine.travel(now or self.now, tick=False):
            response = self.client.post(self.url, fields, follow=False)
        if response.status_code == 302:
            self.look()
        else:
            self.see(response)
        return response


def codes(room, half=0):
    """The codes by pupil, "" where there is none."""
    marks = dict(Mark.objects.filter(date=DAY, half=half).values_list("enrolment", "code_id"))
    return [marks.get(enrolment.pk, "") for enrolment in room.enrolments]


def plan(room, pupil, code="C", **more):
    return factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[pupil], code_id=code, from_on=DAY, until_on=DAY, **more
    )


def write(room, pupil, code, seen=0, by=None, now=None, **more):
    """Somebody else saves this mark meanwhile."""
    return save_marks(
        register_id=Register.objects.get().pk,
        changes=[MarkChange(MarkKey(room.enrolments[pupil].pk, DAY, 0), code, seen, **more)],
        save_key=uuid.uuid4(),
        by=by or room.officer,
        now=now or at(8, 52),
    )


# ---------- opening


def test_the_page_opens_the_register_and_everybody_is_unmarked(client):
    room = room_today()
    visit = Visit(client, room)
    register = Register.objects.get()
    assert (register.opened_by, register.opened_at) == (room.teacher, at(8, 50))
    assert len(visit.page.all_of("li", class_="is-unmarked")) == 3
    assert "0 of 3 marked" in visit.text
    assert not Mark.objects.exists()


def test_the_rows_have_the_order_and_the_numbers_of_the_register_on_paper(client):
    room = room_today(3)
    for enrolment, surname in zip(room.enrolments, ("Young", "Adams", "Moss"), strict=True):
        enrolment.pupil.surname = surname
        enrolment.pupil.save()
    visit = Visit(client, room)
    assert [words_of(no) for no in visit.page.all_of("span", class_="no")] == ["1", "2", "3"]
    assert visit.text.index("Adams") < visit.text.index("Moss") < visit.text.index("Young")


def test_before_its_time_and_on_a_day_to_come_the_list_can_be_looked_at(client):
    room = room_today()
    plan(room, 0)
    for visit in (
        Visit(client, room, now=at(8, 44)),
        Visit(client, room, room.officer, on=DAY + timedelta(days=1)),
    ):
        assert visit.response.status_code == 200
        assert "Opens" in visit.text
        assert not visit.fields
    assert not Register.objects.exists()


def test_what_is_planned_becomes_marks_when_the_register_opens(client):
    room = room_today(4)
    plan(room, 0, "C")
    plan(room, 1, "V", kind=PlannedAbsence.Kind.VISIT, activity="Gallery")
    plan(room, 2, withdrawn_at=at(7), withdrawn_by=room.officer)
    visit = Visit(client, room)
    assert codes(room) == ["C", "V", "", ""]
    assert set(Mark.objects.values_list("source", flat=True)) == {Mark.Source.PLAN}
    assert "Planned visit" in visit.text
    assert "funeral" not in visit.text
    assert not Amendment.objects.exists()


def test_a_plan_never_overwrites_a_mark_and_one_made_later_is_filled_in(client):
    room = room_today(2)
    Visit(client, room)
    write(room, 0, "L")
    plan(room, 0)
    plan(room, 1)
    Visit(client, room)
    assert codes(room) == ["L", "C"]


def test_a_planned_code_that_may_not_stand_leaves_the_pupil_unmarked(client):
    room = room_today(1)
    plan(room, 0, "X", kind=PlannedAbsence.Kind.PART_TIME)  # of compulsory school age
    assert Visit(client, room).response.status_code == 200
    assert codes(room) == [""]


# ---------- who


def test_a_teacher_of_another_group_is_told_why(client):
    room = room_today()
    colleague = factories.AppointmentFactory(school=room.school, role="teacher").user
    visit = Visit(client, room, colleague)
    assert visit.response.status_code == 403
    assert "own groups" in visit.text
    with time_machine.travel(at(8, 50), tick=False):
        sent = {"save_key": str(uuid.uuid4()), "row": [visit.pk(0)]}
        sent |= {f"was-{visit.pk(0)}": "0||", f"code-{visit.pk(0)}": "/"}
        opened(room)
        assert client.post(visit.url, sent).status_code == 403
    assert not Mark.objects.exists()
    factories.CoverFactory(group=room.group, date=DAY, user=colleague)
    visit = Visit(client, room, colleague)
    visit.send(code_0="/")
    assert codes(room)[0] == "/"


def test_a_group_or_a_session_that_is_not_there_is_not_found(client):
    room, other = room_today(), room_today()
    assert Visit(client, room, room.officer, group=other.group).response.status_code == 404
    sunday = DAY + timedelta(days=5)
    assert Visit(client, room, room.officer, on=sunday).response.status_code == 404


def offered_codes(visit) -> set[str]:
    """Those of the rows; how every other code looks, where somebody else sets it, stands behind."""
    rows = visit.page.all_of("li", class_="pupil-row")
    return {option.get("value") for row in rows for option in row.iter("option")} - {""}


def test_a_teacher_is_offered_and_granted_the_everyday_codes_alone(client):
    room = room_today(2)
    visit = Visit(client, room)
    offered = offered_codes(visit)
    assert offered == {"M", "I"}
    visit.send(other_0="O", code_1="/")
    assert codes(room) == ["", "/"]
    assert "O (" in visit.text
    assert "is set by the attendance office" in visit.text
    officer = Visit(client, room, room.officer)
    offered = offered_codes(officer)
    assert {"O", "E", "C2", "#", "U"} <= offered
    assert not offered & {"Z", "H", "Y", "\\"}
    officer.send(other_0="O")
    assert codes(room)[0] == "O"


# ---------- who stands in a row


def row_of(visit, pupil):
    """The words of a pupil's row."""
    return words_of(visit.row(pupil))


def about(room, pupil, **facts):
    for name, value in facts.items():
        setattr(room.enrolments[pupil].pupil, name, value)
    room.enrolments[pupil].pupil.save()


def test_a_row_says_what_the_pupil_is_called_and_is_registered_as(client):
    room = room_today()
    about(room, 0, forename="Katherine", surname="Adams", preferred_name="Kit")
    visit = Visit(client, room)
    row = visit.row(0)
    (name,) = row.xpath(".//*[@title='Katherine, called Kit']/b[@data-name='Kit Adams']")
    assert words_of(name) == "Kit Adams"
    assert "Kit Adams (Katherine, called Kit)" in words_of(row)
    (initials,) = row.xpath(".//*[@class='avatar'][@aria-hidden='true']")
    assert words_of(initials) == "KA"
    about(room, 0, preferred_name="")
    visit.look()
    assert "Katherine Adams" in visit.page.names_apart
    assert "called" not in row_of(visit, 0)


def test_the_order_is_that_of_the_registered_names(client):
    room = room_today(2)
    about(room, 0, forename="Zara", surname="Adams", preferred_name="Abi")
    about(room, 1, forename="Beth", surname="Adams")
    rows = Visit(client, room).response.context["sheet"].rows
    assert [row.name for row in rows] == ["Beth Adams", "Abi Adams"]


def test_a_medical_alert_comes_first_and_always_has_its_place(client):
    room = room_today()
    about(room, 0, medical_alert="EpiPen in the office <b>")
    plan(room, 0, code="M", kind=PlannedAbsence.Kind.LEAVE)
    factories.SignOutFactory(enrolment=room.enrolments[0], date=DAY, left_at=at(8, 48))
    visit = Visit(client, room)
    row = visit.response.context["sheet"].rows[0]
    assert [note.word for note in row.notes] == ["Medical:", "Out"]
    assert "Medical: EpiPen in the office <b>;" in row_of(visit, 0)
    about(room, 1, medical_alert="")
    assert "Medical:" not in row_of(visit, 1)


def test_an_alert_and_an_appointment_are_told_apart(client):
    room = room_today()
    about(room, 0, medical_alert="Inhaler")
    plan(room, 0, code="M", kind=PlannedAbsence.Kind.LEAVE)
    assert "Medical: Inhaler; Medical appointment" in row_of(Visit(client, room), 0)


# ---------- saving


def test_a_save_says_how_many_and_leaves_the_rest_unmarked(client):
    room = room_today(3)
    visit = Visit(client, room)
    response = visit.send(code_0="/", code_1="L", minutes_1="8", comment_1="  Bus  late ")
    assert response.status_code == 302
    assert "2 marks saved." in visit.text
    assert codes(room) == ["/", "L", ""]
    late = Mark.objects.get(code="L")
    assert (late.minutes_late, late.made_by, late.version) == (8, room.teacher, 1)
    assert MarkComment.objects.get().text == "Bus late"
    assert "8 min late" in visit.text
    assert "1 not marked" in visit.text


def test_everyone_else_present_marks_the_unmarked_and_only_them(client):
    room = room_today(4)
    plan(room, 0)
    visit = Visit(client, room)
    visit.send(code_1="N")
    visit.send(rest="present")
    assert codes(room) == ["C", "N", "/", "/"]
    assert set(Mark.objects.values_list("version", flat=True)) == {1}


def test_in_the_afternoon_everyone_else_has_the_afternoons_code(client):
    room = room_today(2)
    visit = Visit(client, room, now=at(13, 20), half="pm")
    visit.send(rest="present")
    assert codes(room, half=1) == ["\\", "\\"]


def test_a_pupil_whom_the_late_desk_marked_meanwhile_is_not_one_of_the_rest(client):
    room = room_today(3)
    visit = Visit(client, room)
    write(room, 1, "L", minutes_late=6)
    assert visit.send(rest="present").status_code == 302
    assert codes(room) == ["/", "L", "/"]
    assert "2 marks saved. Somebody else had marked 1 pupil meanwhile" in visit.text


def test_the_same_save_twice_changes_nothing(client):
    room = room_today(2)
    visit = Visit(client, room)
    sent = dict(visit.fields)
    visit.send(again=sent, code_0="N", code_1="/")
    visit.send(again=sent, code_0="N", code_1="/")
    assert set(Mark.objects.values_list("version", flat=True)) == {1}
    assert not Amendment.objects.exists()


def test_a_mark_is_changed_with_its_amendment_and_what_is_not_touched_stays(client):
    room = room_today(2)
    visit = Visit(client, room)
    visit.send(code_0="N", code_1="/")
    visit.send(other_0="I", code_0="N")
    assert codes(room) == ["I", "/"]
    amendment = Amendment.objects.get()
    assert (amendment.code_before, amendment.code_after) == ("N", "I")
    visit.send(code_0="/", other_0="I")  # back by the quick code, the list still says I
    assert codes(room) == ["/", "/"]


def test_nothing_chosen_saves_nothing(client):
    room = room_today()
    visit = Visit(client, room)
    visit.send()
    assert "Nothing had changed" in visit.text


def test_a_page_from_before_the_opening_can_still_be_sent(client):
    room = room_today(1)
    visit = Visit(client, room)
    Register.objects.all().delete()
    visit.send(code_0="/")
    assert codes(room) == ["/"]


# ---------- what stands in the way


def test_two_marks_for_one_pupil_are_shown_with_both_answers(client):
    room = room_today(3)
    visit = Visit(client, room)
    write(room, 0, "L", minutes_late=7)
    assert visit.send(code_0="N", code_1="/").status_code == 200
    assert codes(room) == ["L", "/", ""]
    assert f"{room.officer.name} marked L, 7 min, at 8:52" in visit.text
    assert "You chose N" in visit.text
    assert "1 mark saved, 1 pupil has two marks" in visit.text
    visit.send()  # no answer yet: it is asked again, and nothing is written over
    assert codes(room)[0] == "L"
    assert "You chose N" in visit.text
    visit.send(settle=f"{visit.pk(0)}:mine", code_2="/")
    assert codes(room) == ["N", "/", "/"]
    assert Amendment.objects.get().code_before == "L"


def test_keeping_theirs_changes_nothing(client):
    room = room_today(2)
    visit = Visit(client, room)
    write(room, 0, "L", minutes_late=7)
    visit.send(code_0="N", comment_0="Not in the room")
    visit.send(settle=f"{visit.pk(0)}:theirs", code_1="/")
    assert codes(room) == ["L", "/"]
    assert not Amendment.objects.exists()
    assert "You chose" not in visit.text


def test_what_the_rules_refuse_is_said_in_its_row_and_stays_chosen(client):
    room = room_today(2)
    visit = Visit(client, room, room.officer)
    visit.send(other_0="X", code_1="/", comment_0="Only <mornings>")
    assert codes(room) == ["", "/"]
    assert "X (" in visit.text
    assert "compulsory school age" in visit.text
    assert visit.fields[f"other-{visit.pk(0)}"] == ["X"]
    assert visit.fields[f"comment-{visit.pk(0)}"] == ["Only <mornings>"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"code_0": "L", "minutes_0": "soon"}, "whole number"),
        ({"code_0": "L", "minutes_0": "-5"}, "whole number"),
        ({"code_0": "L", "minutes_0": "99999"}, "whole number"),
        ({"code_0": "N", "other_0": "M"}, "Two codes are chosen, N and M"),
        ({"comment_0": "Where is he"}, "choose a code with it"),
        ({"code_0": "N", "comment_0": "x" * 501}, "500 characters"),
        ({"other_0": "Q9"}, "is not an attendance code"),
        ({"code_0": "\\"}, "afternoons only"),
    ],
)
def test_wrong_input_is_named_in_its_row_and_the_rest_is_saved(client, sent, said):
    room = room_today(2)
    visit = Visit(client, room)
    assert visit.send(code_1="/", **sent).status_code == 200
    assert codes(room) == ["", "/"]
    assert said in visit.text
    for name, value in sent.items():
        if name.startswith(("comment", "minutes")):
            kind, pupil = name.split("_")
            assert visit.fields[f"{kind}-{visit.pk(int(pupil))}"] == [value]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"save_key": "no"},
        {"save_key": str(uuid.uuid4()), "row": ["x"]},
        {"save_key": str(uuid.uuid4()), "row": ["1", "1"]},
        {"save_key": str(uuid.uuid4()), "row": ["1"], "was-1": "x|y"},
        {"save_key": str(uuid.uuid4()), "row": [str(n) for n in range(1001)]},
    ],
)
def test_what_no_page_sends_is_turned_away(client, sent):
    room = room_today(1)
    visit = Visit(client, room)
    with time_machine.travel(at(8, 50), tick=False):
        assert client.post(visit.url, sent).status_code == 400


def test_a_pupil_of_another_group_is_refused(client):
    room, other = room_today(1), room_today(1)
    visit = Visit(client, room)
    pk = other.enrolments[0].pk
    visit.fields |= {"row": [str(pk)], f"was-{pk}": ["0||"], f"code-{pk}": ["/"]}
    visit.send()
    assert not Mark.objects.exists()


# ---------- after the end


def test_after_the_end_nothing_is_lost_and_nothing_is_saved(client):
    room = room_today(2)
    visit = Visit(client, room)
    visit.send(now=at(9, 15), code_0="N", comment_0="Seen at the gate")
    visit.now = at(9, 15)
    assert not Mark.objects.exists()
    assert "Nothing was saved" in visit.text
    assert "has ended" in visit.text
    assert room.enrolments[0].pupil.surname in visit.text
    assert "Seen at the gate" in visit.text


@pytest.mark.parametrize(("pupils", "word"), [(2, "Begun"), (1, "Taken")])
def test_a_register_with_blanks_has_been_begun_and_not_taken(client, pupils, word):
    room = room_today(pupils)
    Visit(client, room).send(code_0="N")
    assert f"{word} by" in Visit(client, room).text


def test_an_ended_register_is_read_only_for_its_teacher(client):
    room = room_today(2)
    Visit(client, room).send(code_0="N")
    visit = Visit(client, room, now=at(9, 30))
    assert not visit.fields
    assert "Ended with blanks" in visit.text
    assert "Taken by" in visit.text


def test_a_register_that_somebody_ended_is_closed_at_once(client):
    room = room_today(1)
    visit = Visit(client, room)
    end_register(register=Register.objects.get(), at=at(8, 55))
    visit.now = at(8, 56)
    visit.send(code_0="/")
    assert "Nothing was saved" in visit.text


def test_the_office_fills_the_blanks_with_a_reason(client):
    room = room_today(3)
    Visit(client, room).send(code_0="N")
    visit = Visit(client, room, room.officer, now=at(10))
    visit.send(rest="present", reason="")
    assert codes(room) == ["N", "", ""]
    assert "Say why these marks are entered after the end" in visit.text
    visit.send(rest="present", reason="The fire bell rang", code_1="L")
    assert codes(room) == ["N", "L", "/"]
    reasons = Amendment.objects.values_list("code_before", "code_after", "reason")
    assert set(reasons) == {("", "L", "The fire bell rang"), ("", "/", "The fire bell rang")}
    assert not visit.fields  # no blanks are left: it is only to be read


def test_a_register_that_nobody_took_is_entered_from_paper(client):
    room = room_today(2)
    visit = Visit(client, room, room.officer, now=at(10))
    assert "Not taken" in visit.text
    visit.send(rest="present", reason="Taken on paper", on_paper=str(room.teacher.pk))
    register = Register.objects.get()
    assert (register.taken_by, register.entered_by) == (room.teacher, room.officer)
    assert codes(room) == ["/", "/"]
    assert "Taken on paper by" in visit.text


def test_the_office_types_in_what_was_taken_on_paper_while_the_register_is_open(client):
    room = room_today(2)
    assert "on_paper" not in Visit(client, room).fields
    visit = Visit(client, room, room.officer)
    visit.send(rest="present", on_paper=str(room.teacher.pk))
    register = Register.objects.get()
    assert (register.taken_by, register.entered_by) == (room.teacher, room.officer)
    assert "on_paper" not in visit.fields  # it has been taken now


def test_a_stranger_is_nobody_to_have_taken_it_on_paper(client):
    room = room_today(1)
    visit = Visit(client, room, room.officer, now=at(10))
    visit.send(rest="present", reason="Paper", on_paper=str(factories.UserFactory().pk))
    assert "Choose somebody of this school’s staff" in visit.text
    assert not Mark.objects.exists()


def test_a_session_that_was_lost_cannot_be_taken(client):
    room = room_today(1)
    for session in room.sessions:
        if session.date == DAY:
            session.is_open, session.closed_because = False, "Snow"
            session.save()
    visit = Visit(client, room, room.officer)
    assert "Closed: Snow" in visit.text
    assert not visit.fields


def test_an_empty_group_says_so(client):
    room = room_today(1)
    empty = factories.GroupFactory(school=room.school)
    visit = Visit(client, room, room.officer, group=empty)
    assert f"Nobody is in {empty}" in visit.text


# ---------- what it costs


@pytest.mark.parametrize("pupils", [1, 10, 60])
def test_opening_a_register_costs_ten_statements_whatever_its_size(
    client, django_assert_max_num_queries, pupils
):
    room = room_today(pupils)
    visit = Visit(client, room, now=at(8, 30))
    client.force_login(room.officer if pupils == 10 else room.teacher)
    with time_machine.travel(at(8, 50), tick=False):
        with django_assert_max_num_queries(10):
            assert client.get(visit.url).status_code == 200
        assert Register.objects.filter(opened_at__isnull=False).exists()
        with django_assert_max_num_queries(8):
            assert client.get(visit.url).status_code == 200


@pytest.mark.parametrize("pupils", [10, 60])
def test_filling_in_what_is_planned_costs_ten_more_once(
    client, django_assert_max_num_queries, pupils
):
    room = room_today(pupils)
    for pupil in range(pupils):
        plan(room, pupil)
    visit = Visit(client, room, now=at(8, 30))
    with time_machine.travel(at(8, 50), tick=False):
        with django_assert_max_num_queries(20):
            client.get(visit.url)
        assert Mark.objects.count() == pupils
        with django_assert_max_num_queries(8):
            client.get(visit.url)


@pytest.mark.parametrize("pupils", [1, 10, 60])
def test_saving_costs_fourteen_statements_whatever_its_size(
    client, django_assert_max_num_queries, pupils
):
    room = room_today(pupils)
    visit = Visit(client, room)
    every = {f"code-{visit.pk(n)}": ["N"] for n in range(pupils)}
    comments = {f"comment-{visit.pk(n)}": ["Away"] for n in range(pupils)}
    with time_machine.travel(at(8, 50), tick=False):
        with django_assert_max_num_queries(14):
            assert client.post(visit.url, visit.fields | every | comments).status_code == 302
        visit.look()
        every = {f"code-{visit.pk(n)}": ["/"] for n in range(pupils)}
        with django_assert_max_num_queries(14):
            assert client.post(visit.url, visit.fields | every).status_code == 302
    assert codes(room) == ["/"] * pupils
