"""The year week by week as the pupil page draws it, with last year behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from absence.charts.pupil_year import TrendNote, TrendWeek, weekly_trend
from absence.rules.pupil_marks import WeekToDate
from absence.rules.pupil_year import PupilYear
from interventions.pupil.page import PupilPage
from registers.rules.calendar import WEEK, monday_of
from registers.rules.tally import Tally
from registers.rules.wording import many


def year_chart(page: PupilPage, figures: PupilYear) -> str:
    """Empty before the first complete week."""
    if not (figures.weeks or figures.last_year):
        return ""
    before = page.year_before
    return weekly_trend(
        [_trend_week(week) for week in figures.weeks],
        _last_years_line(before.starts_on, figures.last_year) if before else (),
        first_on=figures.year.starts_on,
        last_on=figures.year.ends_on,
        name=page.pupil.forename or page.pupil.surname,
        title=_title(figures),
        notes=[
            TrendNote(logged.done_on, str(logged.number))
            for logged in page.log
            if logged.number and logged.done_on >= figures.year.starts_on
        ],
    )


def _trend_week(week: WeekToDate) -> TrendWeek:
    tally = week.tally
    to_date = _per_cent(week.to_date) if week.to_date.possible else None
    return TrendWeek(week.monday, tally.authorised, tally.unauthorised, tally.possible, to_date)


def _last_years_line(starts_on: date, weeks: Sequence[WeekToDate]) -> list[tuple[int, float]]:
    """The year to date in per cent, by the number of weeks since that year's first Monday."""
    first = monday_of(starts_on)
    return [
        ((week.monday - first) // WEEK, _per_cent(week.to_date))
        for week in weeks
        if week.to_date.possible
    ]


def _per_cent(tally: Tally) -> float:
    return 100 * tally.attended / tally.possible


def _title(figures: PupilYear) -> str:
    if not figures.tally.possible:
        return "Attendance week by week: no possible session yet."
    missed = sum(bool(week.tally.absent) for week in figures.weeks)
    return (
        f"Attendance week by week, {figures.tally.attendance_rate}% by the end; sessions were "
        f"missed in {missed} of {many(len(figures.weeks), 'week')}."
    )


# --- the numbers behind it

TALLY_COLUMNS = {
    "absent": "Missed",
    "authorised": "Authorised",
    "unauthorised": "Unauthorised",
    "possible": "Possible",
}


@dataclass(frozen=True, slots=True)
class WeekTable:
    """The weeks of a year, a row each: what a tally says by its `columns`, and the year to date."""

    caption: str
    weeks: Sequence[WeekToDate]
    columns: Sequence[str]

    @property
    def headings(self) -> list[str]:
        return [*map(TALLY_COLUMNS.__getitem__, self.columns), "Attendance, year to date"]

    @property
    def rows(self) -> Iterator[tuple[date, list[object]]]:
        """The Monday of each week and its figures."""
        for week in self.weeks:
            figures = [getattr(week.tally, column) for column in self.columns]
            to_date = f"{week.rate_to_date}%" if week.to_date.possible else "–"
            yield week.monday, [*figures, to_date]


def week_tables(page: PupilPage, figures: PupilYear) -> list[WeekTable]:
    """The year's complete weeks, and last year's; none before the first complete week."""
    tables = [WeekTable("Complete weeks", figures.weeks, list(TALLY_COLUMNS))]
    if page.year_before:
        tables.append(WeekTable(page.year_before.name, figures.last_year, ["absent", "possible"]))
    return [table for table in tables if table.weeks] if figures.weeks else []
