"""What the first page says of a school, in a sentence above and beside each way on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.utils import timezone

from attendance_site.pages.at_school import AtSchool
from interventions.models import Night
from registers.rules.allowed_codes import day_in_words
from registers.rules.wording import many

NIGHTS = {
    Night.State.DONE: "Last night is done",
    Night.State.FAILED: "Last night failed",
    Night.State.RUNNING: "A night is running",
}
WAITING: tuple[tuple[Callable[[AtSchool], int], str, str], ...] = (
    (attrgetter("steps.overdue"), "next step is overdue", "next steps are overdue"),
    (
        attrgetter("held_marks"),
        "mark that came in late waits for you",
        "marks that came in late wait for you",
    ),
    (attrgetter("waiting"), "letter waits for a yes", "letters wait for a yes"),
)
SET_UP_IS_OPEN = "The set-up of your school is not finished."
SET_UP_IS_TO_BEGIN = "Your school is not set up yet."


@dataclass(frozen=True, slots=True)
class Opening:
    """The answer in a sentence: what waits is read first."""

    begins: str = ""
    waits: Sequence[str] = ()
    ends: str = ""


def opening(schools: Sequence[AtSchool]) -> Opening:
    """For whoever has one school, several or none."""
    if not schools:
        return Opening("No school has given you a role yet.")
    if len(schools) == 1:
        (at,) = schools
        return Opening(waits=list(_waits(at)), ends=_ends(at))
    begins = f"You work for {len(schools)} schools."
    names = ", ".join(at.school.name for at in schools if at.waits)
    if not names:
        return Opening(begins, ends="Nothing waits for you.")
    return Opening(begins, [f"Something waits for you at {names}."])


def _waits(at: AtSchool) -> Iterator[str]:
    for number_of, one, more in WAITING:
        if number := number_of(at):
            yield f"{many(number, one, more)}."
    if at.problems:
        yield f"Last night left {many(at.problems, 'problem')}."
    if at.is_to_be_set_up:
        began = at.school.last_met_on is not None
        yield SET_UP_IS_OPEN if began else SET_UP_IS_TO_BEGIN


def _ends(at: AtSchool) -> str:
    met = at.school.last_met_on
    ends = "The school has not met yet."
    if met:
        ends = f"The school last met on {met:%A} {met.day} {met:%B}."
    return ends if at.waits else f"Nothing waits for you. {ends}"


# --- what stands beside each way on: what it is, and why one goes there


def says_next_steps(at: AtSchool) -> tuple[str, str]:
    steps = at.steps
    if steps.overdue:
        what = f"{many(steps.overdue, 'next step is', 'next steps are')} overdue"
        return what, f"{steps.mine_overdue} of them yours; {steps.due_this_week} due this week."
    if steps.due_this_week:
        return (
            f"{many(steps.due_this_week, 'next step is', 'next steps are')} due this week",
            "Nothing is overdue.",
        )
    return "No next step is due", "What was agreed for pupils, by whom and until when."


def says_letters(at: AtSchool) -> tuple[str, str]:
    if not at.waiting:
        return "No letter waits", "New ones are proposed each night, after the figures."
    waits = many(at.waiting, "letter waits", "letters wait")
    return f"{waits} for a yes", "Each with its PDF, as it will be sent."


def says_held(at: AtSchool) -> tuple[str, str]:
    came = many(at.held_marks, "mark came in late", "marks came in late")
    return came, "Made on a device, and in no register until the office accepts them."


def says_night(at: AtSchool) -> tuple[str, str]:
    night = at.night
    if night is None:
        return "No night has run yet", "Each night checks the marks and proposes letters."
    what = NIGHTS[Night.State(night.state)]
    when = f"{timezone.localtime(night.started_at):%A %-d %B, %H:%M}. "
    if at.problems:
        return what, f"{when}{many(at.problems, 'problem')} to look at."
    moved = many(night.standings_moved, "pupil")
    return what, f"{when}{moved} moved, {many(night.letters_proposed, 'letter')} proposed."


def says_pupils(at: AtSchool) -> tuple[str, str]:
    met = at.school.last_met_on
    why = f"Figures to {day_in_words(met)}." if met else "Figures begin with the first session."
    return "Pupils and how much they missed", why


def says_set_up(at: AtSchool) -> tuple[str, str]:
    if at.school.set_up_at is None:
        return "Set your school up", "Step by step; you can stop and come back at any time."
    return "Set-up", "School, calendar, groups, staff, imports."


def always(what: str, why: str) -> Callable[[AtSchool], tuple[str, str]]:
    return lambda at: (what, why)
