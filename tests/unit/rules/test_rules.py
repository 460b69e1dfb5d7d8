import sys
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import example as such_as
from hypothesis import given
from hypothesis import strategies as st

from registers.rules.allowed_codes import (
    PupilFacts,
    SessionFacts,
    age_against,
    compulsory_school_age,
    paper_needed,
    session_in_words,
    why_not,
)
from registers.rules.codes import CODES, Half
from tests.unit.worked_examples import Example, as_date, examples, name

DAY = timedelta(days=1)
PUPIL = PupilFacts(date(2014, 5, 1), date(2023, 9, 1), None)
MORNING = SessionFacts(date(2025, 9, 2), Half.AM, True)
TODAY = date(2025, 10, 1)


@pytest.mark.parametrize("example", examples("on-roll", "May this code stand?"), ids=name)
def test_a_code_may_stand_as_the_page_says(example: Example):
    pupil = PupilFacts(*(as_date(example[column]) for column in ("Born", "From", "Until")))
    session = SessionFacts(
        as_date(example["Day"]), Half[example["Session"]], example["Due"] == "yes"
    )
    answer = why_not(example["Code"], pupil=pupil, session=session, today=as_date(example["Today"]))
    if example["May it stand?"] == "yes":
        assert answer is None
    else:
        assert example["May it stand?"] in (answer or "yes")


FORMER = date(2024, 8, 18)


def plainly_allowed(symbol: str, pupil: PupilFacts, session: SessionFacts, today: date) -> bool:
    """The hard rules once more, one after the other, from the lists of the regulations."""
    on = session.date
    if symbol in "J H Y".split() and on > FORMER:
        return False
    if symbol in "C1 J1 C2 K Q Y1 Y2 Y3 Y4 Y5 Y6 Y7".split() and on <= FORMER:
        return False
    if symbol == "F" and on.year >= 2014:
        return False
    if (symbol, session.half) in (("/", Half.PM), ("\\", Half.AM)):
        return False
    first_of_age, last_of_age = compulsory_school_age(pupil.born_on)
    if symbol == "X" and first_of_age <= on <= last_of_age:
        return False
    last = pupil.leaves_on or date.max
    return session.held and pupil.starts_on <= on <= min(last, today)


days = st.dates(date(2022, 9, 1), date(2026, 12, 31))


@given(
    symbol=st.sampled_from(sorted(CODES)),
    born_on=st.dates(date(2003, 1, 1), date(2022, 12, 31)),
    starts_on=days,
    leaves_on=st.none() | days,
    on=days,
    half=st.sampled_from(Half),
    held=st.booleans(),
    today=days,
)
@such_as("I", date(2014, 5, 1), *[date(2025, 9, 2)] * 3, Half.AM, True, date(2025, 9, 2))
@such_as("H", date(2014, 5, 1), date(2023, 9, 1), None, FORMER, Half.PM, True, FORMER)
@such_as("K", date(2014, 5, 1), date(2023, 9, 1), None, FORMER + DAY, Half.PM, True, FORMER + DAY)
def test_a_code_stands_exactly_when_no_hard_rule_forbids_it(
    symbol, born_on, starts_on, leaves_on, on, half, held, today
):
    pupil, session = PupilFacts(born_on, starts_on, leaves_on), SessionFacts(on, half, held)
    answer = why_not(symbol, pupil=pupil, session=session, today=today)
    assert (answer is None) is plainly_allowed(symbol, pupil, session, today)
    if answer is not None:
        assert f"{symbol} ({CODES[symbol].meaning})" in answer
        assert session_in_words(on, half) in answer
        assert answer.count(". ") == 1, "what is wrong, then the way out"
        assert answer.endswith(".")
        assert len(answer) < 330  # X of a former year is the longest: two days and two codes


@given(st.text(max_size=30).filter(lambda text: text not in CODES))
@such_as("")
@such_as(" I")
@such_as("c2")
@such_as("//")
@such_as("-")
def test_what_is_no_code_is_refused_in_words(text):
    answer = why_not(text, pupil=PUPIL, session=MORNING, today=TODAY)
    assert answer is not None
    assert answer.endswith(".")


def test_a_session_is_named_as_people_say_it():
    assert session_in_words(date(2025, 9, 2), Half.AM) == "Tuesday 2 September 2025, morning"
    assert session_in_words(date(2025, 9, 2), Half.PM) == "Tuesday 2 September 2025, afternoon"


@pytest.mark.parametrize("example", examples("codes-and-counting", "Papers"), ids=name)
def test_papers_are_as_the_page_says(example: Example):
    assert paper_needed(example["Code"]) == (example["Paper"] or None)


def test_the_page_names_every_code_that_needs_a_paper():
    told = {row["Code"] for row in examples("codes-and-counting", "Papers") if row["Paper"]}
    assert told == {symbol for symbol in CODES if paper_needed(symbol)}
    assert paper_needed("no such code") is None


def test_a_code_that_needs_a_paper_may_stand_without_it():
    for symbol in ("C2", "K", "B", "Y7", "#"):
        assert why_not(symbol, pupil=PUPIL, session=MORNING, today=TODAY) is None


@pytest.mark.parametrize(
    "example", examples("compulsory-school-age", "First and last day"), ids=name
)
def test_compulsory_school_age_is_as_the_page_says(example: Example):
    first_and_last = as_date(example["First day"]), as_date(example["Last day"])
    assert compulsory_school_age(as_date(example["Born"])) == first_and_last


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_compulsory_school_age_by_walking_the_calendar(born_on):
    first, last = compulsory_school_age(born_on)
    day = max(date(born_on.year + 5, born_on.month, 1), date(born_on.year + 5, 1, 2))
    while (day.year - born_on.year, day.month, day.day) <= (5, born_on.month, born_on.day) or (
        day.month,
        day.day,
    ) not in ((1, 1), (4, 1), (9, 1)):
        day += DAY
    assert first == day
    assert (last.month, last.weekday()) == (6, 4)
    assert (last + 7 * DAY).month == 7
    sixteen = (born_on.year + 16, born_on.month)
    assert (last.year - 1, 9) <= sixteen <= (last.year, 8)


def test_the_first_days_of_terms_are_a_parameter():
    born_on = date(2021, 3, 10)
    assert compulsory_school_age(born_on)[0] == date(2026, 4, 1)
    assert compulsory_school_age(born_on, ((1, 5), (4, 20), (9, 3)))[0] == date(2026, 4, 20)


FIRST, LAST = date(2019, 9, 1), date(2030, 6, 28)  # of PUPIL's compulsory school age


@pytest.mark.parametrize(
    ("code", "first", "last", "may_stand"),
    [
        ("C2", FIRST, FIRST, True),
        ("C2", FIRST - DAY, FIRST - DAY, False),
        ("C2", LAST, LAST, True),
        ("C2", LAST + DAY, LAST + DAY, False),
        ("C2", LAST, LAST + DAY, False),
        ("X", FIRST, FIRST, False),
        ("X", FIRST - DAY, FIRST - DAY, True),
        ("X", LAST, LAST, False),
        ("X", LAST + DAY, LAST + DAY, True),
        ("X", LAST, LAST + DAY, False),
        ("C1", LAST + DAY, LAST + DAY, True),
        ("I", LAST + DAY, LAST + DAY, True),
    ],
)
def test_what_the_age_forbids_on_its_first_and_last_day(code, first, last, may_stand):
    assert age_against(code, PUPIL.born_on, first, last) == (None if may_stand else (FIRST, LAST))
    assert age_against(code, None, first, last) is None
    if first == last and first >= date(2024, 8, 19):
        pupil = PupilFacts(PUPIL.born_on, first, None)
        session = SessionFacts(first, Half.AM, True)
        why = why_not(code, pupil=pupil, session=session, today=first)
        assert (why is None) is may_stand


@pytest.mark.parametrize("day", [date(2020, 3, 23), date(2022, 4, 30)])
def test_x_stood_for_the_pandemic_and_not_a_day_longer(day):
    pupil = PupilFacts(date(2010, 5, 1), date(2018, 9, 1), None)
    ask = partial(why_not, "X", pupil=pupil, today=TODAY)
    outside = day - DAY if day.year == 2020 else day + DAY
    assert ask(session=SessionFacts(day, Half.AM, True)) is None
    assert "compulsory school age" in ask(session=SessionFacts(outside, Half.AM, True))


def test_a_mark_that_may_stand_is_answered_in_a_few_steps():
    """An import asks 700,000 times: so few calls, and none that looks through all the codes."""
    calls = []
    sys.setprofile(lambda frame, event, called: calls.append(event))
    try:
        why_not("/", pupil=PUPIL, session=MORNING, today=TODAY)
    finally:
        sys.setprofile(None)
    assert sum(event in ("call", "c_call") for event in calls) <= 12
