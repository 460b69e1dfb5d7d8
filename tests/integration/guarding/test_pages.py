"""The pages with what schools really have: nobody, one pupil, long names, no marks, many pupils."""

from datetime import date

import pytest
from django.urls import reverse

from interventions.letters.actions import drawing
from interventions.models import LetterCopy
from registers.web.documents.storage import read_pdf
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page
from tests.integration.letters.test_letters_flow import absent_pupil, propose

MARKUP = "<script>alert(1)</script>"
pytestmark = pytest.mark.django_db
LAST_DAY = "2025-09-12"
SIXTY_LETTERS = "Maximiliana-Oluwaseun-Konstantinopolita-Fernandez-Villarreal"


def pupils_page(client, room, **asked):
    client.force_login(room.officer)
    url = reverse("absence:pupils", kwargs={"urn": room.school.urn})
    return client.get(url, {"as_at": LAST_DAY, **asked})


def names(response) -> list[str]:
    return [row.surname for row in response.context["page"]]


@pytest.mark.parametrize("pupils", [2, 60])
def test_the_list_takes_ten_statements_whatever_the_number_of_pupils(
    client, pupils, django_assert_max_num_queries
):
    room = make_class(pupils)
    for number in range(pupils):
        marks_of(room, "V" * 8 + "OO", pupil=number)
    client.force_login(room.officer)
    url = reverse("absence:pupils", kwargs={"urn": room.school.urn})
    with django_assert_max_num_queries(10):
        response = client.get(url, {"as_at": LAST_DAY})
    assert response.context["summary"].pupils == pupils


@pytest.mark.parametrize("number", [1, 12])
def test_the_queue_of_letters_takes_as_many_statements_for_one_as_for_many(
    client, number, django_assert_num_queries
):
    room = make_class(number)
    for pupil in range(number):
        absent_pupil(room, pupil=pupil)
    propose(room)
    client.force_login(room.officer)
    url = reverse("interventions:letters", kwargs={"urn": room.school.urn})
    with django_assert_num_queries(11):  # the first letter is open beside its recipients' standing
        response = client.get(url)
    assert len(response.context["page"].object_list) == number


def test_a_school_without_a_calendar_says_so(client):
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    response = client.get(reverse("absence:pupils", kwargs={"urn": officer.school.urn}))
    assert response.status_code == 200
    assert "has no calendar yet" in response.text


def test_a_school_without_pupils_says_how_they_come(client):
    response = pupils_page(client, make_class(0))
    assert "Nobody was on roll" in response.text
    assert "first import" in response.text


def test_one_pupil_is_spoken_of_as_one(client):
    room = make_class(1)
    marks_of(room, "OI" * 2 + "V" * 16)
    assert "1 of 1 pupil is persistently absent" in read_page(pupils_page(client, room)).text


def test_a_pupil_without_a_mark_has_no_possible_sessions_and_no_percentage(client):
    response = pupils_page(client, make_class(1))
    assert "No possible sessions" in response.text
    assert "20 sessions not marked" in response.text
    assert "0.0%" not in response.text


def test_names_in_any_script_and_of_any_length_are_kept_apart_from_what_follows(client):
    room = make_class(2)
    for enrolment, surname in zip(room.enrolments, (SIXTY_LETTERS, "الحداد"), strict=True):
        enrolment.pupil.surname = surname
        enrolment.pupil.save()
    names = read_page(pupils_page(client, room)).names_apart
    assert {f"Siyuan {SIXTY_LETTERS}", "Siyuan الحداد"} <= set(names)


def test_a_name_with_markup_is_text(client):
    room = make_class(1)
    room.enrolments[0].pupil.surname = MARKUP
    room.enrolments[0].pupil.save()
    assert MARKUP in read_page(pupils_page(client, room)).text


def test_who_has_left_is_not_on_the_list_of_a_later_day(client):
    room = make_class(2)
    gone = room.enrolments[0]
    gone.leaves_on = date(2025, 9, 5)
    gone.save()
    assert names(pupils_page(client, room)) == [room.enrolments[1].pupil.surname]
    assert len(names(pupils_page(client, room, as_at="2025-09-05"))) == 2


def test_filter_order_and_page_are_in_the_address(client):
    room = make_class(3)
    marks_of(room, "OO" + "V" * 18)
    marks_of(room, "GGGG" + "V" * 16, pupil=1)
    marks_of(room, "V" * 20, pupil=2)
    first, second, third = (enrolment.pupil.surname for enrolment in room.enrolments)
    assert names(pupils_page(client, room)) == [second, first, third]
    assert names(pupils_page(client, room, band="persistently-absent", sort="missed")) == [
        first,
        second,
    ]
    assert names(pupils_page(client, room, band="100-95")) == [third]
    assert names(pupils_page(client, room, q=third, sort="name")) == [third]


def test_a_page_holds_fifty(client):
    room = make_class(51)
    assert len(names(pupils_page(client, room))) == 50
    assert len(names(pupils_page(client, room, page="2"))) == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"band": "no such band"}, "The list has no “no such band”: choose another"),
        ({"as_at": "2999-01-01"}, "No mark lies in the future"),
        ({"as_at": "yesterday"}, "Write the day as a date"),
        ({"page": "999"}, ""),
        ({"sort": "--nonsense"}, ""),
    ],
)
def test_an_address_that_was_tampered_with_says_what_is_wrong_and_shows_the_list(
    client, asked, said
):
    room = make_class(1)
    response = pupils_page(client, room, **asked)
    assert response.status_code == 200
    assert said in response.text
    assert names(response) == [room.enrolments[0].pupil.surname]


def drawn_copy(client) -> LetterCopy:
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()
    drawing.render_copy(copy.pk, draw=lambda *_: b"%PDF-1.7 as drawn")
    copy.refresh_from_db()
    client.force_login(room.officer)
    return copy


def pdf_of(client, copy: LetterCopy, **asked):
    urn = copy.letter.enrolment.school.urn
    kwargs = {"urn": urn, "letter_id": copy.letter_id, "copy_id": copy.pk}
    return client.get(reverse("interventions:copy_pdf", kwargs=kwargs), asked)


def test_a_pdf_is_exactly_what_was_drawn_and_nobody_keeps_it_on_the_way(client):
    copy = drawn_copy(client)
    response = pdf_of(client, copy)
    assert response.content == read_pdf(copy.pdf.name)
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    assert response["Content-Disposition"].startswith("inline")
    assert pdf_of(client, copy, keep="")["Content-Disposition"].startswith("attachment")
    assert copy.letter.enrolment.pupil.surname not in response["Content-Disposition"]


def test_a_pdf_that_is_another_than_the_one_drawn_is_not_shown(client):
    copy = drawn_copy(client)
    copy.pdf.storage.delete(copy.pdf.name)
    assert pdf_of(client, copy).status_code == 404
    with open(copy.pdf.storage.path(copy.pdf.name), "wb") as file:
        file.write(b"%PDF-1.7 another")
    assert pdf_of(client, copy).status_code == 404


def test_no_page_has_a_style_or_a_script_inside(client):
    """The browser would refuse them: see CONTENT_SECURITY_POLICY."""
    copy = drawn_copy(client)
    urn = copy.letter.enrolment.school.urn
    of_the_school = ("absence:pupils", "interventions:letters", "interventions:nights")
    pages = [reverse(name, kwargs={"urn": urn}) for name in of_the_school]
    pages += [reverse(name) for name in ("home", "components", "registers:codes")]
    for page in pages:
        root = read_page(client.get(page)).root
        assert not root.xpath("//*[@style]|//style|//script[not(@src)]"), page
