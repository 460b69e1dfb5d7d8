"""A class register to write on: every pupil once, what is planned, one page for thirty."""

from datetime import date

import pytest

from registers.models import Job, MarkComment, Register, Session
from registers.register.page import read_sheet, read_sheets
from registers.register.printed import actions as printed_actions
from registers.register.printed import views
from registers.register.printed.sheet import paper_html, paper_of
from registers.web.documents.merging import headings
from registers.web.jobs.actions import run_job
from tests import factories
from tests.documents.reading import MM, Paper, as_printed
from tests.factories.office import TUESDAY, at, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
LONG = ("Anastasia-Wilhelmina", "Featherstonehaugh-Cholmondeley-Marjoriban")  # sixty letters


def named(room, surname="Okoro"):
    """Each pupil with a name of their own, in the order of their numbers."""
    for number, enrolment in enumerate(room.enrolments):
        enrolment.pupil.forename, enrolment.pupil.surname = "Zsófia", f"{surname}{number:02}x"
        enrolment.pupil.save()
    return room


def rename(room, number, forename, surname):
    pupil = room.enrolments[number].pupil
    pupil.forename, pupil.surname = forename, surname
    pupil.save()


def get(client, room, *, person=None, on=TUESDAY, half="am", clock="08:00", group=None):
    client.force_login(person or room.officer)
    group_id = (group or room.group).pk
    with the_time(clock):
        return client.get(page(room, "register_paper", group_id=group_id, date=on, half=half))


def get_all(client, room, *, person=None, on=TUESDAY, half="am", clock="08:00"):
    client.force_login(person or room.officer)
    with the_time(clock):
        return client.get(page(room, "registers_paper", date=on, half=half))


def press(client, room, **sent):
    """The press of Today, or with `file` the one for a file."""
    client.force_login(room.officer)
    with the_time("08:00"):
        return client.post(page(room, "registers_pdf", date=TUESDAY, half="am"), sent)


def file_made(client, room):
    """What the worker makes of the one job that was asked for."""
    with the_time("08:01"):
        job = run_job(str(Job.objects.get().pk), printed_actions.make_registers)
        assert job.state == "done", job.said
        return client.get(page(room, "job_file", job_id=job.pk))


def second_group(room, name="10C", pupils=1, surname="Wright"):
    group = factories.GroupFactory(school=room.school, name=name)
    for number in range(pupils):
        enrolment = factories.EnrolmentFactory(
            pupil__school=room.school,
            pupil__surname=f"{surname}{number}",
            starts_on=room.enrolments[0].starts_on,
        )
        factories.MembershipFactory(group=group, enrolment=enrolment)
    return group


# ---------- the sheet


@pytest.mark.parametrize(("pupils", "pages"), [(1, 1), (30, 1), (35, 1), (60, 2)])
def test_everybody_is_on_it_once_with_their_number(client, pupils, pages):
    room = named(office_class(pupils))
    found = as_printed(get(client, room))
    assert found.pages == pages
    for number in range(pupils):
        assert found.text.count(f"Okoro{number:02}x") == 1
        assert f"{number + 1} Zsófia Okoro{number:02}x" in found.text


def test_the_second_page_says_again_what_it_is(client):
    room = named(office_class(60))
    found = as_printed(get(client, room))
    pages = [found._words(number).get_text_bounded() for number in range(2)]
    assert all("Tuesday 9 September" in text for text in pages)
    assert all("Min. late" in text for text in pages)
    assert "Signature" in pages[1]
    assert "Signature" not in pages[0]


def test_it_says_what_and_when_and_how_it_is_entered(client):
    room = named(office_class(3))
    text = as_printed(get(client, room, half="pm", clock="12:30")).text
    assert f"{room.group}, Tuesday 9 September, afternoon" in text
    assert f"{room.school.name}, URN {room.school.urn}" in text
    assert "Opens 1.15pm, ends 1.45pm" in text
    assert "Printed 9 September 2025, 12.30pm" in text
    for words in ("3 pupils", "Taken by", "Time", "Signature", "Entered by", "Taken on paper by"):
        assert words in text


def test_long_names_and_names_from_right_to_left_stay_on_the_page(client):
    room = named(office_class(30))
    for number in range(10):
        rename(room, number, LONG[0], f"{LONG[1]}{number}")
    rename(room, 10, "ليلى", "الحداد")
    rename(room, 11, "Li", "W" * 60)  # without a space or hyphen
    found = as_printed(get(client, room))
    assert found.pages == 1
    together = found.text.replace(" ", "").replace("\ufffe", "").replace("\x02", "")
    assert together.count("Cholmondeley") == 10
    assert any("\u0600" <= letter <= "\ufeff" for letter in found.text)
    width = found.drawn.get_page_size(0)[0] / MM
    assert all(right < width - 11 for _, _, _, right, _ in found.boxes())


@pytest.mark.parametrize("pupils", [30, 35])
def test_a_long_key_and_long_names_stay_on_the_page_too(client, pupils):
    room = named(office_class(pupils))
    room.school.everyday_codes = ["/", "\\", "L", "N", "M", "I", "V", "P", "W", "B", "C", "R", "T"]
    room.school.save()
    for number in range(5):
        rename(room, number, LONG[0], f"{LONG[1]}{number}")
    assert as_printed(get(client, room)).pages == 1


def test_what_is_planned_and_what_is_marked_stand_on_it(client):
    room = named(office_class(4))
    planned = factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[1], from_on=TUESDAY, until_on=TUESDAY, note="A hearing"
    )
    put(room, 2, "L", minutes=17)
    client.force_login(room.officer)
    with the_time("08:50"):
        sheet = read_sheet(room.school, room.group.pk, TUESDAY, 0)
        drawn = paper_of(sheet, at("08:50"))
    assert [one.planned for one in drawn.rows] == ["", planned.code_id, "", ""]
    assert [one.row.code for one in drawn.rows] == ["", "", "L", ""]
    html = paper_html(drawn)
    assert f'<span class="plan">{planned.code_id}</span>' in html
    text = as_printed(get(client, room, clock="08:50")).text
    assert f"Okoro01x {planned.code_id} planned" in text
    assert "Okoro02x L 17 marked" in text
    assert "hearing" not in text.lower()


def test_no_comment_lies_about(client):
    room = named(office_class(1))
    put(room, 0, "L", minutes=3)
    MarkComment.objects.create(
        enrolment=room.enrolments[0], date=TUESDAY, half=0, text="Cried at the gate"
    )
    assert "Cried" not in as_printed(get(client, room)).text


def test_the_last_ten_sessions_are_a_picture_with_words(client):
    room = named(office_class(2))
    for half in (0, 1):
        put(room, 0, "I", date(2025, 9, 8), half)
        put(room, 1, "/\\"[half], date(2025, 9, 8), half)
    found = as_printed(get(client, room))
    said = [str(tag.get("/Alt", "")) for tag in found.tagged("/Figure")]
    assert sum("Mon morning I, Illness" in words for words in said) == 1
    assert len(said) == 2


def test_the_first_day_of_a_year_has_no_sessions_before(client):
    room = named(office_class(2))
    assert as_printed(get(client, room, on=date(2025, 9, 1))).pages == 1


def test_the_key_has_the_codes_of_the_half(client):
    room = named(office_class(1))
    morning, afternoon = (as_printed(get(client, room, half=half)).text for half in ("am", "pm"))
    assert "/ Present in the morning" in morning
    assert "\\ Present in the afternoon" in afternoon
    assert "Present in the afternoon" not in morning
    assert "U Arrived after the register ended" in morning


def test_an_empty_group_says_so(client):
    room = office_class(1)
    empty = factories.GroupFactory(school=room.school, name="9Z")
    assert "Nobody is in 9Z" in as_printed(get(client, room, group=empty)).text


def test_it_is_tagged(client):
    room = named(office_class(3))
    found = as_printed(get(client, room))
    assert found.file.Root.MarkInfo.Marked
    assert str(found.file.Root.Lang) == "en-GB"
    assert len(found.tagged("/H1")) == 1
    assert all(tag.A.Scope in ("/Column", "/Row") for tag in found.tagged("/TH"))
    assert len([tag for tag in found.tagged("/TH") if tag.A.Scope == "/Row"]) == 3
    assert "pdfuaid" in found.file.Root.Metadata.read_bytes().decode()


def test_names_from_outside_are_text(client):
    room = office_class(1)
    rename(room, 0, "<b>Bobby</b>", "& Co")
    sheet = read_sheet(room.school, room.group.pk, TUESDAY, 0)
    html = paper_html(paper_of(sheet, at("08:00")))
    assert "&lt;b&gt;Bobby&lt;/b&gt; &amp; Co" in html


# ---------- when and for whom


def test_it_is_there_before_the_register_opens_and_opens_nothing(client):
    room = named(office_class(2))
    before = Register.objects.count()
    assert as_printed(get(client, room, person=room.teacher, on=date(2025, 9, 12))).pages == 1
    assert Register.objects.count() == before


def test_a_session_that_is_not_held_is_not_printed(client):
    room = office_class(2)
    Session.objects.filter(date=TUESDAY, half=0).update(is_open=False, closed_because="Snow")
    for response in (get(client, room), get_all(client, room)):
        assert response.status_code == 302
        assert response.url.endswith("?date=2025-09-09")
    with the_time("08:00"):
        assert "not held (Snow)" in client.get(response.url).text
        shown = client.get(page(room, "register", group_id=room.group.pk, date=TUESDAY, half="am"))
    assert "Print on paper" not in shown.text


@pytest.mark.parametrize("on", [date(2025, 9, 7), date(2024, 9, 9)])
def test_a_day_without_a_session_has_no_register(client, on):
    room = office_class(1)
    assert get(client, room, on=on).status_code == 404
    assert get_all(client, room, on=on).status_code == 404


def test_a_teacher_prints_own_groups_and_cover_alone(client):
    room = office_class(2)
    group = second_group(room)
    assert get(client, room, person=room.teacher).status_code == 200
    assert get(client, room, person=room.teacher, group=group).status_code == 403
    assert "Wright" not in as_printed(get_all(client, room, person=room.teacher)).text
    factories.CoverFactory(group=group, date=TUESDAY, user=room.teacher)
    assert get(client, room, person=room.teacher, group=group).status_code == 200
    assert "Wright" in as_printed(get_all(client, room, person=room.teacher)).text


def test_another_schools_register_is_not_there(client):
    room, other = office_class(1), office_class(1)
    assert get(client, room, group=other.group).status_code == 404
    assert get(client, other, person=room.officer).status_code == 404
    assert get_all(client, other, person=room.officer).status_code == 404


@pytest.mark.parametrize(
    ("on", "clock"), [("2025-09-09", "08:50"), ("2025-09-09", "11:00"), ("2025-09-10", "08:50")]
)
def test_the_pages_have_the_presses(client, on, clock):
    room = office_class(2)
    here = {"date": on, "half": "am"}
    one = page(room, "register_paper", group_id=room.group.pk, **here)
    for person in (room.teacher, room.officer):
        client.force_login(person)
        with the_time(clock):
            shown = client.get(page(room, "register", group_id=room.group.pk, **here))
            today = client.get(page(room, "today") + f"?date={on}").text
        assert f'href="{one}"' in shown.text
        assert f'action="{page(room, "registers_pdf", **here)}"' in today


# ---------- all of a session


def test_all_groups_in_one_file_in_natural_order_with_bookmarks(client):
    room = named(office_class(31))
    room.group.name = "9A"
    room.group.save()
    for name in ("10B", "7C"):
        second_group(room, name, 2, surname=f"Of{name}n")
    factories.GroupFactory(school=room.school, name="8Z")  # nobody is in it
    press(client, room, file="1")
    response = file_made(client, room)
    found = Paper(response.content)
    assert found.pages == 3
    assert len(found.tagged("/H1")) == 3
    marks = [(heading.words, heading.page) for heading in headings(response.content)]
    assert marks == [("7C", 0), ("9A", 1), ("10B", 2)]
    title = str(found.file.docinfo["/Title"])
    assert title == "Registers on paper: Tuesday 9 September 2025, morning"
    for name in ("7C", "10B"):
        assert [found.text.count(f"Of{name}n{number}") for number in (0, 1)] == [1, 1]


def test_read_together_they_are_as_read_one_by_one(client):
    room = named(office_class(3))
    second = second_group(room, pupils=2)
    third = factories.GroupFactory(school=room.school, name="Museum", kind="trip")
    factories.MembershipFactory(group=third, enrolment=room.enrolments[0])
    factories.PlannedAbsenceFactory(enrolment=room.enrolments[1], from_on=TUESDAY, until_on=TUESDAY)
    put(room, 0, "L", minutes=4)
    put(room, 0, "N", date(2025, 9, 8), 1)
    put(room, 2, "I", date(2025, 9, 3))
    together = read_sheets(room.school, TUESDAY, 0)
    groups = (second, room.group, third)
    singly = [read_sheet(room.school, group.pk, TUESDAY, 0) for group in groups]
    found = {sheet.group.pk: sheet for sheet in together}
    assert found.keys() == {sheet.group.pk for sheet in singly}
    for sheet in singly:
        assert found[sheet.group.pk].rows == sheet.rows
        assert found[sheet.group.pk].counted == sheet.counted
        assert found[sheet.group.pk].key == sheet.key


@pytest.mark.parametrize("groups", [2, 6])
def test_more_groups_cost_no_more(client, django_assert_num_queries, groups):
    room = office_class(2)
    for number in range(groups - 1):
        second_group(room, f"8{number}", 2)
    client.force_login(room.officer)
    with django_assert_num_queries(5):
        assert len(read_sheets(room.school, TUESDAY, 0)) == groups
    with django_assert_num_queries(8), the_time("08:00"):  # session, account, appointments
        shown = client.get(page(room, "registers_paper", date=TUESDAY, half="am"))
    assert len(read_page(shown).main.find_class("paper")) == groups


@pytest.mark.parametrize("pupils", [1, 40])
def test_more_pupils_cost_no_more_statements(client, django_assert_num_queries, pupils):
    room = office_class(pupils)
    with django_assert_num_queries(4):
        read_sheet(room.school, room.group.pk, TUESDAY, 0)


def test_all_groups_are_a_page_with_a_sheet_for_each(client):
    room = named(office_class(31))
    second_group(room, "7C", 2)
    found = as_printed(get_all(client, room))
    assert found.pages == 2
    assert "Wright1" in found.text
    assert "Okoro30x" in found.text


def test_many_groups_are_made_by_a_worker_when_the_button_is_pressed(client, monkeypatch):
    monkeypatch.setattr(views, "SHOWN_AT_ONCE", 1)
    room = named(office_class(2))
    second_group(room)
    assert get_all(client, room).status_code == 302  # a look starts nothing
    assert not Job.objects.exists()
    assert get_all(client, room, person=room.teacher).status_code == 200
    response = press(client, room)
    job = Job.objects.get()
    assert response.url == page(room, "job", job_id=job.pk)
    assert Paper(file_made(client, room).content).pages == 2
    job.refresh_from_db()
    assert (job.done, job.total) == (2, 2)
    client.force_login(room.teacher)
    assert client.get(page(room, "job_file", job_id=job.pk)).status_code == 403


def test_few_groups_are_a_page_and_a_file_for_who_asks(client):
    room = named(office_class(2))
    second_group(room)
    here = {"date": TUESDAY, "half": "am"}
    response = press(client, room)
    assert response.url == page(room, "registers_paper", **here)
    assert not Job.objects.exists()
    assert f'action="{page(room, "registers_pdf", **here)}"' in get_all(client, room).text
    assert press(client, room, file="1").url == page(room, "job", job_id=Job.objects.get().pk)


def test_a_teacher_has_the_page_alone(client):
    room = named(office_class(2))
    second_group(room)
    factories.CoverFactory(
        group=factories.GroupFactory(school=room.school), date=TUESDAY, user=room.teacher
    )
    assert "As a PDF" not in get_all(client, room, person=room.teacher).text
    with the_time("08:00"):
        client.post(page(room, "registers_pdf", date=TUESDAY, half="am"), {"file": "1"})
    assert not Job.objects.exists()


def test_a_session_that_was_closed_meanwhile_makes_no_file(client):
    room = office_class(1)
    press(client, room, file="1")
    Session.objects.update(is_open=False, closed_because="Snow")
    job = run_job(str(Job.objects.get().pk), printed_actions.make_registers)
    assert job.state == "failed"
    assert "no registers" in job.said


def test_without_anybody_in_a_group_there_is_nothing_to_print(client):
    room = office_class(0)
    assert get_all(client, room).status_code == 302
