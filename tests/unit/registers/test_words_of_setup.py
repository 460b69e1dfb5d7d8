"""The set-up of a school in words: academic years, changes of one, staff, the guide."""

from datetime import UTC, date, datetime

import pytest

from registers.models import AcademicYear, Appointment, Invitation, School, User
from registers.rules.codes import Half
from registers.setup.calendar.wording import (
    ClosedLine,
    YearLine,
    change_in_words,
    lede_of_calendar,
    lede_of_year,
    when_of,
)
from registers.setup.calendar.year_plan import ClosedStretch, Length, YearChange
from registers.setup.school.guide import SetUpStep, guide_lines, lede_of_guide
from registers.setup.staff.lists import InvitationLine, StaffLine

YEAR = AcademicYear(name="2025/26", starts_on=date(2025, 9, 1), ends_on=date(2026, 7, 20))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2025, 8, 31), "to come"),
        (date(2025, 9, 1), "this year"),
        (date(2026, 7, 20), "this year"),
        (date(2026, 7, 21), "over"),
    ],
)
def test_a_year_is_to_come_now_or_over(today, said):
    assert when_of(YEAR, today) == said


@pytest.mark.parametrize(
    ("planned", "too_few", "enough"),
    [(370, "10 fewer", ""), (380, "", "exactly as expected"), (385, "", "5 more")],
)
def test_a_year_stands_against_what_is_expected(planned, too_few, enough):
    line = YearLine(YEAR, Length(planned, 380), is_now=True, when="this year")
    assert (line.too_few, line.at_least_as_expected) == (too_few, enough)


@pytest.mark.parametrize(
    ("last", "half", "what", "when"),
    [
        (date(2025, 9, 1), None, "INSET day", "Mon 1 Sep 2025"),
        (date(2025, 9, 2), None, "INSET day", "Mon 1 Sep 2025 to Tue 2 Sep 2025"),
        (date(2025, 9, 1), Half.PM, "INSET day, afternoon only", "Mon 1 Sep 2025"),
    ],
)
def test_closed_days_say_what_and_when(last, half, what, when):
    line = ClosedLine(ClosedStretch(date(2025, 9, 1), last, "inset", "", half), 1)
    assert (line.what, line.when) == (what, when)


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"found": object()}, "Below is the year as you typed it. Nothing is saved yet."),
        ({"copied": YEAR, "errors": []}, "These are the days of 2025/26, 52 weeks on. Put your"),
        ({"copied": YEAR, "errors": ["one"]}, "Write down the half terms"),
        ({"copied": None, "errors": []}, "Write down the half terms"),
    ],
)
def test_a_year_says_first_what_is_to_be_done(context, said):
    assert str(lede_of_year(context)).startswith(said)


def test_without_a_year_the_calendar_says_why_it_matters():
    assert str(lede_of_calendar(None)).startswith("No academic year is planned yet. Registers,")


KEY = (date(2025, 9, 1), Half.AM)


@pytest.mark.parametrize(
    ("change", "heading", "save"),
    [
        (
            YearChange((), (KEY,), {KEY: "20 marks"}, 0, 380),
            "This cannot be saved yet",
            "Save 2025/26",
        ),
        (YearChange((), (), {}, 0, 380), "Nothing would change", "Go back to the calendar"),
        (YearChange((KEY,), (), {}, 2, 380), "Look before it is saved", "Save 2025/26"),
    ],
)
def test_a_change_says_whether_it_can_be_saved(change, heading, save):
    words = change_in_words(change, "2025/26", date(2025, 9, 1))
    assert (words["change_heading"], words["save_label"]) == (heading, save)
    assert bool(words["at_weekends"]) is bool(change.at_weekends)
    assert words["added"].startswith(f"{len(change.added)}")


STEP = SetUpStep("a", "The calendar", "/", done=True, said="")


@pytest.mark.parametrize(
    ("is_finished", "is_done", "said"),
    [
        (True, True, "The set-up is finished; every step"),
        (False, False, "1 of 2 steps are done. Next: Pupils."),
        (False, True, "All 2 steps are done. Say that"),
    ],
)
def test_the_guide_says_how_far_the_set_up_is(is_finished, is_done, said):
    school = School(set_up_at=datetime(2026, 1, 1, tzinfo=UTC) if is_finished else None)
    steps = [STEP, SetUpStep("b", "Pupils", "/", done=is_done, said="")]
    assert str(lede_of_guide(school, steps)).startswith(said)


@pytest.mark.parametrize(
    ("role", "has_it", "said", "css"),
    [
        ("teacher", True, "on", ""),
        ("teacher", False, "off", "muted"),
        ("safeguarding_lead", False, "asked for at sign-in", "tag tag-warn"),
    ],
)
def test_how_somebody_signs_in(role, has_it, said, css):
    factor = StaffLine(Appointment(role=role, user=User()), has_it).second_factor
    assert (factor.words, factor.css) == (said, css)


@pytest.mark.parametrize(("position", "shown"), [("Teacher", ""), ("Head of Year 9",) * 2])
def test_a_position_is_told_where_it_says_more_than_the_role(position, shown):
    held = Appointment(role="teacher", position=position, user=User())
    assert StaffLine(held, has_second_factor=False).position == shown


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 1, 8, 9, tzinfo=UTC), "; good until 8 January, 10:00"),
        (datetime(2026, 1, 8, 11, tzinfo=UTC), ""),
    ],
)
def test_an_invitation_is_good_until_it_expires(now, said):
    expires = datetime(2026, 1, 8, 10, tzinfo=UTC)
    line = InvitationLine(Invitation(expires_at=expires, email="a@example.org"), now)
    assert (line.good_until, line.is_expired, line.reached_at) == (
        said,
        not said,
        "a@example.org. ",
    )


def test_the_guide_draws_what_is_done_what_is_next_and_what_comes_later():
    steps = [SetUpStep(key, key, f"/{key}/", key == "school", "") for key in ("school", "a", "b")]
    lines = guide_lines(steps)
    assert [line.sign for line in lines] == ["✓", "2", "3"]
    assert [line.attrs for line in lines] == [
        ' class="is-done"',
        ' aria-current="step" class="is-next"',
        ' class=""',
    ]


def test_a_step_names_what_else_belongs_to_it():
    step = SetUpStep("a", "A", "/a/", False, "", links=(("Closures", "/c/"), ("photos", "/p/")))
    (line,) = guide_lines([step])
    assert line.links == '<a href="/c/">Closures</a>, <a href="/p/">photos</a>'
