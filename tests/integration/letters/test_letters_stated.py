"""A letter is asked for again only when a figure that it states has moved, and says which."""

from datetime import timedelta

import pytest

from interventions.letters.actions import deciding, sending
from interventions.models import Letter
from registers.marks.changes import MarkChange, MarkKey
from registers.models import AcademicYear, Mark, Session
from tests.factories.classes import make_class
from tests.factories.drawn_schools import write_all
from tests.integration.letters.test_letters_flow import ready_letter

pytestmark = pytest.mark.django_db


def digests(letter: Letter) -> list[str]:
    return [copy.digest for copy in letter.copies.all()]


def more_sessions(year: AcademicYear, days: int, first) -> None:
    Session.objects.bulk_create(
        Session(school=year.school, academic_year=year, date=first + timedelta(days=n), half=half)
        for n in range(days)
        for half in (0, 1)
    )


def test_a_session_that_the_calendar_gets_later_leaves_the_approval_as_it_was():
    """As the first approvals of a new school were refused: none of its letters' words changed."""
    room = make_class(1)
    letter = ready_letter(room)
    before = letter.figures["possible_by_year_end"]
    more_sessions(letter.academic_year, 1, letter.as_at + timedelta(days=7))
    now = deciding.due.figures_now([letter])[letter.pk]
    assert now["possible_by_year_end"] == before + 2
    approved = deciding.approve_letter(
        letter_id=letter.pk, digests=digests(letter), by=room.officer
    )
    assert approved.state == "approved"
    assert sending.check_again(list(letter.copies.all())) == {}


def test_sessions_to_spare_that_moved_are_named():
    room = make_class(1)
    letter = ready_letter(room)
    year = letter.academic_year
    AcademicYear.objects.filter(pk=year.pk).update(ends_on=letter.as_at + timedelta(days=200))
    more_sessions(year, 60, letter.as_at + timedelta(days=7))
    letter.refresh_from_db()
    drawn = deciding.due.figures_now([letter])[letter.pk]
    Letter.objects.filter(pk=letter.pk).update(figures=drawn)
    more_sessions(letter.academic_year, 20, letter.as_at + timedelta(days=107))
    spare = drawn["to_spare"]
    words = f"Sessions to spare {spare}, now {spare + 4}."
    with pytest.raises(deciding.LetterMovedError, match=words):
        deciding.approve_letter(letter_id=letter.pk, digests=digests(letter), by=room.officer)
    letter.refresh_from_db()
    assert letter.state in ("proposed", "ready")
    assert words in letter.reason


def test_a_mark_that_came_in_late_is_named_by_both_numbers():
    room = make_class(1)
    letter = ready_letter(room)
    gone = Mark.objects.filter(enrolment=room.enrolments[0]).order_by("-date", "-half").first()
    key = MarkKey(gone.enrolment_id, gone.date, gone.half)
    write_all([MarkChange(key, "O", 1, reason="Was not here")])
    missed = letter.figures["missed"]
    with pytest.raises(
        deciding.LetterMovedError, match=f"Sessions missed {missed}, now {missed + 1}"
    ):
        deciding.approve_letter(letter_id=letter.pk, digests=digests(letter), by=room.officer)
