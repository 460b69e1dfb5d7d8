"""The gallery of components: every part with every state it can be in."""

import pytest
from django.conf import settings
from django.urls import reverse

from attendance_site.pages import gallery
from interventions.letters.queue import COPY_STATES, LETTER_STATES
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_states import CopyState, LetterState
from registers.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client) -> str:
    client.force_login(factories.UserFactory())  # somebody without a school sees it too
    response = client.get(reverse("components"))
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_every_state_of_letters_and_copies_is_there(shown):
    assert LETTER_STATES.keys() == {state.value for state in LetterState}
    assert COPY_STATES.keys() == {state.value for state in CopyState}
    for said in (*LETTER_STATES.values(), *COPY_STATES.values()):
        assert f">{said[0]}</span>" in shown


def test_every_state_of_long_work_is_there_and_none_of_it_asks_again(shown):
    assert {job.state for job in gallery.jobs()} == set(Job.State.values)
    for words in ("Waits for a worker.", "7 of 12", "Done.", "Open pack.pdf", "It did not work."):
        assert words in shown
    assert "every 1s" not in shown


@pytest.mark.parametrize(
    "words",
    [
        "I, Illness, amended",
        "planned",
        "not marked",
        "still to come",
        "3 days overdue",
        "Tomorrow",
        "C2 on",
        "Less missed since.",
        "Too early to say.",
        "Persistent, over 15%",
        "Snow",
        ">More</summary>",
        "2 next steps are overdue",
    ],
)
def test_it_has_the_part(shown, words):
    assert words in shown


@pytest.mark.parametrize("name", gallery.pictures())
def test_every_chart_says_what_it_finds_or_is_for_the_eye_alone(name):
    drawn = gallery.pictures()[name]
    assert "<title>" in drawn or 'aria-hidden="true"' in drawn


@pytest.mark.parametrize("size", [size for size, _ in gallery.SIZES if size])
def test_every_size_of_a_cell_is_drawn_by_the_style_sheet(size):
    """Its class is put together by the tag, so that no template has it in full."""
    css = (settings.BASE_DIR / "static/css/parts/session-cell.css").read_text()
    assert f".session-cell-{size} {{" in css


def test_it_reads_and_writes_nothing_of_a_school(shown):
    assert not Job.objects.exists()
    assert not Letter.objects.exists()
    assert not LetterCopy.objects.exists()
