"""Which day a column of a grid is of, where its heading says only a part. No Django here."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import chain

from registers.exchange.marks.columns import Columns
from registers.exchange.marks.days import (
    WrittenDay,
    day_in_week,
    find_day,
    find_days,
    monday_of_week,
    school_year_by_weekday,
    school_year_in,
    school_year_of,
    the_only,
)
from registers.exchange.marks.headings import DATE_NAMES, WEEK, SessionHeading, find_column
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
        today: date,
    ):
        self.table, self.columns = table, columns
        self.answers, self.today = answers, today
        self.order = order or self._answer("order") or self._order_that_shows()
        titles = [*table.title_lines, *map(" ".join, table.above)]
        self.titles = list(map(_without_day_of_report, titles))
        self._mondays: dict[str, date | None] = {}

    def _id(self, what: str) -> str:
        return f"marks-{what}:{self.table.source}"

    def _answer(self, what: str) -> str:
        return self.answers.get(self._id(what), "")

    # --- what the titles say

    @cached_property
    def title_day(self) -> WrittenDay | None:
        """The one day of which all marks are: a day's registers, named in a title line."""
        return the_only(set(self._title_days)) if self._is_of_one_day else None

    @property
    def _is_of_one_day(self) -> bool:
        """Whether no heading and no row could say of which day a mark is."""
        dates = find_column(self.table.columns, DATE_NAMES)
        is_undated = dates is None and not self.columns.have_days
        return is_undated and self.columns.have_all_one_session

    @cached_property
    def _title_days(self) -> list[WrittenDay]:
        return list(chain.from_iterable(map(find_days, self.titles)))

    @cached_property
    def title_monday(self) -> date | None:
        """The week that a title line names: “week beginning 01/09/2025”."""
        named = [title[week.start() :] for title in self.titles if (week := WEEK.search(title))]
        mondays = map(self._only_monday, [*named, *self.titles])
        return next(filter(None, mondays), None) or self.monday(self._answer("week"))

    def _only_monday(self, text: str) -> date | None:
        return the_only(set(self._mondays_in(text)) - {None})

    def _mondays_in(self, text: str) -> Iterator[date | None]:
        return (monday_of_week(day, self.order) for day in find_days(text))

    @cached_property
    def school_year(self) -> int | None:
        """The year in which the academic year of the columns begins, where no year is written."""
        if answer := self._answer("year"):
            return school_year_in(answer)
        named = filter(None, map(school_year_in, self.titles))
        by_days = the_only(self._years_of_titles()) or the_only(self._years_that_fit)
        return next(named, by_days)

    def _years_of_titles(self) -> set[int]:
        """Of days that title lines write with their year."""
        dates = (day.readings(self.order) for day in self._title_days)
        return set(map(school_year_of, chain.from_iterable(dates)))

    # --- the day of a column

    def text_of(self, says: SessionHeading) -> str:
        """The day for the column Date: as it is written, or as year-month-day where it is sure."""
        if says.day is None:
            return self._by_weekday(says.weekday)
        if says.weekday is None:
            return self._as_written(says.day)
        if says.of_week:
            return day_in_week(monday_of_week(says.day, self.order), says.weekday) or says.day.text
        return self._on_weekday(says.day, says.weekday)

    def _by_weekday(self, weekday: int | None) -> str:
        if self.title_day is not None:
            return self.title_day.text
        return day_in_week(self.title_monday, weekday)

    def _as_written(self, day: WrittenDay) -> str:
        if day.year is not None:
            return day.text
        return str(the_only(self._readings(day)) or day.text)

    def _on_weekday(self, day: WrittenDay, weekday: int) -> str:
        """The weekday of the heading tells which of two readings is meant."""
        readings = self._readings(day)
        on_weekday = [on for on in readings if on.weekday() == weekday]
        return str(the_only(on_weekday or readings) or day.text)

    def _readings(self, day: WrittenDay) -> list[date]:
        return day.readings(self.order, self.school_year)

    def monday(self, text: str) -> date | None:
        """Of the week that a row names; None leaves the day to the heading."""
        if text not in self._mondays:
            self._mondays[text] = next(self._mondays_in(text), None)
        return self._mondays[text]

    # --- what only a person can say

    def questions(self) -> list[Question]:
        open_questions = (
            (self._year_is_open, self._ask_year),
            (self._order_is_open, self._ask_order),
            (self._week_is_open, self._ask_week),
        )
        return [ask() for is_open, ask in open_questions if is_open]

    @cached_property
    def _says(self) -> list[SessionHeading]:
        return [column.says for column in self.columns.marks]

    @cached_property
    def _days(self) -> list[WrittenDay]:
        return [says.day for says in self._says if says.day]

    @property
    def _without_year(self) -> list[WrittenDay]:
        return [day for day in self._days if day.year is None]

    @property
    def _year_is_open(self) -> bool:
        return bool(self._without_year) and self.school_year is None

    @property
    def _order_is_open(self) -> bool:
        return self.order is None and not all(day.settled for day in self._without_year)

    @property
    def _week_is_open(self) -> bool:
        """Whether weekdays stand by themselves, and nothing tells of which week they are."""
        if len(self._days) == len(self.columns.marks) or self.columns.week is not None:
            return False
        return not (self.title_day or self.title_monday)

    @cached_property
    def _years_that_fit(self) -> list[int]:
        """The latest academic years in which the days fall on the weekdays beside them."""
        pairs = [
            (says.day, says.weekday) for says in self._says if says.day and says.weekday is not None
        ]
        years = self._latest_years if pairs else ()
        return school_year_by_weekday(pairs, years, self.order)

    @property
    def _latest_years(self) -> range:
        latest = school_year_of(self.today)
        return range(latest, latest - YEARS_BACK, -1)

    def _ask_year(self) -> Question:
        years = self._years_that_fit or self._latest_years
        choices = tuple((name, name) for name in map(_name_of_school_year, years))
        words = "The headings name days without a year. Which academic year are they of?"
        return Question(
            self._id("year"), self.table.source, "the year", words, choices, choices[0][0]
        )

    def _ask_week(self) -> Question:
        """A week that a title names is unsure only while the order of its numbers is."""
        if self.order is None and self._title_days:
            return self._ask_order()
        words = "Which week are these marks of? Write the day on which it begins."
        return Question(self._id("week"), self.table.source, "the week", words)

    def _ask_order(self) -> Question:
        choices = (("dmy", "Day first, then month"), ("mdy", "Month first, then day"))
        words = "The headings or titles write days as two numbers. Which comes first?"
        return Question(self._id("order"), self.table.source, "dates", words, choices, "dmy")

    def _order_that_shows(self) -> str | None:
        return the_only({day.shows for day in self._days} - {None})


def _name_of_school_year(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}"


def _without_day_of_report(title: str) -> str:
    """The title without the days on which the report was printed or made."""
    while at := OF_THE_REPORT.search(title):
        day, rest = find_day(title[at.end() :])
        title = title[: at.start()] + (rest if day else "")
    return title
