"""Dates as people and systems write them. The order of numbers is never guessed. No Django.

A date that can only be read in one way (04 Mar 2012, 2012-03-04, 25/03/2012) says so; whether
04/03/2012 is in March or in April follows from the other dates of its file, or is asked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import shortened

DMY, MDY, YMD = "dmy", "mdy", "ymd"
ORDERS = {DMY: "day/month/year", MDY: "month/day/year", YMD: "year/month/day"}
MONTHS = {
    name: str(number)
    for number, names in enumerate(
        "jan january,feb february,mar march,apr april,may,jun june,jul july,aug august,"
        "sep sept september,oct october,nov november,dec december".split(","),
        1,
    )
    for name in names.split()
}
TIME = (
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"(?: ?[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? +)?"
NUMBERS = re.compile(rf"{WEEKDAY}(\d{{1,4}})([/.\- ])(\d{{1,2}})\2(\d{{1,4}}){TIME}", re.IGNORECASE)
DAY_FIRST = re.compile(
    rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ \-/.]*(?:of )?"
    rf"(?P<month>[a-z]{{3,9}})\.?,?[ \-/.]*(?P<year>\d{{4}}|\d{{2}}){TIME}",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(
    rf"{WEEKDAY}(?P<month>[a-z]{{3,9}})\.?[ \-]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ \-]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){TIME}",
    re.IGNORECASE,
)
YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[ \-/.]*(?P<month>[a-z]{{3,9}})[ \-/.]*(?P<day>\d{{1,2}}){TIME}",
    re.IGNORECASE,
)
TOGETHER = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
CERTAIN = (TOGETHER, DAY_FIRST, MONTH_FIRST, YEAR_FIRST)  # say by themselves which part is which
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
SERIALS = (30_000, 60_000)  # 1982 to 2064: any smaller or larger number is no school's date
EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
NEWEST = 2089  # of years that are written with two digits: 1990 to 2089


def is_serial(text: str) -> bool:
    """Whether this looks like a spreadsheet's number for a day."""
    found = SERIAL.fullmatch(text.strip())
    return found is not None and SERIALS[0] <= float(found[0]) <= SERIALS[1]


def readings(text: str) -> dict[str, date]:
    """Every order in which the numbers of this text make a day, with that day.

    A text that can be read in one way only has one day under every order; none: no date at all.
    """
    text = " ".join(text.split())
    numbers = NUMBERS.fullmatch(text)
    if numbers is None:
        return _same(_written_out(text))
    first, second, third = numbers.group(1, 3, 4)
    if len(first) == 4:
        return _same(_day(first, second, third))
    tries = {DMY: _day(third, second, first), MDY: _day(third, first, second)}
    if len(first) == len(third) == 2:
        tries[YMD] = _day(first, second, third)
    return {order: day for order, day in tries.items() if day is not None}


def _same(day: date | None) -> dict[str, date]:
    return dict.fromkeys(ORDERS, day) if day else {}


def _written_out(text: str) -> date | None:
    """A day whose month is a word, or whose eight digits stand together."""
    parts = next(filter(None, (pattern.fullmatch(text) for pattern in CERTAIN)), None)
    if parts is None:
        return None
    month = parts["month"].casefold()
    return _day(parts["year"], MONTHS.get(month, month), parts["day"])


def _day(year: str, month: str, day: str) -> date | None:
    if len(year) not in (2, 4) or max(len(month), len(day)) > 2:
        return None
    try:
        return date(_whole_year(year), int(month), int(day))
    except ValueError:
        return None


def _whole_year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year if year <= NEWEST else year - 100


@dataclass
class DateEvidence:
    """What the dates of one file say about their order."""

    only: dict[str, str] = field(default_factory=dict)  # order: a text that no other order reads
    open: str = ""  # a text that means another day in another order
    serial: str = ""  # a spreadsheet's number

    def look_at(self, texts: Iterable[str]) -> None:
        for text in texts:
            if is_serial(text):
                self.serial = self.serial or text
            else:
                self._note(text, readings(text))

    def _note(self, text: str, days: dict[str, date]) -> None:
        if len(days) == 1:
            self.only.setdefault(next(iter(days)), text)
        elif len(set(days.values())) > 1:
            self.open = self.open or text

    @property
    def order(self) -> str | None:
        """The order that the file itself settles; None where it does not."""
        return next(iter(self.only)) if len(self.only) == 1 else None

    @property
    def must_ask(self) -> bool:
        return len(self.only) > 1 or (bool(self.open) and not self.only)


@dataclass(frozen=True)
class DateReader:
    """Reads the dates of one file. `order` and `epoch` are None where the file needs none."""

    order: str | None = None
    epoch: str | None = None

    def __call__(self, text: str) -> date:
        """Raises WrongCell with what was expected."""
        text = text.strip()
        if is_serial(text):
            return self._of_serial(text)
        days = readings(text)
        if not days:
            raise WrongCell(ProblemKind.NOT_A_DATE, cell=shortened(text))
        if self.order is None:
            return _one_day(text, days)
        return _day_in_order(text, days, self.order)

    def _of_serial(self, text: str) -> date:
        if self.epoch is None:
            raise WrongCell(ProblemKind.SPREADSHEET_DAY, cell=shortened(text))
        return EPOCHS[self.epoch] + timedelta(days=int(float(text)))


def _one_day(text: str, days: dict[str, date]) -> date:
    """For a file that settles no order. Raises WrongCell where the orders mean different days."""
    first, *others = set(days.values())
    if others:
        raise WrongCell(ProblemKind.MORE_THAN_ONE_DAY, cell=shortened(text))
    return first


def _day_in_order(text: str, days: dict[str, date], order: str) -> date:
    """Raises WrongCell where the order makes no day, unless all others make the same."""
    if order in days:
        return days[order]
    if len(days) == 1 or len(set(days.values())) > 1:
        raise WrongCell(ProblemKind.NOT_THIS_FILES_DATE, cell=shortened(text), order=ORDERS[order])
    return next(iter(days.values()))
