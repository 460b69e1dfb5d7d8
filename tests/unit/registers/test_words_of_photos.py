"""What a zip of photos has brought, in words."""

import pytest

from registers.models import Job
from registers.photos.wording import photos_said


@pytest.mark.parametrize(
    ("state", "answer", "said"),
    [
        ("running", {}, "You can leave this page and come back; the work goes on."),
        ("failed", {}, "Not every picture was read. What is kept is whole;"),
        ("done", {"new": 1}, "1 photo is kept."),
        ("done", {"new": 2, "same": 1}, "2 photos are kept, 1 was there already."),
        ("done", {"new": 0, "left_out": 7}, "0 photos are kept; 7 files were left out."),
        (
            "done",
            {"new": 1200, "same": 2, "left_out": 1},
            "1,200 photos are kept, 2 were there already; 1 file was left out.",
        ),
    ],
)
def test_what_came_of_the_photos_is_one_sentence(state, answer, said):
    told = photos_said(Job(state=state, answer=answer))
    assert f"{told.lead}{told.rest}".startswith(said)
