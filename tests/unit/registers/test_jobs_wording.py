"""What the page of long work says in each state, and what stands in a tag by a state."""

import pytest

from registers.models import Job
from registers.web.attributes import attributes, classes
from registers.web.jobs import wording


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"state": "queued"}, '<p role="status">Waits for a worker.</p>'),
        ({"state": "running"}, '<p role="status">At work.</p>'),
        (
            {"state": "running", "said": "Drawing 7B.", "done": 3, "total": 1200},
            '<p role="status">Drawing 7B. 3 of 1,200.</p>',
        ),
        (
            {"state": "done", "said": "12 <pupils>."},
            '<div class="alert alert-success" role="status"><strong>Done.</strong> '
            "12 &lt;pupils&gt;.</div>",
        ),
        (
            {"state": "failed", "said": "No session."},
            '<div class="alert alert-danger" role="alert"><strong>It did not work.</strong> '
            "No session.</div>",
        ),
    ],
)
def test_how_a_job_stands(known, said):
    assert wording.job_standing(Job(**known)) == said


def test_every_state_of_a_job_has_a_sentence():
    assert wording.STANDINGS.keys() == set(Job.State)


def test_a_bar_is_full_by_numbers_and_moves_without_them():
    assert wording.bar_attributes(Job(done=3, total=12)) == ' value="3" max="12"'
    assert wording.bar_attributes(Job()) == ""


@pytest.mark.parametrize(("state", "moves"), [("queued", True), ("running", True), ("done", False)])
def test_a_job_that_is_over_asks_no_more(state, moves):
    drawn = wording.moving_attributes(Job(state=state), "/job/")
    assert drawn.startswith(' id="job"')
    assert ("hx-get" in drawn) is moves


def test_attributes_stand_in_order_and_are_escaped():
    values = {"class": "a", "open": True, "title": '"b"', "hidden": False, "aria-sort": None}
    assert attributes(values) == ' class="a" open title="&quot;b&quot;"'


def test_classes_are_those_whose_state_is_so():
    assert classes("field", "", has_error=True, is_over=False) == "field has-error"
