"""Attendance week by week, this year beside the last: the chart and the lines of its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from django.utils.safestring import mark_safe

from absence.charts import svg
from absence.figures.calendar import YearToDate
from absence.figures.weeks import school_by_week
from absence.rules.national import National
from registers.models import School
from registers.rules.tally import NOTHING, Tally


@dataclass(frozen=True, slots=True)
class Week:
    """A line of the table behind the chart; None where nothing is known of the week."""

    number: int
    monday: date
    now: Tally | None
    before: Tally | None

    @property
    def is_known(self) -> bool:
        return self.now is not None or self.before is not None


@dataclass(frozen=True, slots=True)
class Trend:
    """Complete weeks, and their chart; without a chart before the first is over."""

    weeks: Sequence[Week] = ()
    chart: str = ""


def trend_of(school: School, calendar: YearToDate, england: National) -> Trend:
    """Weeks side by side by their number in the year; one statement."""
    year, before = calendar.year, calendar.before
    past = before.weeks if before else []
    first = past[0] if past else year.starts_on - timedelta(days=7)
    sums = school_by_week(school.pk, first, calendar.as_at)
    weeks = side_by_side(year.weeks, year.weeks_over_by(calendar.as_at), past, sums)
    latest = next((week for week in reversed(weeks) if _possible(week.now)), None)
    if latest is None:
        return Trend()
    drawn = mark_safe(_chart(weeks, latest, calendar, england))  # noqa: S308 (escaped there)
    return Trend([week for week in weeks if week.is_known], drawn)


def side_by_side(
    weeks: Sequence[date], over: Sequence[date], past: Sequence[date], sums: Mapping[date, Tally]
) -> list[Week]:
    """This year's weeks, of which `over` are complete, beside last year's of the same number."""
    return [
        Week(number, monday or before, sums.get(complete), sums.get(before))
        for number, (monday, complete, before) in enumerate(zip_longest(weeks, over, past), start=1)
    ]


def _possible(tally: Tally | None) -> int:
    return (tally or NOTHING).possible


def _chart(weeks: Sequence[Week], latest: Week, calendar: YearToDate, england: National) -> str:
    """This year's line, last year's where there is one, and the country's."""
    label = f"{(latest.now or NOTHING).attendance_rate}% in week {latest.number}"
    flat = [float(england.attendance)] * len(weeks)
    lines = [
        svg.ChartLine(label, _rates([week.now for week in weeks])),
        *_last_year(weeks, calendar),
        svg.ChartLine(f"England {england.when}", flat, "line-3"),
    ]
    title = f"Attendance week by week: {label}{_that_week(latest, calendar)}"
    return svg.trend(lines, places=len(weeks), ticks=_months(weeks), title=title)


def _last_year(weeks: Sequence[Week], calendar: YearToDate) -> list[svg.ChartLine]:
    tallies = [week.before for week in weeks]
    if calendar.before is None or not any(tallies):
        return []
    return [svg.ChartLine(calendar.before.name, _rates(tallies), "line-2")]


def _that_week(latest: Week, calendar: YearToDate) -> str:
    if calendar.before is None or latest.before is None or not latest.before.possible:
        return ""
    return f", {latest.before.attendance_rate}% in that week of {calendar.before.name}"


def _rates(tallies: Sequence[Tally | None]) -> list[float | None]:
    """Exact, not rounded: a line shows more than one place."""
    return [_rate(tally or NOTHING) for tally in tallies]


def _rate(tally: Tally) -> float | None:
    return 100 * tally.attended / tally.possible if tally.possible else None


def _months(weeks: Sequence[Week]) -> list[svg.ChartTick]:
    """The first week of each month, unless it is too near to the one before."""
    labels = [f"{week.monday + timedelta(days=4):%b}" for week in weeks]
    ticks = [svg.ChartTick(0, labels[0])]
    for at, label in enumerate(labels):
        if label != ticks[-1].label and at - ticks[-1].at >= 2:
            ticks.append(svg.ChartTick(at, label))
    return ticks
