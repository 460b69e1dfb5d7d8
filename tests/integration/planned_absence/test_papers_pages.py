"""The papers on the office's pages: one mark, a call, a range, the list, an import."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from registers.models import Mark, Paper, PlannedAbsence, User
from registers.rules.codes import CODES
from registers.web.fields import PaperField
from tests import factories
from tests.factories.office import TUESDAY, code_of, office_class, page, put, the_time
from tests.factories.school_files import AMIRA, DAYS
from tests.html_page import read_page
from tests.integration.exchange.pages.test_pages import (  # noqa: F401 (fixtures)
    address,
    as_zip,
    brought_in,
    checked,
    files,
    page_of,
    school,
)

pytestmark = pytest.mark.django_db
LONG = "x" * 501


@pytest.fixture
def room(client):
    room = office_class(2)
    client.force_login(room.officer)
    return room


def send(client, address, follow=True, **said):
    with the_time("14:00"):
        return client.post(address, said, follow=follow)


def papers_of(room, count=2, **more):
    return [
        factories.PaperFactory(enrolment=one, academic_year=room.year, **more)
        for one in room.enrolments[:count]
    ]


# ---------- one mark


def mark_url(room, number=0, half="am"):
    return page(room, "mark", enrolment_id=room.enrolments[number].pk, date=TUESDAY, half=half)


NATURE = CODES["B"].paper
AMEND = {"code": "B", "reason": "The trip", "seen": 1}


def test_a_mark_keeps_what_its_code_needs(client, room):
    key = put(room, 0, "N")
    shown = read_page(send(client, mark_url(room), **AMEND, paper=" Gala  day "))
    assert code_of(key) == "B"
    assert "needs a paper" not in shown.text
    assert shown.facts["Paper"] == "Held: Gala day"
    assert "Gala day" in shown.names_apart
    with the_time("14:00"):
        client.force_login(room.teacher)
        assert read_page(client.get(mark_url(room))).facts["Paper"] == "Held"


def test_a_mark_without_it_is_changed_and_the_paper_follows(client, room):
    put(room, 0, "N")
    shown = read_page(send(client, mark_url(room), **AMEND))
    assert f"B needs a paper: {NATURE}. It is on the list of papers." in shown.text
    assert shown.facts["Paper"] == f"On the office’s list: {NATURE}"
    text = send(client, mark_url(room), **AMEND | {"seen": 2, "paper": "Gala"}).text
    assert "kept the paper" in text
    assert Paper.objects.complete().get().note == "Gala"
    assert Mark.objects.get().version == 2


def test_the_help_names_what_each_code_of_the_day_needs(client, room):
    put(room, 0, "N")
    with the_time("14:00"):
        text = client.get(mark_url(room)).text
        for symbol in ("K", "B", "C2", "Y7"):
            assert f"{symbol}: the " in text
        assert "Z: " not in text
    before = PaperField()
    before.ask_for_codes_of(TUESDAY.replace(year=2023))
    assert "B: the nature" in before.help_text
    assert "C2" not in before.help_text


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"code": "B", "paper": LONG}, "Use at most 500 characters"),
        ({"code": "I", "paper": "Gala"}, "I needs no paper: leave this empty"),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed(client, room, said, sentence):
    key = put(room, 0, "N")
    text = send(client, mark_url(room), **AMEND | said).text
    assert sentence in text
    assert said["paper"] in text
    assert code_of(key) == "N"
    assert not Paper.objects.exists()


def test_a_cell_of_the_grid_lists_it_too(client, room):
    put(room, 0, "N")
    url = page(room, "mark_cell", enrolment_id=room.enrolments[0].pk, date=TUESDAY, half="am")
    assert "cell" in send(client, url, **AMEND).json()
    assert Paper.objects.missing().get().code_id == "B"


# ---------- a call


def call(client, room, **said):
    said = {
        "channel": "call",
        "person": "other",
        "outcome": "reason",
        "note": "Is in hospital",
        "code": "K",
        "sessions": f"{TUESDAY}.0.1",
    } | said
    url = page(room, "call", enrolment_id=room.enrolments[0].pk, date=TUESDAY)
    return send(client, url, **said).text


@pytest.mark.parametrize(
    ("said", "state", "sentence"),
    [
        ({}, {("K", "", False)}, "K needs a paper: the nature of the education"),
        ({"paper": "Hospital school"}, {("K", "Hospital school", True)}, "for 1 session."),
        ({"paper": LONG}, set(), "Use at most 500 characters"),
        ({"code": "I", "paper": "Hospital school"}, set(), "I needs no paper"),
        ({"code": "", "paper": "Hospital school"}, set(), "Choose the code that this is for"),
    ],
)
def test_a_call_asks_for_it(client, room, said, state, sentence):
    put(room, 0, "N")
    text = call(client, room, **said)
    assert sentence in text
    rows = Paper.objects.values_list("code_id", "note", "completed_at")
    assert {(code, note, at is not None) for code, note, at in rows} == state


# ---------- a range


def test_a_range_keeps_it_once_for_all_its_marks(client, room):
    first = TUESDAY - timedelta(days=4)
    said = {
        "code": "C2",
        "first_on": first,
        "first_half": "0",
        "last_on": TUESDAY,
        "last_half": "0",
        "which": "absent",
        "reason": "As agreed",
    }
    url = page(room, "code_range", pupil_id=room.enrolments[0].pupil_id)
    shown = send(client, url, **said)
    assert "or it goes on the list of papers to complete" in shown.text
    shown = send(client, url, **said, paper="Agreed with <Ms Chen>")
    assert "Kept with these marks: “Agreed with <Ms Chen>”" in read_page(shown).text
    assert "Agreed with <Ms Chen>" in read_page(shown).names_apart
    [form] = html.fromstring(shown.content).xpath("//form[contains(@class, 'range-write')]")
    done = send(client, url, **dict(form.form_values()) | {"write": "1"})
    assert "5 marks changed to C2" in done.text
    assert "needs a paper" not in done.text
    paper = Paper.objects.get()
    assert (paper.note, paper.sessions, paper.first_on) == ("Agreed with <Ms Chen>", 5, first)
    assert "I needs no paper" in send(client, url, **said | {"code": "I"}, paper="Gala").text


# ---------- the list


def list_url(room, query=""):
    return page(room, "papers") + query


def test_the_list_opens_with_its_counts_and_a_field_for_each(client, room):
    first, second = papers_of(room)
    factories.PaperFactory(enrolment=room.enrolments[0], academic_year=room.year, code_id="B")
    gone = factories.PaperFactory(
        enrolment=room.enrolments[0], academic_year=room.year, code_id="K", sessions=0
    )
    shown = read_page(client.get(list_url(room)))
    assert "3 papers of 2 pupils are still to be completed, 0 are complete" in shown.text
    assert all(shown.has_field(f"note-{paper.pk}") for paper in (first, second))
    assert not shown.has_field(f"note-{gone.pk}")


def test_one_press_keeps_what_is_written_and_what_is_ticked(client, room):
    first, second = papers_of(room, note="Seen by Tom")
    third = factories.PaperFactory(
        enrolment=room.enrolments[0], academic_year=room.year, code_id="B"
    )
    stranger = factories.PaperFactory()
    rows = [first, second, third, stranger]
    said = {"row": [paper.pk for paper in rows], "paper": [second.pk]}
    said |= {f"had-{paper.pk}": paper.note for paper in rows}
    said |= {f"note-{first.pk}": "Seen by Tom", f"note-{second.pk}": "Seen by Tom"}
    said |= {f"note-{third.pk}": "  Swimming <gala> ", f"note-{stranger.pk}": "Not yours"}
    text = send(client, list_url(room), **said).text
    assert "2 papers noted as held by the school" in text
    done = dict(Paper.objects.complete().values_list("pk", "note"))
    assert done == {second.pk: "Seen by Tom", third.pk: "Swimming <gala>"}
    text = client.get(list_url(room, "?state=complete")).text
    assert "Swimming &lt;gala&gt;" in text
    assert room.officer.name in text


def test_a_note_that_is_too_long_is_named_in_its_row_and_the_others_are_kept(client, room):
    first, second = papers_of(room)
    said = {"row": [first.pk, second.pk], f"note-{first.pk}": LONG, f"note-{second.pk}": "Held"}
    response = send(client, list_url(room, "?page=7"), **said)
    tree = html.fromstring(response.content)
    assert tree.xpath(f"//input[@id='note-{first.pk}']/@value") == [LONG]
    assert tree.xpath(f"//input[@id='note-{first.pk}']/@aria-invalid") == ["true"]
    assert "Keep what the code needs to 500 characters" in response.text
    assert "1 paper noted as held" in response.text
    assert Paper.objects.complete().get() == second
    first.refresh_from_db()
    assert first.note == ""


def test_what_somebody_else_completed_meanwhile_keeps_both_notes(client, room):
    [paper] = papers_of(room, 1)
    send(client, list_url(room), row=paper.pk, **{f"note-{paper.pk}": "Agreed on Monday"})
    said = {"row": paper.pk, f"had-{paper.pk}": "", f"note-{paper.pk}": "In the blue file"}
    assert "had left the list meanwhile" in send(client, list_url(room), **said).text
    assert Paper.objects.get().note == "Agreed on Monday; In the blue file"


@pytest.mark.parametrize(
    "said", [{}, {"row": "²"}, {"paper": "99999999999"}, {"row": "1", "note-1": ""}]
)
def test_nothing_said_changes_nothing_and_says_what_to_do(client, room, said):
    papers_of(room)
    text = send(client, list_url(room), **said).text
    assert "Tick the papers first, or write down what is held" in text
    assert not Paper.objects.complete()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("teacher", 403),
        ("attendance_officer", 200),
        ("office", 200),
        ("slt", 200),
        ("trust_leader", 403),
        ("administrator", 200),
        (None, 404),
    ],
)
def test_who_may_complete_papers(client, room, role, status):
    [paper] = papers_of(room, 1)
    user = factories.UserFactory()
    if role:
        factories.AppointmentFactory(user=user, school=room.school, role=role)
    else:
        factories.AppointmentFactory(user=user)  # at another school
    client.force_login(user)
    response = send(client, list_url(room), row=paper.pk, **{f"note-{paper.pk}": "Held"})
    assert response.status_code == status
    assert Paper.objects.complete().exists() is (status == 200)


@pytest.mark.parametrize("count", [2, 45])
def test_completing_costs_as_much_for_few_as_for_many(client, django_assert_max_num_queries, count):
    room = office_class(count)
    client.force_login(room.officer)
    papers = papers_of(room, count)
    said = {"row": [paper.pk for paper in papers]}
    said |= {f"note-{paper.pk}": f"Agreed {paper.pk}" for paper in papers}
    with django_assert_max_num_queries(11):
        send(client, list_url(room), follow=False, **said)
    assert Paper.objects.complete().count() == count


# ---------- an import


def test_an_import_warns_lists_and_leads_to_the_list(client, school, files):  # noqa: F811
    files.mark(AMIRA, DAYS[0], "AM", "B,,").mark(AMIRA, DAYS[4], "PM", "C2,,")
    check = checked(client, school, as_zip(files))
    shown = client.get(page_of(check)).text
    assert f"B needs {NATURE}: on the office" in shown
    assert "C2 needs the agreement" in shown
    assert not Paper.objects.exists()
    job = brought_in(client, school, check)
    link = f'href="{reverse("registers:papers", kwargs={"urn": school.urn})}"'
    for place in (page_of(job), address("imports", school)):
        text = client.get(place).text
        assert "2 papers are still to be completed" in " ".join(text.split())
        assert link in text
    assert set(Paper.objects.values_list("code_id", "sessions")) == {("B", 1), ("C2", 1)}


def test_the_same_files_again_leave_a_completed_paper_complete(client, school, files):  # noqa: F811
    files.mark(AMIRA, DAYS[0], "AM", "B,,")
    brought_in(client, school, checked(client, school, as_zip(files)))
    Paper.objects.update(note="Gala", completed_at=timezone.now(), completed_by=User.objects.get())
    files.mark(AMIRA, DAYS[1], "AM", "B,,")
    brought_in(client, school, checked(client, school, as_zip(files)))
    paper = Paper.objects.get()
    assert (paper.sessions, paper.note, paper.completed_at is None) == (2, "Gala", False)


def test_marks_of_an_import_are_completed_by_a_plan_that_carries_their_paper(
    client,
    school,  # noqa: F811
    files,  # noqa: F811
):
    brought_in(client, school, checked(client, school, as_zip(files)))
    mark = Mark.objects.get(enrolment__pupil__upn=AMIRA, date=DAYS[0], half=0)
    factories.PlannedAbsenceFactory(
        enrolment=mark.enrolment,
        code_id="B",
        activity="Gallery",
        kind=PlannedAbsence.Kind.VISIT,
        from_on=DAYS[0],
        until_on=DAYS[0],
    )
    files.mark(AMIRA, DAYS[0], "AM", "B,,")
    brought_in(client, school, checked(client, school, as_zip(files)))
    assert Paper.objects.complete().get().note == "Gallery"
