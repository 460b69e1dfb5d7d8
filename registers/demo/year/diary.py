"""One enrolment's marks of one academic year, written from the weightiest reason to the least."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable
from itertools import chain, repeat
from typing import TypeVar

from registers.demo.people.pupils import DemoEnrolment, DemoPupil
from registers.demo.year.calendar import DemoYear
from registers.demo.year.levels import Level

Key = TypeVar("Key", bound=Hashable)

PRESENT = ("/", "\\")
AM, PM = 0, 1


class Diary:
    """`marks` holds two codes a day, morning and afternoon, from the first day on roll.

    Days are counted from the year's first school day. A reason only takes a session at which the
    pupil would have been present, so what is written first stands. `notes` holds minutes late and
    a comment by place in `marks`.
    """

    __slots__ = ("enrolment", "first", "last", "level", "marks", "notes", "pupil", "year")

    def __init__(self, pupil: DemoPupil, enrolment: DemoEnrolment, year: DemoYear, level: Level):
        self.pupil, self.enrolment, self.year, self.level = pupil, enrolment, year, level
        self.first = bisect_left(year.days, enrolment.starts_on)
        self.last = bisect_right(year.days, enrolment.leaves_on) - 1
        self.marks: list[str | None] = [*PRESENT] * (self.last - self.first + 1)
        self.notes: dict[int, tuple[int | None, str]] = {}

    @property
    def year_group(self) -> int:
        return self.pupil.year_group(self.year)

    @property
    def registration_group(self) -> str:
        return f"{self.year_group}{self.enrolment.letter}"

    def covers(self, day: int) -> bool:
        return self.first <= day <= self.last

    def at(self, day: int, half: int) -> str | None:
        """The mark of that session; None where the pupil was not on roll."""
        return self.marks[2 * (day - self.first) + half] if self.covers(day) else None

    def on(self, day: int) -> tuple[str | None, str | None]:
        """Its morning and its afternoon."""
        return self.at(day, AM), self.at(day, PM)

    def put(
        self, day: int, half: int, code: str, comment: str = "", minutes: int | None = None
    ) -> bool:
        """Write the code where the pupil would have been present; say whether it was."""
        place = 2 * (day - self.first) + half
        if not self.covers(day) or self.marks[place] not in PRESENT:
            return False
        self.marks[place] = code
        if comment or minutes is not None:
            self.notes[place] = (minutes, comment)
        return True

    def put_day(self, day: int, code: str, comment: str = "") -> int:
        """Both halves; the comment stands with the first. Returns the sessions written."""
        morning = self.put(day, AM, code, comment)
        return morning + self.put(day, PM, code, "" if morning else comment)

    def put_days(self, day: int, length: int, code: str, comment: str = "") -> None:
        """So many days from that one; the comment stands with the first."""
        for number, words in zip(range(length), chain([comment], repeat("")), strict=False):
            self.put_day(day + number, code, words)

    def put_both(self, day: int, code: str, comment: str) -> None:
        """Both halves, each with the comment: the nature of a provision is recorded with each."""
        self.put(day, AM, code, comment)
        self.put(day, PM, code, comment)

    def overwrite_day(self, day: int, code: str | None, comment: str = "") -> None:
        self.overwrite(day, AM, code, comment)
        self.overwrite(day, PM, code, comment)

    def replace(self, day: int, code: str, by: str) -> None:
        """Another code for this one, in each half that has it."""
        for half in (AM, PM):
            if self.at(day, half) == code:
                self.overwrite(day, half, by)

    def overwrite(self, day: int, half: int, code: str | None, comment: str = "") -> None:
        """Whatever stood there: a closed school, a reason not yet known, a blank (None)."""
        if self.covers(day):
            place = 2 * (day - self.first) + half
            self.marks[place] = code
            self.notes.pop(place, None)
            if comment:
                self.notes[place] = (None, comment)


def of_year_group(diaries: Iterable[Diary], year_group: int) -> list[Diary]:
    return [diary for diary in diaries if diary.year_group == year_group]
