"""The queue by kind, and many letters decided on at once, each with its own check."""

import pytest

from interventions.letters.actions import deciding, drawing
from interventions.models import Letter, LetterCopy
from registers.marks.changes import MarkChange, MarkKey
from tests.factories.classes import make_class
from tests.factories.drawn_schools import write_all
from tests.integration.letters.test_letters_flow import absent_pupil, draw, propose
from tests.integration.letters.test_letters_pages import address, room_with_letters

pytestmark = pytest.mark.django_db


def of_two_kinds(client):
    """Two letters about persistent absence and one about severe absence, ready."""
    room = make_class(3)
    for pupil in range(3):
        absent_pupil(room, pupil=pupil)
    write_all(
        [
            MarkChange(MarkKey(room.enrolments[2].pk, one.date, one.half), "O", 1, reason="Away")
            for one in room.sessions[4:14]
        ]
    )
    propose(room)
    for copy in LetterCopy.objects.all():
        drawing.render_copy(copy.pk, draw=draw)
    client.force_login(room.officer)
    return room


def seen(*letters: Letter) -> dict:
    sent: dict = {"letter": [letter.pk for letter in letters]}
    for letter in letters:
        sent[f"digest-{letter.pk}"] = [copy.digest for copy in letter.copies.all()]
    return sent


def test_the_queue_can_be_held_to_a_kind_and_stays_with_it(client):
    room = of_two_kinds(client)
    every = client.get(address("letters", room)).context
    assert [(tab.title, tab.count) for tab in every["kind_tabs"]] == [
        ("All kinds", None),
        ("Severe absence", 1),
        ("Persistent absence", 2),
    ]
    page = client.get(address("letters", room), {"kind": "persistent_absence"})
    first, second = (row.letter for row in page.context["rows"])
    assert {first.kind, second.kind} == {"persistent_absence"}
    url = address("letter_approve", room, letter_id=first.pk)
    digests = seen(first)[f"digest-{first.pk}"]
    answer = client.post(f"{url}?kind=persistent_absence", {"digest": digests})
    assert answer.url == address("letter", room, letter_id=second.pk) + "?kind=persistent_absence"
    unknown = client.get(address("letters", room), {"kind": "x"}).context
    assert [tab.title for tab in unknown["kind_tabs"] if tab.is_current] == ["All kinds"]


def test_many_are_approved_at_once_and_one_that_moved_stays_with_its_reason(client):
    room = room_with_letters(client, 3)
    moved, *others = Letter.objects.order_by("enrolment__pupil__surname")
    late = room.sessions[6]
    key = MarkKey(moved.enrolment_id, late.date, late.half)
    write_all([MarkChange(key, "O", 1, reason="Was not here")])
    sent = seen(moved, *others) | {"do": "approve"}
    page = client.post(address("letters_many", room), sent)
    assert "2 letters are approved." in page.text
    assert "1 letter was not decided on." in page.text
    assert "Sessions missed 4, now 5" in page.text
    states = dict(Letter.objects.values_list("pk", "state"))
    assert [states[letter.pk] for letter in others] == ["approved", "approved"]
    assert states[moved.pk] == "proposed"


def test_a_held_letter_is_left_and_another_schools_cannot_be_ticked(client):
    room = room_with_letters(client, 2)
    held, ready = Letter.objects.order_by("enrolment__pupil__surname")
    deciding.hold_letter(letter_id=held.pk, reason="Bereavement", by=room.officer)
    page = client.get(address("letters_many", room))
    assert [letter.pk for letter in page.context["page"]] == [ready.pk]
    assert "1 held letter stays as before." in page.text
    other = make_class(1)
    client.force_login(other.officer)
    answer = client.post(address("letters_many", other), seen(ready) | {"do": "approve"})
    assert "Tick at least one letter." in answer.text
    ready.refresh_from_db()
    assert ready.state == "ready"


@pytest.mark.parametrize(("do", "state"), [("hold", "held"), ("drop", "dropped")])
def test_many_are_put_aside_with_one_reason(client, do, state):
    room = room_with_letters(client, 2)
    letters = list(Letter.objects.all())
    missing = client.post(address("letters_many", room), seen(*letters) | {"do": do})
    assert "Say why" in missing.text
    assert missing.text.count("checked") >= 2  # the ticks are kept
    assert set(Letter.objects.values_list("state", flat=True)) == {"ready"}
    given = seen(*letters) | {"do": do, "reason": "Known to us"}
    client.post(address("letters_many", room), given)
    assert set(Letter.objects.values_list("state", "reason")) == {(state, "Known to us")}


@pytest.mark.parametrize("pupils", [2, 12])
def test_the_list_takes_as_many_statements_for_many(client, pupils, django_assert_max_num_queries):
    room = room_with_letters(client, pupils, parents=2)
    with django_assert_max_num_queries(10):
        page = client.get(address("letters_many", room))
    assert len(page.context["page"].object_list) == pupils


@pytest.mark.parametrize("pupils", [1, 9])
def test_approving_many_counts_their_figures_together(client, pupils, monkeypatch):
    room = room_with_letters(client, pupils)
    counted = []
    once = deciding.due.figures_now
    monkeypatch.setattr(
        deciding.due, "figures_now", lambda letters: counted.append(1) or once(letters)
    )
    sent = seen(*Letter.objects.all()) | {"do": "approve"}
    client.post(address("letters_many", room), sent)
    assert len(counted) == 1
    assert set(Letter.objects.values_list("state", flat=True)) == {"approved"}
