"""One pupil in one academic year up to a day, all times on the roll together. No Django here.

What the pupil page, letters, packs and panels say of a pupil is asked here, so that a figure is
counted in one way. All counts are sessions; `absence.figures` says the same of a whole school from
the weekly totals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from absence.rules.academic_year import SchoolSession, SchoolYear
from absence.rules.effects import Effect, effects
from absence.rules.measures import absences_left, attended_until_under
from absence.rules.pupil_marks import (
    AbsenceSpell,
    PupilMark,
    SumLine,
    WeekToDate,
    marks_by_code,
    over_the_line_since,
    spells_of_absence,
    sum_lines,
    tallies_by_day,
    tallies_by_week,
    weeks_to_date,
)
from registers.rules.admission import Dates
from registers.rules.calendar import DAY
from registers.rules.codes import UNAUTHORISED
from registers.rules.grouping import keyed
from registers.rules.tally import NOTHING, PERSISTENT, SEVERE, Tally, tally_of

TO_CONSIDER = 10  # unauthorised sessions in the window: the national threshold to consider a notice


@dataclass(frozen=True)
class PupilYear:
    """`all_marks` are in order; they may begin some weeks before the year and go on after `as_at`.
    `on_roll` are the pupil's times on the roll, the earliest first."""

    year: SchoolYear
    as_at: date
    on_roll: Sequence[Dates]
    all_marks: Sequence[PupilMark]
    last_year: Sequence[WeekToDate] = ()

    # --- marks

    @cached_property
    def marks(self) -> list[PupilMark]:
        """Those of the year, to the last that was read."""
        return [mark for mark in self.all_marks if mark.date >= self.year.starts_on]

    @cached_property
    def _so_far(self) -> list[PupilMark]:
        """All up to the day, those before the year too."""
        return [mark for mark in self.all_marks if mark.date <= self.as_at]

    @cached_property
    def counted(self) -> list[PupilMark]:
        """Those of the year up to the day."""
        return [mark for mark in self._so_far if mark.date >= self.year.starts_on]

    @cached_property
    def by_code(self) -> dict[str, int]:
        """Sessions by code, in the order of the national list."""
        return marks_by_code(mark.symbol for mark in self.counted)

    @property
    def dated_codes(self) -> list[tuple[date, str]]:
        """Day and code of each mark up to the day, those before the year too."""
        return _dated(self._so_far)

    # --- sums

    @cached_property
    def due(self) -> list[SchoolSession]:
        """The sessions of the year up to the day that were due while the pupil was on the roll."""
        return self.year.due_between(self.on_roll, self.year.starts_on, self.as_at)

    @cached_property
    def tally(self) -> Tally:
        unmarked = keyed(self.due, "key").keys() - keyed(self.counted, "key").keys()
        return tally_of((mark.symbol for mark in self.counted), unmarked=len(unmarked))

    @property
    def sum_lines(self) -> list[SumLine]:
        """The sum behind the percentage, line by line."""
        return sum_lines(self.by_code)

    def spells_of_absence(self, reason_of: Mapping[str, str]) -> list[AbsenceSpell]:
        return spells_of_absence(self.counted, reason_of)

    # --- weeks

    @cached_property
    def by_week(self) -> dict[date, Tally]:
        """By the Monday of each week with a mark."""
        return tallies_by_week(_dated(self.counted))

    @cached_property
    def weeks(self) -> list[WeekToDate]:
        """The complete weeks: one whose last school day is yet to come is not among them."""
        over = self.year.weeks_over_by(self.as_at)
        return weeks_to_date({one: self.by_week[one] for one in over if one in self.by_week})

    @property
    def last_year_tally(self) -> Tally:
        return self.last_year[-1].to_date if self.last_year else NOTHING

    # --- the lines

    @cached_property
    def persistent_since(self) -> date | None:
        return over_the_line_since(_dated(self.counted), PERSISTENT)

    @cached_property
    def severe_since(self) -> date | None:
        return over_the_line_since(_dated(self.counted), SEVERE)

    @property
    def ten_times_missed(self) -> int:
        """What is compared with the possible sessions: the line of a tenth in whole numbers."""
        return 10 * self.tally.absent

    @cached_property
    def left(self) -> list[SchoolSession]:
        """The sessions after the day that the school will hold while the pupil is on the roll."""
        to_come = self.year.due_between(self.on_roll, self.as_at + DAY, date.max)
        return [session for session in to_come if session.is_held]

    @property
    def sessions_left(self) -> int:
        return len(self.left)

    @property
    def possible_by_year_end(self) -> int:
        return self.tally.possible + self.sessions_left

    @property
    def to_spare(self) -> int:
        """How many more sessions can be missed and still end the year under a tenth."""
        return absences_left(
            PERSISTENT, now=self.tally, possible_by_year_end=self.possible_by_year_end
        )

    @property
    def to_spare_under_half(self) -> int:
        """The same for the line of severe absence."""
        return absences_left(SEVERE, now=self.tally, possible_by_year_end=self.possible_by_year_end)

    @property
    def to_attend_in_a_row(self) -> int:
        """Sessions to attend without a break until the pupil is no longer persistently absent."""
        return attended_until_under(PERSISTENT, self.tally)

    @property
    def out_on(self) -> date | None:
        """The day on which that would be reached; None where the year is too short for it."""
        needed = self.to_attend_in_a_row
        return self.left[needed - 1].date if 0 < needed <= len(self.left) else None

    def effects(self, days: Iterable[date]) -> dict[date, Effect]:
        """What was missed before and since something was done, for each day on which it was."""
        return effects(
            days,
            by_day=tallies_by_day(self.dated_codes),
            school_days=self.year.days_due(self.on_roll, self.as_at),
        )

    # --- unauthorised sessions in the last ten school weeks

    @cached_property
    def _in_window(self) -> list[str]:
        first = self.year.window_from(self.as_at) or date.max
        symbols = [mark.symbol for mark in self._so_far if mark.date >= first]
        return list(filter(UNAUTHORISED.__contains__, symbols))

    @property
    def unauthorised_in_window(self) -> int:
        return len(self._in_window)

    @property
    def unsettled_in_window(self) -> int:
        """Those of them whose reason is not known yet (N)."""
        return self._in_window.count("N")


def _dated(marks: Sequence[PupilMark]) -> list[tuple[date, str]]:
    return [(mark.date, mark.symbol) for mark in marks]
