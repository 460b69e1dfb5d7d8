"""The kinds of letters that the night proposes, and those that people write."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from interventions.letters.actions import drawing, letters
from interventions.models import Letter, LetterCopy
from interventions.night.actions import night
from registers.marks.changes import MarkChange, MarkKey
from registers.policies import Refused
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of, write_all
from tests.html_page import read_page
from tests.integration.letters.test_letters_flow import FRIDAY, propose

pytestmark = pytest.mark.django_db
DATED = date(2025, 9, 13)
MEETING = {
    "on": "2025-09-26",
    "at": "09:20",
    "minutes": 20,
    "place": "Room 4",
    "members": ["Mrs R. Adeyemi-Clarke, Headteacher"],
}


def test_each_pupil_gets_the_gravest_letter_that_fits_and_no_other():
    room = make_class(5, days=50)
    as_at = room.sessions[-1].date
    for pupil, missed in enumerate((50, 10, 9, 6, 5)):
        marks_of(room, "V" * (100 - missed) + "O" * missed, pupil=pupil)
        factories.RelationshipFactory(pupil=room.enrolments[pupil].pupil)
    found = {x.enrolment_id: x.kind for x in propose(room, as_at)}
    assert [found.get(enrolment.pk) for enrolment in room.enrolments] == [
        "severe_absence",
        "persistent_absence",
        "at_risk",
        "first_concern",
        None,
    ]
    assert propose(room, as_at) == []  # a second night changes nothing


def test_a_softer_letter_never_follows_a_harsher_one():
    room = make_class(1)
    marks_of(room, "OI" * 2 + "V" * 16)
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    (first,) = propose(room)
    assert first.kind == "persistent_absence"
    keys = [MarkKey(room.enrolments[0].pk, s.date, s.half) for s in room.sessions[:2]]
    write_all([MarkChange(key, "V", 1, reason="Wrong child") for key in keys])
    assert propose(room) == []


def better_pupil(letter_on: int | None = None):
    """A pupil who missed much in the first two weeks and nothing in the four after them."""
    room = make_class(1, days=30)
    marks_of(room, "O" * 6 + "V" * 54)
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    if letter_on is not None:
        factories.LetterFactory(
            enrolment=room.enrolments[0],
            academic_year=room.year,
            as_at=room.sessions[letter_on].date,
        )
    return room


def test_good_news_follows_a_letter_of_concern_when_the_last_weeks_are_clearly_better():
    room = better_pupil(letter_on=10)
    (letter,) = propose(room, room.sessions[-1].date)
    assert letter.kind == "going_well"
    assert letter.figures["recent"]["missed"] == 0
    assert letter.figures["recent"]["missed_before"] == 6
    assert propose(room, room.sessions[-1].date) == []


def test_no_good_news_within_the_weeks_in_which_the_school_wrote_of_its_concern():
    room = better_pupil(letter_on=40)
    assert propose(room, room.sessions[-1].date) == []


def test_a_letter_of_concern_that_is_due_comes_before_good_news():
    room = better_pupil()
    (letter,) = propose(room, room.sessions[-1].date)
    assert letter.kind == "persistent_absence"


def test_the_night_takes_the_schools_own_words():
    room = make_class(1)
    own = factories.LetterTemplateFactory(school=room.school, kind="persistent_absence")
    marks_of(room, "O" * 4 + "V" * 16)
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    night.run_night(room.school, as_at=FRIDAY, today=DATED, send=False)
    assert Letter.objects.get().template == own


def room_with_a_parent(codes: str = "OI" * 2 + "V" * 16, parents: int = 1, **more):
    room = make_class(1)
    marks_of(room, codes)
    for _ in range(parents):
        factories.RelationshipFactory(pupil=room.enrolments[0].pupil, **more)
    return room


def make(room, kind: str = "panel_invitation", **more) -> Letter:
    values = {"details": MEETING, "by": room.officer, "dated": DATED} | more
    return letters.make_letter(enrolment=room.enrolments[0], kind=kind, **values)


def test_an_invitation_by_hand_waits_in_the_queue_with_a_copy_each():
    room = room_with_a_parent(parents=2)
    letter = make(room)
    assert (letter.state, letter.ordinal, letter.proposed_by) == ("proposed", 1, room.officer)
    assert letter.reference == f"PI25-{room.enrolments[0].pk}"
    assert letter.copies.count() == 2
    assert letter.as_at == FRIDAY
    second = make(room)
    assert (second.ordinal, second.reference) == (2, f"PI25-{room.enrolments[0].pk}-2")


def test_only_those_who_were_chosen_get_a_copy_and_by_the_way_that_was_chosen(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    room = room_with_a_parent(parents=3, person__email="parent@post.example")
    people = [one.person for one in room.enrolments[0].pupil.relationships.order_by("pk")]
    letter = make(
        room,
        recipients=[people[0].pk, people[1].pk],
        channels={people[1].pk: "email", people[2].pk: "email"},
    )
    assert [(copy.person, copy.channel) for copy in letter.copies.order_by("pk")] == [
        (people[0], "post"),
        (people[1], "email"),
    ]


def test_without_a_mail_server_everything_goes_by_post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    room = room_with_a_parent(person__email="parent@post.example")
    person = room.enrolments[0].pupil.relationships.get().person
    letter = make(room, channels={person.pk: "email"})
    assert letter.copies.get().channel == "post"


def test_who_has_only_an_e_mail_address_gets_an_e_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    room = room_with_a_parent(person__address="", person__email="parent@post.example")
    assert make(room).copies.get().channel == "email"


def test_a_letter_by_hand_that_nobody_can_get_is_held():
    room = room_with_a_parent(may_be_written_to=False)
    letter = make(room)
    assert (letter.state, letter.reason) == ("held", letters.NOBODY)


@pytest.mark.parametrize(
    ("kind", "codes", "words"),
    [
        ("persistent_absence", "O" + "V" * 19, "no persistent absence"),
        ("severe_absence", "O" * 4 + "V" * 16, "no severe absence"),
        ("first_concern", "V" * 20, "nothing for this letter to be about"),
        ("at_risk", "O" * 4 + "V" * 16, "write the letter about persistent absence"),
        ("going_well", "O" * 4 + "V" * 16, "Not fewer days were missed"),
    ],
)
def test_a_letter_by_hand_that_would_say_what_is_not_so_is_refused(kind, codes, words):
    with pytest.raises(Refused, match=words):
        make(room_with_a_parent(codes), kind, details={})
    assert not Letter.objects.exists()


def test_before_the_first_session_there_is_nothing_to_write_about():
    room = room_with_a_parent("")
    with pytest.raises(Refused, match="no academic year that had begun"):
        make(room, dated=date(2025, 8, 1))


def test_who_may_not_decide_on_letters_may_not_write_one():
    room = room_with_a_parent()
    with pytest.raises(Refused):
        make(room, by=room.teacher)


def test_an_invitation_to_a_pupil_who_has_missed_nothing_is_drawn():
    room = room_with_a_parent("V" * 20)
    letter = make(room)
    copy = letter.copies.get()
    drawing.render_copy(copy.pk)
    letter.refresh_from_db()
    assert letter.state == "ready"


# --- the page


@pytest.fixture
def now_in_september(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_, **__: DATED)


def page(client, room, kind: str = "", **posted):
    client.force_login(room.officer)
    kwargs = {"urn": room.school.urn, "pupil_id": room.enrolments[0].pupil_id}
    url = reverse("interventions:letter_new", kwargs=kwargs) + (f"?kind={kind}" if kind else "")
    return client.post(url, posted) if posted else client.get(url)


def invitation(room, **changed) -> dict:
    people = list(room.enrolments[0].pupil.relationships.values_list("person", flat=True))
    values = {
        "recipients": people,
        "on": "2025-09-26",
        "at": "14:40",
        "minutes": "30",
        "place": "Room 4",
        "members": "Ms Priya Raman, Deputy Headteacher\n\nMr Daniel Osei",
        "words": "We met in June.",
    }
    return {key: value for key, value in (values | changed).items() if value is not None}


def test_the_kinds_are_offered_with_what_each_is_about(client, now_in_september):
    response = page(client, room_with_a_parent())
    assert "Panel invitation" in response.text
    assert "Half or more missed" in response.text


def test_a_letter_is_seen_before_it_is_written(client, now_in_september):
    room = room_with_a_parent()
    seen = page(client, room, "meeting_invitation", **invitation(room), preview="1")
    assert "on Friday 26 September at 2.40pm, Room 4" in seen.text.replace("\xa0", " ")
    assert "We met in June." in seen.text
    assert not Letter.objects.exists()
    written = page(client, room, "meeting_invitation", **invitation(room), write="1")
    letter = Letter.objects.get()
    assert written.url == reverse(
        "interventions:letter", kwargs={"urn": room.school.urn, "letter_id": letter.pk}
    )
    assert letter.details["members"] == ["Ms Priya Raman, Deputy Headteacher", "Mr Daniel Osei"]
    assert letter.details["at"] == "14:40"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"recipients": None}, "Choose somebody to write to"),
        ({"on": "10-12-2025"}, "Write the day as a date"),
        ({"on": "2025-09-13"}, "still to come"),
        ({"at": "quarter past"}, "Write the time as hours and minutes"),
        ({"minutes": "none"}, "Write the minutes as a number"),
        ({"minutes": "2"}, "5 minutes or more"),
        ({"place": ""}, "Say where"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, now_in_september, changed, words):
    room = room_with_a_parent()
    response = page(client, room, "panel_invitation", **invitation(room, **changed))
    assert words in response.text
    assert "We met in June." in response.text
    assert not Letter.objects.exists()


def test_a_refusal_stands_on_the_form(client, now_in_september):
    room = room_with_a_parent("V" * 20)
    person = room.enrolments[0].pupil.relationships.get().person_id
    response = page(client, room, "severe_absence", recipients=[person], write="1")
    assert "nothing for this letter to be about" in response.text


def test_who_may_not_be_written_to_is_named_and_not_offered(client, now_in_september):
    room = room_with_a_parent()
    pupil = room.enrolments[0].pupil
    other = factories.RelationshipFactory(
        pupil=pupil, may_be_written_to=False, court_order="No contact, 2024"
    )
    shown = read_page(page(client, room, "first_concern"))
    who = f"{other.person.name}, mother, parental responsibility"
    assert f"{who}. May not be written to" in shown.text
    assert str(other.person_id) not in shown.field("recipients").choices


def test_a_pupil_of_another_school_is_not_found(client):
    room, other = room_with_a_parent(), room_with_a_parent()
    client.force_login(room.officer)
    kwargs = {"urn": room.school.urn, "pupil_id": other.enrolments[0].pupil_id}
    assert client.get(reverse("interventions:letter_new", kwargs=kwargs)).status_code == 404


@pytest.mark.parametrize("parents", [1, 6])
def test_the_form_takes_few_statements(
    client, now_in_september, parents, django_assert_max_num_queries
):
    room = room_with_a_parent(parents=parents)
    client.force_login(room.officer)
    kwargs = {"urn": room.school.urn, "pupil_id": room.enrolments[0].pupil_id}
    url = reverse("interventions:letter_new", kwargs=kwargs)
    with django_assert_max_num_queries(8):
        client.get(url, {"kind": "panel_invitation"})
    assert LetterCopy.objects.count() == 0


def test_one_kind_of_letter_for_a_pasted_list(client, time_machine):
    time_machine.move_to(datetime(2025, 9, 13, 9, 0, tzinfo=UTC), tick=False)
    room = make_class(3)
    for number, codes in enumerate(("O" * 8 + "V" * 12, "V" * 20, "O" * 8 + "V" * 12)):
        marks_of(room, codes, pupil=number)
        factories.RelationshipFactory(pupil=room.enrolments[number].pupil)
    client.force_login(room.officer)
    page = reverse("interventions:letters_new", args=[room.school.urn])
    upns = "\n".join(one.pupil.upn for one in room.enrolments[:2])
    sent = {"kind": "persistent_absence", "pasted": f"{upns}\nNobody Likethis"}
    assert "Line 3, “Nobody Likethis”" in client.post(page, sent).content.decode()
    assert not Letter.objects.exists()
    answer = client.post(page, sent | {"pasted": upns}, follow=True)
    assert [one.enrolment for one in Letter.objects.all()] == [room.enrolments[0]]
    text = answer.content.decode()
    assert "1 letter in the queue" in text
    assert "No letter for 1 pupil" in text
