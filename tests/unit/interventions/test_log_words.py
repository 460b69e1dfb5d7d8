"""What the pages of the log say, by the state that they tell of."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from absence.rules.effects import Effect
from interventions.log import wording
from interventions.models import Intervention
from registers.models.school.staff import User
from registers.rules.tally import NOTHING, Tally

TODAY = date(2025, 9, 17)  # a Wednesday
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("days", "before", "after", "words"),
    [
        (4, 4, 2, "Too early to say."),
        (20, 4, 4, "As much missed as before."),
        (20, 4, 2, '<span class="move move-better">Less missed since.</span>'),
        (20, 2, 4, '<span class="move move-worse">More missed since.</span>'),
    ],
)
def test_what_came_after_an_action(days, before, after, words):
    effect = Effect(days, Tally(40 - before, before, 0), Tally(40 - after, after, 0))
    assert wording.verdict(effect) == words


@pytest.mark.parametrize(
    ("changed", "author", "words"),
    [
        (None, User(name="A Ray"), "Written down by <bdi>A Ray</bdi> on 9 Sep 2025"),
        (None, None, "Written down by <bdi>Rollbook</bdi> on 9 Sep 2025"),
        (
            datetime(2025, 9, 10, 14, 5, tzinfo=LONDON),
            User(name="A Ray"),
            "Written down by <bdi>A Ray</bdi> on 9 Sep 2025; changed by <bdi>B Ito</bdi> on "
            "10 Sep 2025 at 14:05",
        ),
    ],
)
def test_who_wrote_an_action_down_and_who_changed_it(changed, author, words):
    note = Intervention(
        made_by=author,
        made_at=datetime(2025, 9, 9, 9, 0, tzinfo=LONDON),
        changed_at=changed,
        changed_by=User(name="B Ito") if changed else None,
    )
    assert wording.who_wrote(note) == words


MINE, OTHERS = 1, 2


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Nothing waits: no next step is open."),
        (
            [(OTHERS, 21)],
            "Nothing is overdue. <strong>1</strong> of 1 open step is due this week.",
        ),
        (
            [(OTHERS, 17), (MINE, 18), (MINE, 22)],
            "Nothing is overdue. <strong>2</strong> of 3 open steps are due this week.",
        ),
        (
            [(OTHERS, 16), (OTHERS, 17)],
            "<strong>1 of 2 next steps</strong> is overdue; 1 due this week.",
        ),
        (
            [(MINE, 15), (OTHERS, 16), (OTHERS, 30)],
            "<strong>2 of 3 next steps</strong> are overdue, 1 of them yours; 0 due this week.",
        ),
    ],
)
def test_the_list_of_next_steps_begins_with_what_is_overdue(steps, words):
    open_steps = [(owner, "", date(2025, 9, day)) for owner, day in steps]
    assert wording.summary_of(open_steps, mine=MINE, today=TODAY).lede == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Monday 9 November 2026"),
        ({"with_whom": "Ms Chen"}, "2026, with <bdi"),
        ({"is_sensitive": True}, "Sensitive</span>"),
    ],
)
def test_when_and_with_whom(fields, words):
    assert words in wording.when(Intervention(done_on=date(2026, 11, 9), **fields))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "both sides, without"),
        (date(2026, 10, 12), date(2026, 11, 27), "both sides, 12 Oct to 27 Nov, without"),
    ],
)
def test_the_days_on_both_sides(first, last, words):
    effect = Effect(10, NOTHING, NOTHING, before_from=first, after_until=last)
    assert words in wording.both_sides(effect)
