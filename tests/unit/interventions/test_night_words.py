"""What the page of the nights says, by how they stand."""

from datetime import UTC, date, datetime

import pytest

from absence.models import Standing
from interventions.models import Night
from interventions.night.wording import LastNight, MovedPupil, last_night, why_no_letters
from registers.models import Job
from registers.models.school.staff import User

AT = datetime(2025, 11, 10, 2, tzinfo=UTC)
ASKED = Job(state=Job.State.QUEUED, started_by=User(name="Ana"))


def night(state: str = Night.State.DONE, **fields) -> Night:
    return Night(state=state, started_at=AT, as_at=date(2025, 11, 7), **fields)


@pytest.mark.parametrize(
    ("latest", "waiting", "moves", "state", "words"),
    [
        (None, None, False, LastNight.NONE, "No night has run for this school yet."),
        (None, ASKED, True, LastNight.ASKED_FOR, "<bdi>Ana</bdi>; it waits for a worker."),
        (
            night(),
            Job(state=Job.State.RUNNING, started_by=User(name="Ana")),
            True,
            LastNight.ASKED_FOR,
            "it has begun.",
        ),
        (night(Night.State.RUNNING), None, True, LastNight.RUNNING, "since 02:00:00."),
        (night(Night.State.RUNNING), None, False, LastNight.DID_NOT_END, "did not end.</strong>"),
        (night(Night.State.FAILED), None, False, LastNight.FAILED, "failed.</strong> What"),
        (night(problems=["One"]), None, False, LastNight.WITH_PROBLEMS, "finished with 1 problem."),
        (night(), None, False, LastNight.DONE, "Its figures are to Friday 7 November."),
    ],
)
def test_how_the_last_night_stands(latest, waiting, moves, state, words):
    assert LastNight.of(latest, waiting, moves=moves) is state
    assert words in last_night(latest, waiting, moves=moves)


@pytest.mark.parametrize(("proposed", "words"), [(0, "No letter was due."), (2, "They are in")])
def test_why_no_letter_is_shown(proposed, words):
    assert why_no_letters(night(letters_proposed=proposed)).startswith(words)


@pytest.mark.parametrize(
    ("before", "moved_on", "words"),
    [
        ("Good", date(2025, 11, 7), "from Good to <b>Watch</b>, by 7 Nov"),
        ("", None, "first seen: <b>Watch</b>"),
    ],
)
def test_how_a_pupil_moved(before, moved_on, words):
    assert MovedPupil(Standing(moved_on=moved_on), before, "Watch").words == words
