"""What the first page, the finder and an invitation say, state by state."""

from datetime import UTC, date, datetime

import pytest

from attendance_site.accounts.wording import lede_of
from attendance_site.find import wording as find_wording
from attendance_site.find.queries import ResultKind, SearchResult, SearchResults
from attendance_site.pages.at_school import AtSchool, Task
from attendance_site.pages.wording import Opening, opening, says_night
from interventions.log.next_steps import StepCounts
from interventions.models import Night
from registers.models import Appointment, Invitation, School

MET = date(2026, 11, 24)
SET_UP = Task("Set your school up", "", "Open", "/", is_set_up=True)
NIGHT = Night(
    state=Night.State.DONE,
    started_at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
    standings_moved=1,
    letters_proposed=3,
)
HAS_MET = "The school last met on Tuesday 24 November."


def at_school(name="Ellerwick School", *, met=MET, set_up=MET, **waiting) -> AtSchool:
    school = School(name=name, set_up_at=set_up)
    school.last_met_on = met
    return AtSchool(school, [], **waiting)


@pytest.mark.parametrize(
    ("at", "waits", "ends"),
    [
        ({}, [], f"Nothing waits for you. {HAS_MET}"),
        ({"met": None}, [], "Nothing waits for you. The school has not met yet."),
        ({"steps": StepCounts(1, 5, 0)}, ["1 next step is overdue."], HAS_MET),
        ({"steps": StepCounts(2, 0, 0)}, ["2 next steps are overdue."], HAS_MET),
        ({"steps": StepCounts(0, 5, 0)}, [], f"Nothing waits for you. {HAS_MET}"),
        ({"held_marks": 1}, ["1 mark that came in late waits for you."], HAS_MET),
        ({"held_marks": 4}, ["4 marks that came in late wait for you."], HAS_MET),
        ({"waiting": 1}, ["1 letter waits for a yes."], HAS_MET),
        ({"waiting": 2}, ["2 letters wait for a yes."], HAS_MET),
        ({"night": Night(problems=["one", "two"])}, ["Last night left 2 problems."], HAS_MET),
        (
            {"set_up": None, "tasks": [SET_UP]},
            ["The set-up of your school is not finished."],
            HAS_MET,
        ),
        (
            {"set_up": None, "tasks": [SET_UP], "met": None},
            ["Your school is not set up yet."],
            "The school has not met yet.",
        ),
        ({"set_up": None}, [], f"Nothing waits for you. {HAS_MET}"),  # another sets it up
    ],
)
def test_the_opening_of_one_school_says_what_waits_and_when_it_met(at, waits, ends):
    assert opening([at_school(**at)]) == Opening("", waits, ends)


@pytest.mark.parametrize(
    ("schools", "words"),
    [
        ([], Opening("No school has given you a role yet.")),
        (
            [at_school("A"), at_school("B")],
            Opening("You work for 2 schools.", ends="Nothing waits for you."),
        ),
        (
            [at_school("A", waiting=1), at_school("B"), at_school("C", held_marks=1)],
            Opening("You work for 3 schools.", ["Something waits for you at A, C."]),
        ),
    ],
)
def test_the_opening_of_several_schools_names_those_where_something_waits(schools, words):
    assert opening(schools) == words


@pytest.mark.parametrize(
    ("state", "problems", "what", "why"),
    [
        ("done", [], "Last night is done", "1 pupil moved, 3 letters proposed."),
        ("done", ["one"], "Last night is done", "1 problem to look at."),
        ("failed", ["one"], "Last night failed", "1 problem to look at."),
        ("running", [], "A night is running", "1 pupil moved, 3 letters proposed."),
    ],
)
def test_a_night_is_told_by_its_state_and_its_problems(state, problems, what, why):
    NIGHT.state, NIGHT.problems = state, problems
    assert says_night(at_school(night=NIGHT)) == (what, f"Wednesday 25 November, 02:00. {why}")


ONE = ResultKind("Pupils", [SearchResult("Amira Haddad", "/")], more=3)


@pytest.mark.parametrize(
    ("results", "said", "lede"),
    [
        (SearchResults("", is_too_short=True), "Nothing is found", find_wording.WHAT_TO_TYPE),
        (
            SearchResults("a", is_too_short=True),
            "Nothing is found",
            "Two letters, or more, of a name.",
        ),
        (
            SearchResults("<b>"),
            "Nothing is found",
            "Nothing that you may open has “<bdi>&lt;b&gt;</bdi>” in its name. "
            "Fewer letters find more.",
        ),
        (
            SearchResults("had", [ONE]),
            "1 result",
            "<strong>1 result</strong> for “<bdi>had</bdi>”.",
        ),
        (
            SearchResults("had", [ONE, ONE]),
            "2 results",
            "<strong>2 results</strong> for “<bdi>had</bdi>”.",
        ),
    ],
)
def test_what_is_found_is_told_by_its_number_or_by_what_to_try(results, said, lede):
    assert (find_wording.said(results), find_wording.lede(results)) == (said, lede)


def test_an_invitation_says_what_the_account_will_be():
    invited = Invitation(school=School(), role=Appointment.Role.OFFICE)
    assert lede_of(invited) == "Make your account as office."
    invited.position = "Attendance Officer"
    assert lede_of(invited) == "Make your account as attendance officer."
    assert lede_of(Invitation(role="administrator")).startswith("You are the first here.")
