"""Which day a column of a grid is of, where its heading says only a part. No Django here."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property

from registers.exchange.marks.columns import Columns
from registers.exchange.marks.days import (
    WrittenDay,
    find_day,
    find_days,
    monday_of_week,
    school_year_by_weekday,
    school_year_in,
)
from registers.exchange.marks.headings import DATE_NAMES, WEEK, SessionHeading, is_called
from registers.exchange.questions import Answers, Question
from registers.exchange.read.tables import SourceTable

YEARS_BACK = 7
# A day in such a line is when the report was made.
OF_THE_REPORT = re.compile(
    r"\b(?:print|created|generated|exported|produced|run (?:on|at|by)|report date)", re.IGNORECASE
)


class DayReader:
    """Brings together what the headings, the titles and a person's answers say of days."""

    def __init__(
        self,
        table: SourceTable,
        columns: Columns,
        *,
        order: str | None,
        answers: Answers,
        today: date | None,
    ):
        self.table, self.columns = table, columns
        self.answers, self.today = answers, today
        self.order = order or answers.get(self._id("order")) or self._order_that_shows()
        titles = [*table.title_lines, *(" ".join(line) for line in table.above)]
        self.titles = [_without_day_of_report(title) for title in titles]
        self._mondays: dict[str, date | None] = {}

    def _id(self, what: str) -> str:
        return f"marks-{what}:{self.table.source}"

    @cached_property
    def title_day(self) -> WrittenDay | None:
        """The one day of which all marks are: a day's registers, named in a title line."""
        if self.columns.have_days or any(
            is_called(name, DATE_NAMES) for name in self.table.columns
        ):
            return None
        days = [day for title in self.titles for day in find_days(title)]
        halves = [one.says.half for one in self.columns.marks]
        return days[0] if len(set(days)) == 1 and len(set(halves)) == len(halves) else None

    @cached_property
    def title_monday(self) -> date | None:
        """The week that a title line names: “week beginning 01/09/2025”."""
        named = [title[at.start() :] for title in self.titles if (at := WEEK.search(title))]
        for title in [*named, *self.titles]:
            mondays = {monday_of_week(day, self.order) for day in find_days(title)} - {None}
            if len(mondays) == 1:
                return mondays.pop()
        answer = self.answers.get(self._id("week"))
        written = find_day(answer) if answer else None
        return monday_of_week(written[0], self.order) if written else None

    @cached_property
    def school_year(self) -> int | None:
        """The year in which the academic year of the columns begins, where no year is written."""
        if answer := self.answers.get(self._id("year")):
            return school_year_in(answer)
        named = (school_year_in(title) for title in self.titles)
        year = next((year for year in named if year is not None), None)
        if year is not None:
            return year
        return _only(self._years_of_titles()) or _only(self._years_that_fit)

    def _years_of_titles(self) -> set[int]:
        """Of days that title lines write with their year."""
        days = (day for title in self.titles for day in find_days(title) if day.year)
        return {on.year - (on.month < 8) for day in days for on in day.readings(self.order)}

    def text_of(self, says: SessionHeading) -> str:
        """The day for the column Date: as it is written, or as year-month-day where it is sure."""
        if says.day is None:
            return self._by_weekday(says.weekday)
        if says.weekday is None:
            return self._as_written(says.day)
        if says.of_week:
            monday = monday_of_week(says.day, self.order)
            return str(monday + timedelta(days=says.weekday)) if monday else says.day.text
        return self._on_weekday(says.day, says.weekday)

    def _as_written(self, day: WrittenDay) -> str:
        readings = day.readings(self.order, self.school_year)
        return str(readings[0]) if len(readings) == 1 and day.year is None else day.text

    def _on_weekday(self, day: WrittenDay, weekday: int) -> str:
        """The weekday of the heading tells which of two readings is meant."""
        readings = day.readings(self.order, self.school_year)
        readings = [on for on in readings if on.weekday() == weekday] or readings
        return str(readings[0]) if len(readings) == 1 else day.text

    def monday(self, text: str) -> date | None:
        """Of the week that a row names; None leaves the day to the heading."""
        if text not in self._mondays:
            found = find_day(text)
            self._mondays[text] = monday_of_week(found[0], self.order) if found else None
        return self._mondays[text]

    def questions(self) -> list[Question]:
        return list(self._questions())

    def _questions(self) -> Iterator[Question]:
        days = [column.says.day for column in self.columns.marks]
        without_year = _without_year(days)
        if without_year and self.school_year is None:
            yield self._ask_year()
        if self.order is None and not all(day.settled for day in without_year):
            yield self._ask_order()
        if None in days and not self._week_is_known:
            yield self._ask_week()

    @property
    def _week_is_known(self) -> bool:
        """Whether weekdays by themselves are of a known week."""
        return self.columns.week is not None or bool(self.title_day or self.title_monday)

    def _by_weekday(self, weekday: int | None) -> str:
        if self.title_day is not None:
            return self.title_day.text
        if self.title_monday is None or weekday is None:
            return ""
        return str(self.title_monday + timedelta(days=weekday))

    @cached_property
    def _years_that_fit(self) -> list[int]:
        if self.today is None:
            return []
        latest = self.today.year - (self.today.month < 8)
        years = range(latest, latest - YEARS_BACK, -1)
        says = [one.says for one in self.columns.marks]
        pairs = [(one.day, one.weekday) for one in says if one.day and one.weekday is not None]
        return school_year_by_weekday(pairs, years, self.order) if pairs else []

    def _ask_year(self) -> Question:
        latest = self.today.year - (self.today.month < 8) if self.today else 2025
        years = self._years_that_fit or list(range(latest, latest - YEARS_BACK, -1))
        choices = tuple((name, name) for name in (f"{y}/{(y + 1) % 100:02}" for y in years))
        words = "The headings name days without a year. Which academic year are they of?"
        first = choices[0][0] if choices else None
        return Question(self._id("year"), self.table.source, "the year", words, choices, first)

    def _ask_week(self) -> Question:
        """A week that a title names is unsure only while the order of its numbers is."""
        if self.order is None and any(True for title in self.titles for _ in find_days(title)):
            return self._ask_order()
        words = "Which week are these marks of? Write the day on which it begins."
        return Question(self._id("week"), self.table.source, "the week", words)

    def _ask_order(self) -> Question:
        choices = (("dmy", "Day first, then month"), ("mdy", "Month first, then day"))
        words = "The headings or titles write days as two numbers. Which comes first?"
        return Question(self._id("order"), self.table.source, "dates", words, choices, "dmy")

    def _order_that_shows(self) -> str | None:
        days = (one.says.day for one in self.columns.marks)
        shown = {day.shows for day in days if day} - {None}
        return shown.pop() if len(shown) == 1 else None


def _without_year(days: Iterable[WrittenDay | None]) -> list[WrittenDay]:
    return [day for day in days if day is not None and day.year is None]


def _only(years: Collection[int]) -> int | None:
    return next(iter(years)) if len(years) == 1 else None


def _without_day_of_report(title: str) -> str:
    """The title without the days on which the report was printed or made."""
    while at := OF_THE_REPORT.search(title):
        found = find_day(title[at.end() :])
        title = title[: at.start()] + (found[1] if found else "")
    return title
