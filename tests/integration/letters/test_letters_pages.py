"""The queue of letters in the browser: looked at, decided on; and a school's own words."""

import pytest
from django.urls import reverse

from interventions.letters.actions import deciding, drawing
from interventions.letters.wordings import actions as words_actions
from interventions.models import Letter, LetterCopy, LetterTemplate
from interventions.rules.letter_states import CopyState
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Job, Person
from registers.web.documents.storage import read_pdf
from registers.web.jobs.actions import run_job
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import write_all
from tests.html_page import read_page
from tests.integration.letters.test_letters_flow import absent_pupil, draw, propose

pytestmark = pytest.mark.django_db


def room_with_letters(client, pupils: int = 2, *, parents: int = 1):
    """A class of pupils with a letter each, ready to be looked at by its officer."""
    room = make_class(pupils)
    for pupil in range(pupils):
        absent_pupil(room, pupil=pupil, parents=parents)
    propose(room)
    for copy in LetterCopy.objects.all():
        drawing.render_copy(copy.pk, draw=draw)
    client.force_login(room.officer)
    return room


def address(name: str, room, **kwargs) -> str:
    return reverse(f"interventions:{name}", kwargs={"urn": room.school.urn, **kwargs})


def first() -> Letter:
    return Letter.objects.order_by("enrolment__pupil__surname").first()


def digests(letter: Letter) -> list[str]:
    return [copy.digest for copy in letter.copies.all()]


@pytest.mark.parametrize("number", [1, 12])
def test_one_letter_takes_as_many_statements_among_many(
    client, number, django_assert_max_num_queries
):
    room = room_with_letters(client, number)
    url = address("letter", room, letter_id=first().pk)
    with django_assert_max_num_queries(12):
        response = client.get(url)
    assert len(response.context["page"].object_list) == number


def test_the_pdf_stands_beside_its_reasons_and_may_be_framed_by_us_alone(client):
    room = room_with_letters(client)
    copy = first().copies.get()
    page = client.get(address("letter", room, letter_id=copy.letter_id))
    pdf = address("copy_pdf", room, letter_id=copy.letter_id, copy_id=copy.pk)
    (frame,) = read_page(page).all_of("iframe")
    assert frame.get("src").startswith(f"{pdf}#")
    assert "4 of 20 possible sessions missed" in page.text
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    answer = client.get(pdf)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_each_recipient_has_a_tab(client):
    room = room_with_letters(client, 1, parents=2)
    letter = first()
    second = letter.copies.order_by("pk").last()
    url = address("letter", room, letter_id=letter.pk)
    assert client.get(url, {"copy": second.pk}).context["copy"] == second
    assert client.get(url, {"copy": "x"}).context["copy"] == letter.copies.order_by("pk").first()


def test_an_approval_leads_to_the_next_letter_that_is_ready(client):
    room = room_with_letters(client, 3)
    one, two, three = Letter.objects.order_by("enrolment__pupil__surname")
    deciding.hold_letter(letter_id=two.pk, reason="Wait", by=room.officer)
    answer = client.post(
        address("letter_approve", room, letter_id=one.pk), {"digest": digests(one)}
    )
    assert answer.url == address("letter", room, letter_id=three.pk)
    last = client.post(
        address("letter_approve", room, letter_id=three.pk), {"digest": digests(three)}
    )
    assert last.url == address("letters", room)
    assert Letter.objects.filter(state="approved").count() == 2


def test_without_having_seen_the_pdf_nothing_is_approved(client):
    room = room_with_letters(client)
    letter = first()
    url = address("letter_approve", room, letter_id=letter.pk)
    answer = client.post(url, {"digest": ["0" * 64]}, follow=True)
    assert "This letter was drawn anew since you looked at it." in answer.text
    assert "LetterMovedError" not in answer.text
    letter.refresh_from_db()
    assert letter.state == "ready"


def test_figures_that_moved_are_said_and_the_new_state_is_seen(client):
    room = room_with_letters(client, 1)
    letter = first()
    key = MarkKey(letter.enrolment_id, room.sessions[0].date, 0)
    write_all([MarkChange(key, "I", 1, reason="Parent rang")])
    url = address("letter_approve", room, letter_id=letter.pk)
    answer = client.post(url, {"digest": digests(letter)}, follow=True)
    assert "The figures have changed since this letter was drawn." in answer.text
    assert "The PDF is being drawn." in answer.text


@pytest.mark.parametrize(("what", "state"), [("hold", "held"), ("drop", "dropped")])
def test_hold_and_drop_need_a_reason_and_keep_it(client, what, state):
    room = room_with_letters(client)
    letter = first()
    url = address(f"letter_{what}", room, letter_id=letter.pk)
    wrong = client.post(url, {"reason": " "})
    assert wrong.status_code == 200
    assert "Say why" in wrong.text
    done = client.post(url, {"reason": "Bereavement in the family"})
    assert done.status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == (state, "Bereavement in the family")
    assert letter.decided_by == room.officer


def test_a_colleague_was_faster_and_what_was_typed_is_kept(client):
    room = room_with_letters(client)
    letter = first()
    deciding.drop_letter(letter_id=letter.pk, reason="Known", by=room.officer)
    url = address("letter_hold", room, letter_id=letter.pk)
    answer = client.post(url, {"reason": "Typed with care"})
    assert f"This letter has been dropped by {room.officer}." in answer.text
    assert "You had written: “Typed with care”" in answer.text
    assert "Known" in answer.text


def test_a_held_letter_is_released_and_one_that_was_sent_is_answered(client):
    room = room_with_letters(client, 1)
    letter = first()
    deciding.hold_letter(letter_id=letter.pk, reason="Wait", by=room.officer)
    client.post(address("letter_release", room, letter_id=letter.pk))
    letter.refresh_from_db()
    assert (letter.state, letter.copies.get().state) == ("proposed", "queued")
    Letter.objects.update(state="sent")
    client.post(address("letter_answered", room, letter_id=letter.pk))
    letter.refresh_from_db()
    assert letter.state == "answered"


def test_drawing_anew_takes_the_new_words_and_the_new_address(client):
    room = room_with_letters(client, 1)
    letter = first()
    own = factories.LetterTemplateFactory(
        school=room.school, kind="persistent_absence", body="<p>{{missed_of}}</p>"
    )
    Person.objects.update(address="1 New Road")
    page = client.get(address("letter", room, letter_id=letter.pk))
    assert "The words have changed since it was drawn" in page.text
    client.post(address("letter_draw", room, letter_id=letter.pk))
    letter.refresh_from_db()
    copy = letter.copies.get()
    assert (letter.state, letter.template) == ("proposed", own)
    assert copy.address.startswith("1 New Road")
    assert drawing.render_copy(copy.pk) is CopyState.RENDERED


def test_the_ways_of_a_copy_are_changed_on_the_page(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    room = room_with_letters(client, 1, parents=2)
    Person.objects.update(email="parent@post.example")
    letter = first()
    one, two = letter.copies.order_by("pk")
    here = {"letter_id": letter.pk, "copy_id": one.pk}
    client.post(address("copy_channel", room, **here), {"channel": "email"})
    one.refresh_from_db()
    assert (one.channel, one.email) == ("email", "parent@post.example")
    odd = client.post(address("copy_channel", room, **here), {"channel": "pigeon"}, follow=True)
    assert "by post or by e-mail" in odd.text
    there = {"letter_id": letter.pk, "copy_id": two.pk}
    client.post(address("copy_leave_out", room, **there), {"reason": "Lives abroad"})
    two.refresh_from_db()
    assert (two.state, two.problem) == ("left_out", "Lives abroad")


@pytest.mark.parametrize(
    "name",
    ["approve", "hold", "drop", "release", "draw", "answered"],
)
def test_another_schools_letter_cannot_be_decided_on(client, name):
    other = room_with_letters(client, 1)
    letter = first()
    room = make_class(1)
    client.force_login(room.officer)
    assert client.post(address(f"letter_{name}", room, letter_id=letter.pk)).status_code == 404
    assert client.post(address(f"letter_{name}", other, letter_id=letter.pk)).status_code == 404
    letter.refresh_from_db()
    assert letter.state == "ready"


def test_the_page_of_a_letter_shows_the_part_of_a_long_queue_that_it_is_in(client, monkeypatch):
    monkeypatch.setattr("interventions.letters.views.queue.PER_PAGE", 2)
    room = room_with_letters(client, 5)
    in_order = list(Letter.objects.order_by("enrolment__pupil__surname"))
    page = client.get(address("letter", room, letter_id=in_order[3].pk))
    assert page.context["page"].number == 2
    neighbours = page.context["neighbours"]
    assert (neighbours.before, neighbours.after) == (in_order[2].pk, in_order[4].pk)
    far = client.get(address("letters", room), {"page": "99"})
    assert far.context["letter"] == in_order[4]


# --- a school's own words


def words(client, room, kind: str = "first_concern", **posted):
    url = address("letter_template", room, kind=kind)
    return client.post(url, posted) if posted else client.get(url)


def test_each_kind_begins_with_rollbooks_words(client):
    room = make_class(1)
    client.force_login(room.officer)
    response = words(client, room)
    assert "Children get ill, and family life is not always simple." in response.text
    assert "Siyuan has missed 3½ days" in response.text.replace("\xa0", " ")
    listed = client.get(address("letter_templates", room)).text
    assert listed.count("Look and change") == 7
    assert words(client, room, "love_letter").status_code == 404


def test_a_version_is_saved_shown_and_kept_and_an_older_one_taken_up_again(client):
    room = make_class(1)
    client.force_login(room.officer)
    words(client, room, subject="Hello", body="<p>One {{missed}}</p>")
    words(client, room, subject="Hello", body="<p>Two {{missed}}</p>")
    words(client, room, subject="Hello", body="<p>Two {{missed}}</p>")  # the same: no version
    assert list(LetterTemplate.objects.values_list("version", flat=True)) == [2, 1]
    url = address("letter_version", room, kind="first_concern", version=1)
    assert "One 3½ days" in client.get(url).text.replace("\xa0", " ")
    client.post(url)
    newest = LetterTemplate.objects.first()
    assert (newest.version, newest.body, newest.made_by) == (
        3,
        "<p>One {{missed}}</p>",
        room.officer,
    )
    client.post(address("letter_version", room, kind="first_concern", version=0))
    assert "Children get ill" in LetterTemplate.objects.first().body
    missing = address("letter_version", room, kind="first_concern", version=9)
    assert client.get(missing).status_code == 404


def test_what_is_wrong_is_said_in_the_field_and_what_was_typed_is_kept(client):
    room = make_class(1)
    client.force_login(room.officer)
    response = words(
        client, room, subject="About {{pupil.name}}", body="<p>{{mised}} Typed with care</p>"
    )
    assert "Did you mean {{missed}}?" in response.text
    assert "There is no field {{pupil.name}}" in response.text
    assert "Typed with care" in response.text
    assert not LetterTemplate.objects.exists()


def test_the_preview_follows_without_being_saved(client):
    room = make_class(1)
    client.force_login(room.officer)
    plain = words(client, room, subject="Hello", body="<p>About {{pupil.group}}</p>", preview="1")
    assert "About 10S" in plain.text
    live = address("words_preview", room, kind="first_concern")
    good = client.post(live, {"subject": "Hello", "body": "<p>About {{pupil.group}}</p>"})
    assert "About 10S" in good.text
    assert not read_page(good).is_whole
    bad = client.post(live, {"subject": "Hello", "body": "<p>{{pupil.grup}}</p>"})
    assert "Did you mean {{pupil.group}}?" in bad.text
    assert not LetterTemplate.objects.exists()


def test_the_preview_is_to_be_had_as_a_pdf(client):
    room = make_class(1)
    client.force_login(room.officer)
    url = address("words_pdf", room, kind="first_concern")
    asked = client.post(url, {"subject": "Hello", "body": "<p>{{missed}}</p>"})
    job = run_job(str(Job.objects.get().pk), words_actions.draw_preview)
    assert asked.url == reverse("registers:job", args=[room.school.urn, job.pk])
    assert (job.state, job.said) == (Job.State.DONE, "The letter takes 1 page.")
    assert read_pdf(str(job.file)).startswith(b"%PDF")
    wrong = client.post(url, {"subject": "Hello", "body": "<p>{{mised}}</p>"})
    assert "Did you mean {{missed}}?" in wrong.text
    assert Job.objects.count() == 1


def test_a_preview_of_a_pupil_as_a_pdf_is_for_who_may_see_letters(client):
    room = room_with_letters(client, 1)
    posted = {"subject": "x", "body": "<p>{{pupil.full_name}}</p>", "pupil": first().pk}
    url = address("words_pdf", room, kind="persistent_absence")
    client.post(url, posted)
    of_pupil = Job.objects.get()
    administrator = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(administrator.user)
    page = reverse("registers:job", args=[room.school.urn, of_pupil.pk])
    assert client.get(page).status_code == 403
    client.post(url, posted)
    invented = Job.objects.exclude(pk=of_pupil.pk).get()
    assert invented.asked["letter"] is None


def test_a_preview_shows_a_pupil_only_to_who_may_see_letters(client):
    room = room_with_letters(client, 1)
    letter = first()
    posted = {"subject": "x", "body": "<p>{{pupil.full_name}}</p>", "pupil": letter.pk}
    url = address("words_preview", room, kind="persistent_absence")
    surname = letter.enrolment.pupil.surname
    assert surname in client.post(url, posted).text
    administrator = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(administrator.user)
    assert surname not in client.post(url, posted).text
    assert surname not in words(client, room, "persistent_absence").text
    other = make_class(1)
    client.force_login(other.officer)
    elsewhere = address("words_preview", other, kind="persistent_absence")
    assert surname not in client.post(elsewhere, posted).text


@pytest.mark.parametrize("versions", [1, 9])
def test_the_pages_of_words_take_few_statements(client, versions, django_assert_max_num_queries):
    room = make_class(1)
    for version in range(versions):
        factories.LetterTemplateFactory(school=room.school, version=version + 1)
    client.force_login(room.officer)
    with django_assert_max_num_queries(6):
        words(client, room)
    with django_assert_max_num_queries(5):
        client.get(address("letter_templates", room))


def test_a_letter_is_drawn_with_the_schools_own_words(client):
    room = make_class(1)
    absent_pupil(room)
    own = factories.LetterTemplateFactory(
        school=room.school,
        kind="persistent_absence",
        subject="Our own words about {{pupil.first_name}}",
        body="<p>Four of twenty.</p><script>x</script>",
    )
    (letter,) = propose(room)
    seen = []
    drawing.render_copy(
        letter.copies.get().pk, draw=lambda kind, context: seen.append(context) or b"%PDF"
    )
    assert seen[0]["words"].subject == own.subject
    from interventions.letters.render import letter_html

    letter = read_page(letter_html("persistent_absence", seen[0]))
    assert "Our own words about Siyuan" in letter.text
    assert "Four of twenty." in letter.text
    assert not letter.all_of("script")
