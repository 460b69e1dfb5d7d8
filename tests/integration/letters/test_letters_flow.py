"""A letter's way: proposed, drawn once, looked at, decided on; and found again when it was lost."""

import io
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.utils import timezone

from interventions import tasks
from interventions.letters.actions import deciding, drawing, letters
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_states import CopyState
from registers.marks.changes import MarkChange, MarkKey
from registers.policies import Refused
from registers.web.documents.storage import read_pdf
from registers.web.jobs import messages
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of, write_all

pytestmark = pytest.mark.django_db
FRIDAY = date(2025, 9, 12)


def absent_pupil(room, *, pupil: int = 0, parents: int = 1, codes: str = "OI" * 2 + "V" * 16):
    """A pupil of the class who is persistently absent, with parents to write to."""
    marks_of(room, codes, pupil=pupil)
    return [
        factories.RelationshipFactory(pupil=room.enrolments[pupil].pupil) for _ in range(parents)
    ]


def propose(room, as_at=FRIDAY) -> list[Letter]:
    return letters.propose(
        school=room.school, as_at=as_at, dated=as_at + timedelta(days=1), send=False
    )


def draw(*_) -> bytes:
    return b"%PDF-1.7 of " + str(timezone.now()).encode()


def ready_letter(room, **more) -> Letter:
    absent_pupil(room, **more)
    (letter,) = propose(room)
    for copy in letter.copies.all():
        drawing.render_copy(copy.pk, draw=draw)
    letter.refresh_from_db()
    return letter


def test_who_is_persistently_absent_gets_a_letter_with_a_copy_for_each_who_may_have_one():
    room = make_class(3)
    absent_pupil(room, parents=2)
    absent_pupil(room, pupil=1, codes="O" + "V" * 19)  # one in twenty is no letter
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil, may_be_written_to=False)
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil, person__address="")
    (letter,) = propose(room)
    assert letter.enrolment == room.enrolments[0]
    assert letter.figures["missed"] == 4
    assert letter.figures["possible_by_year_end"] == 20
    copies = letter.copies.all()
    assert len(copies) == 2
    assert copies[0].address == "104 Fuller's Walk\nNether Ellerwick\nEW4 9RJ"
    assert {copy.state for copy in copies} == {"queued"}


def test_a_pupil_gets_one_letter_of_a_kind_a_year_a_dropped_one_included():
    room = make_class(1)
    letter = ready_letter(room)
    deciding.drop_letter(letter_id=letter.pk, reason="Long illness, we know", by=room.officer)
    assert propose(room) == []
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(("sessions", "letters_due"), [(19, 0), (20, 1)])
def test_no_letter_before_the_school_has_seen_enough_sessions(sessions, letters_due):
    room = make_class(1)
    absent_pupil(room, codes="O" * sessions)
    assert len(propose(room)) == letters_due


def test_who_has_left_gets_no_letter():
    room = make_class(1)
    absent_pupil(room)
    room.enrolments[0].leaves_on = date(2025, 9, 11)
    room.enrolments[0].save()
    assert propose(room) == []


def test_a_letter_that_nobody_can_get_is_held_and_says_why():
    room = make_class(1)
    absent_pupil(room, parents=0)
    (letter,) = propose(room)
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("held", letters.NOBODY)
    with pytest.raises(Refused, match="Nobody"):
        deciding.release_letter(letter_id=letter.pk, by=room.officer)
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    released = deciding.release_letter(letter_id=letter.pk, by=room.officer)
    assert released.state == "proposed"
    assert released.decided_by == room.officer
    assert released.copies.count() == 1


@pytest.mark.parametrize("pupils", [1, 12])
def test_more_letters_cost_no_more_statements(django_assert_max_num_queries, pupils):
    room = make_class(pupils)
    for pupil in range(pupils):
        absent_pupil(room, pupil=pupil)
    with django_assert_max_num_queries(23):  # with all spells of a year
        assert len(propose(room)) == pupils


def test_the_pdf_is_drawn_stored_by_its_digest_and_the_letter_is_ready():
    room = make_class(1)
    absent_pupil(room, parents=2)
    (letter,) = propose(room)
    first, second = letter.copies.all()
    assert drawing.render_copy(first.pk) is CopyState.RENDERED
    letter.refresh_from_db()
    assert letter.state == "proposed"
    assert drawing.render_copy(second.pk) is CopyState.RENDERED
    letter.refresh_from_db()
    first.refresh_from_db()
    assert letter.state == "ready"
    pdf = read_pdf(first.pdf.name)
    assert sha256(pdf).hexdigest() == first.digest
    assert first.digest in first.pdf.name
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
    stored = Path(settings.MEDIA_ROOT, first.pdf.name)
    assert stored.stat().st_mode & 0o777 == 0o600
    assert len(list(stored.parent.iterdir())) == 2


def test_a_copy_is_drawn_once_however_often_its_message_comes():
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()
    drawn = []
    for _ in range(3):
        drawing.render_copy(copy.pk, draw=lambda *_: drawn.append(1) or b"%PDF-1.7")
    assert len(drawn) == 1
    copy.refresh_from_db()
    assert (copy.state, copy.tries) == ("rendered", 1)


def broken(*_):
    raise OSError("No space left on device")


def test_a_copy_that_fails_is_tried_again_and_after_five_tries_given_up_in_words():
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()
    states = [drawing.render_copy(copy.pk, draw=broken) for _ in range(6)]
    assert states == [CopyState.QUEUED] * 4 + [CopyState.FAILED, None]
    copy.refresh_from_db()
    letter.refresh_from_db()
    assert copy.problem == "It could not be drawn (OSError)."
    assert (letter.state, letter.reason[:28]) == ("failed", "A copy was tried 5 times. It")
    deciding.release_letter(letter_id=letter.pk, by=room.officer)
    assert drawing.render_copy(copy.pk, draw=draw) is CopyState.RENDERED
    letter.refresh_from_db()
    assert letter.state == "ready"


def test_the_worker_tries_a_failed_copy_again_after_a_pause(monkeypatch):
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()
    tries = []

    def fails_twice(copy_id):
        tries.append(copy_id)
        return CopyState.QUEUED if len(tries) < 3 else CopyState.RENDERED

    monkeypatch.setattr(drawing, "render_copy", fails_twice)
    tasks.render_copy.apply(args=[copy.pk])
    assert tries == [copy.pk] * 3


def test_the_sweep_puts_back_what_a_dead_worker_held_and_leaves_a_living_one_alone():
    room = make_class(1)
    absent_pupil(room, parents=2)
    (letter,) = propose(room)
    dead, alive = letter.copies.all()
    drawing.claim_copy(dead.pk)
    drawing.claim_copy(alive.pk)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    LetterCopy.objects.filter(pk=dead.pk).update(claimed_at=an_hour_ago)
    assert drawing.sweep(send=False) == 1
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.state, alive.state) == ("queued", "rendering")
    assert drawing.sweep(send=False) == 0


def test_a_worker_that_was_given_up_cannot_overwrite_its_successor():
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()

    def slow(*_):
        """While this one draws, the sweep gives it up and another draws the copy."""
        LetterCopy.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        drawing.sweep(send=False)
        assert drawing.render_copy(copy.pk, draw=lambda *_: b"%PDF second") is CopyState.RENDERED
        return b"%PDF first"

    assert drawing.render_copy(copy.pk, draw=slow) is None
    copy.refresh_from_db()
    assert copy.digest == sha256(b"%PDF second").hexdigest()


def test_a_message_that_was_never_sent_is_sent_by_the_sweep(monkeypatch):
    room = make_class(1)
    absent_pupil(room)
    sent = []
    monkeypatch.setattr(messages.current_app, "send_task", lambda *sending: sent.append(sending))
    (letter,) = propose(room)
    copy = letter.copies.get()
    assert drawing.sweep() == 0  # its own message may still be on the way
    assert drawing.sweep(now=timezone.now() + timedelta(minutes=11)) == 1
    assert sent == [(tasks.render_copy.name, [copy.pk])]


def test_a_broker_that_is_down_does_not_stop_the_proposals(
    monkeypatch, django_capture_on_commit_callbacks
):
    room = make_class(1)
    absent_pupil(room)

    def down(*_):
        raise ConnectionError

    monkeypatch.setattr(messages.current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        letters.propose(school=room.school, as_at=FRIDAY, dated=FRIDAY)
    assert len(callbacks) == 1
    assert LetterCopy.objects.get().state == "queued"


def test_an_approval_names_the_pdfs_that_were_seen():
    room = make_class(1)
    letter = ready_letter(room, parents=2)
    seen = [copy.digest for copy in letter.copies.all()]
    with pytest.raises(deciding.LetterMovedError, match="drawn anew since"):
        deciding.approve_letter(letter_id=letter.pk, digests=seen[:1], by=room.officer)
    approved = deciding.approve_letter(letter_id=letter.pk, digests=seen, by=room.officer)
    assert (approved.state, approved.approved_by) == ("approved", room.officer)


def test_a_letter_whose_figures_have_moved_is_drawn_anew_before_it_is_approved():
    room = make_class(1)
    letter = ready_letter(room)
    copy = letter.copies.get()
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)
    write_all([MarkChange(key, "I", 1, reason="Parent rang")])
    with pytest.raises(deciding.LetterMovedError, match="figures have changed"):
        deciding.approve_letter(letter_id=letter.pk, digests=[copy.digest], by=room.officer)
    letter.refresh_from_db()
    assert (letter.state, letter.figures["authorised"]) == ("proposed", 3)
    drawing.render_copy(copy.pk, draw=draw)
    new = letter.copies.get()
    assert new.digest != copy.digest
    approved = deciding.approve_letter(letter_id=letter.pk, digests=[new.digest], by=room.officer)
    assert approved.state == "approved"


def test_a_letter_that_is_no_longer_due_is_held():
    room = make_class(1)
    letter = ready_letter(room)
    copy = letter.copies.get()
    keys = [MarkKey(room.enrolments[0].pk, s.date, s.half) for s in room.sessions[:3]]
    write_all([MarkChange(key, "V", 1, reason="Wrong child") for key in keys])
    with pytest.raises(deciding.LetterMovedError, match="no longer persistently absent"):
        deciding.approve_letter(letter_id=letter.pk, digests=[copy.digest], by=room.officer)
    letter.refresh_from_db()
    assert letter.state == "held"


def test_a_stored_pdf_that_was_changed_cannot_be_approved():
    room = make_class(1)
    letter = ready_letter(room)
    copy = letter.copies.get()
    Path(settings.MEDIA_ROOT, copy.pdf.name).write_bytes(b"%PDF another")
    with pytest.raises(deciding.LetterMovedError, match="not the one that was drawn"):
        deciding.approve_letter(letter_id=letter.pk, digests=[copy.digest], by=room.officer)
    letter.refresh_from_db()
    assert letter.state == "proposed"
    assert letter.copies.get().state == "queued"


def test_a_held_letter_says_why_and_who_and_is_not_drawn_until_it_is_released():
    room = make_class(1)
    absent_pupil(room)
    (letter,) = propose(room)
    copy = letter.copies.get()
    with pytest.raises(Refused, match="Say why"):
        deciding.hold_letter(letter_id=letter.pk, reason=" ", by=room.officer)
    held = deciding.hold_letter(letter_id=letter.pk, reason="Bereavement", by=room.officer)
    assert (held.state, held.reason, held.decided_by) == ("held", "Bereavement", room.officer)
    assert drawing.render_copy(copy.pk, draw=draw) is None
    deciding.release_letter(letter_id=letter.pk, by=room.officer)
    assert drawing.render_copy(copy.pk, draw=draw) is CopyState.RENDERED


def test_who_may_not_decide_is_refused_and_an_impossible_move_too():
    room, other = make_class(1), make_class(1)
    letter = ready_letter(room)
    for person in (room.teacher, other.officer):
        with pytest.raises(Refused):
            deciding.hold_letter(letter_id=letter.pk, reason="x", by=person)
    deciding.drop_letter(letter_id=letter.pk, reason="Known illness", by=room.officer)
    with pytest.raises(Refused, match="has been dropped by"):
        deciding.release_letter(letter_id=letter.pk, by=room.officer)


def test_a_parent_of_two_gets_a_copy_of_each_letter():
    room = make_class(2)
    (relationship,) = absent_pupil(room)
    marks_of(room, "O" * 20, pupil=1)
    factories.RelationshipFactory(pupil=room.enrolments[1].pupil, person=relationship.person)
    assert {letter.copies.get().person for letter in propose(room)} == {relationship.person}
