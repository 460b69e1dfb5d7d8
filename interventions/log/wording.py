"""What the pages of the log say, by the state that they tell of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from absence.rules.effects import Effect
from interventions.models import Intervention
from registers.rules.allowed_codes import day_in_words
from registers.rules.calendar import sunday_of
from registers.rules.wording import many

TOO_EARLY = "Too early to say."
VERDICTS = {
    "as many": "As much missed as before.",
    "fewer": mark_safe('<span class="move move-better">Less missed since.</span>'),
    "more": mark_safe('<span class="move move-worse">More missed since.</span>'),
}
OpenStep = tuple[int, str, date]  # of whom, by id and name, and the day on which it is due


def verdict(effect: Effect) -> str | SafeString:
    """What came after an action, in a sentence."""
    return TOO_EARLY if effect.is_early else VERDICTS.get(effect.direction, VERDICTS["more"])


def both_sides(effect: Effect) -> str:
    """Which days an effect is measured in."""
    same = "The same number of school days on both sides"
    if effect.before_from is None or effect.after_until is None:
        return f"{same}, without the day itself."
    days = f"{short_day(effect.before_from)} to {short_day(effect.after_until)}"
    return f"{same}, {days}, without the day itself."


def when(note: Intervention) -> SafeString:
    """The day, with whom, and that an action is sensitive."""
    return format_html_join("", "{}", ((part,) for part in _when(note)))


def _when(note: Intervention) -> Iterator[str]:
    yield day_in_words(note.done_on)
    if note.with_whom:
        yield format_html(', with <bdi class="long-words">{}</bdi>', note.with_whom)
    if note.is_sensitive:
        yield SafeString(' <span class="tag tag-warn">Sensitive</span>')


def short_day(on: date | datetime) -> str:
    """9 Nov"""
    day = timezone.localtime(on).date() if isinstance(on, datetime) else on
    return f"{day.day} {day:%b}"


def short_day_year(on: date | datetime) -> str:
    """9 Nov 2026"""
    day = timezone.localtime(on).date() if isinstance(on, datetime) else on
    return f"{short_day(day)} {day:%Y}"


def who_wrote(note: Intervention) -> SafeString:
    """Who wrote an action down and when, and who changed it last."""
    return format_html(
        "Written down by <bdi>{}</bdi> on {}{}",
        note.made_by or "Rollbook",
        short_day_year(note.made_at),
        _who_changed(note),
    )


def _who_changed(note: Intervention) -> str | SafeString:
    if note.changed_at is None:
        return ""
    at = f"{timezone.localtime(note.changed_at):%H:%M}"
    on = short_day_year(note.changed_at)
    return format_html("; changed by <bdi>{}</bdi> on {} at {}", note.changed_by, on, at)


# --- next steps


@dataclass(frozen=True, slots=True)
class StepsSummary:
    """How many next steps are open, and how many of them overdue, due this week, one's own."""

    all: int
    mine: int
    overdue: int
    this_week: int
    mine_overdue: int

    @property
    def lede(self) -> str | SafeString:
        if not self.all:
            return "Nothing waits: no next step is open."
        if not self.overdue:
            return format_html(
                "Nothing is overdue. <strong>{}</strong> of {} {} due this week.",
                self.this_week,
                many(self.all, "open step"),
                _are(self.this_week),
            )
        mine = f", {self.mine_overdue} of them yours" if self.mine_overdue else ""
        return format_html(
            "<strong>{} of {}</strong> {} overdue{}; {} due this week.",
            self.overdue,
            many(self.all, "next step"),
            _are(self.overdue),
            mine,
            self.this_week,
        )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def summary_of(steps: Sequence[OpenStep], *, mine: int, today: date) -> StepsSummary:
    """Of everybody's open steps; `mine` is the id of whoever looks. This week ends on Sunday."""
    sunday = sunday_of(today)
    overdue = [owner for owner, _, on in steps if on < today]
    return StepsSummary(
        all=len(steps),
        mine=[owner for owner, _, _ in steps].count(mine),
        overdue=len(overdue),
        this_week=sum(today <= on <= sunday for _, _, on in steps),
        mine_overdue=overdue.count(mine),
    )
