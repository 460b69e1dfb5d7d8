"""A class register as a sheet of paper: to be taken by hand and entered later.

What lies about in a classroom says as little as it can: names, codes and who is expected, never a
comment, nor the reason behind a plan.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from registers.models import School
from registers.register.page import RegisterSheet
from registers.register.rows import RegisterRow
from registers.register.wording import last_ten_words
from registers.rules.allowed_codes import session_in_words
from registers.rules.codes import CODES, AttendanceCode
from registers.rules.everyday_codes import everyday_codes
from registers.rules.presence import clock
from registers.web.attributes import attributes, classes
from registers.web.session_cell import shape_of

CLOSER_FROM = 31  # pupils: from here on the lines stand closer, so that a class stays on one page
CLOSER_TO = 36  # and from here on it takes a second page anyway
NOTHING = SafeString("")
LONG = SafeString(' class="long"')
LONG_NAME = 34  # letters: what is longer is set smaller, on two lines where it must

# Millimetres: a cell of the last ten sessions, its height, and the gap between two days.
CELL, HIGH, GAP = 3.5, 4.2, 1.1
FONT = 'font-family="Source Sans 3" text-anchor="middle"'


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A pupil's line: `planned` is the code that the register will be filled with."""

    row: RegisterRow
    planned: str
    last_ten: SafeString

    @property
    def is_long(self) -> bool:
        return len(self.row.name) > LONG_NAME

    @property
    def html(self) -> SafeString:
        """The line: what is in the register already, or planned, or blank to write on."""
        mark = self.row.stands
        code, note = self._code_and_note()
        return format_html(
            '<tr><td class="no">{}</td><th scope="row"{}><bdi>{}</bdi></th>{}'
            '<td class="code{}">{}</td><td class="minutes">{}</td><td class="note">{}</td></tr>\n',
            *(self.row.number, LONG if self.is_long else "", self.row.name, self.last_ten),
            *(" has-plan" if self.planned else "", code),
            *("" if mark.minutes_late is None else mark.minutes_late, note),
        )

    def _code_and_note(self) -> tuple[SafeString, str]:
        if self.row.mark:
            return format_html("<b>{}</b>", self.row.code), "marked"
        if self.planned:
            return format_html('<span class="plan">{}</span>', self.planned), "planned"
        return NOTHING, ""


@dataclass(frozen=True, slots=True)
class PrintedRegister:
    """One register to write on, as of the minute in which it was printed."""

    sheet: RegisterSheet
    printed_at: datetime
    rows: list[PrintedRow]
    key: list[AttendanceCode]

    @property
    def opens(self) -> str:
        return clock(self.sheet.window.opens_at)

    @property
    def ends(self) -> str:
        return clock(self.sheet.window.ends_at)

    @property
    def printed(self) -> str:
        at = self.printed_at
        return f"{at.day} {at:%B %Y}, {clock(at)}"

    @property
    def is_close(self) -> bool:
        lines = len(self.rows) + max(0, len(self.key) - 8) // 3  # a long key takes lines as well
        return lines >= CLOSER_FROM and len(self.rows) < CLOSER_TO

    @property
    def has_last_ten(self) -> bool:
        """Whether there are sessions before this one to show."""
        return bool(self.sheet.days) or self.sheet.shows_morning

    @property
    def running(self) -> str:
        """What stands at the head of its further pages."""
        day = session_in_words(self.sheet.session.date, self.sheet.half)
        return f"{self.sheet.group} · {day} · register on paper"

    @property
    def attributes(self) -> SafeString:
        """What the foot and the running head of its pages are made of."""
        return attributes(
            {
                "class": classes("paper", "close-lines" if self.is_close else ""),
                "data-foot": f"Printed {self.printed} · {self.sheet.group.school.name}",
                "data-running": self.running,
            }
        )

    @property
    def head_attributes(self) -> SafeString:
        """The running head again where browsers repeat it, for a class on more than one page."""
        is_long = len(self.rows) >= CLOSER_TO
        return attributes({"data-running-head": self.running if is_long else None})

    @property
    def last_ten_col(self) -> SafeString:
        """The column of the last sessions; none where there are none to show."""
        if not self.has_last_ten:
            return NOTHING
        morning = "with-morning" if self.sheet.shows_morning else ""
        names = classes(f"days-{len(self.sheet.days)}", morning)
        return format_html('<col class="{}">', names)

    @property
    def last_ten_heading(self) -> SafeString:
        if not self.has_last_ten:
            return NOTHING
        days = ((f"{day:%a}",) for day in self.sheet.days)
        morning = '<span class="am">AM</span>' if self.sheet.shows_morning else ""
        return format_html(
            '<th scope="col" class="ten">{}{}</th>',
            format_html_join("", '<span class="day">{}</span>', days),
            SafeString(morning),
        )


def papers_of(
    sheets: Iterable[RegisterSheet], school: School, printed_at: datetime
) -> Iterator[PrintedRegister]:
    """The sheets of one school as they are printed; the school is not read for each."""
    for sheet in sheets:
        sheet.group.school = school
        yield paper_of(sheet, printed_at)


def paper_of(sheet: RegisterSheet, printed_at: datetime) -> PrintedRegister:
    """The sheet as it is printed; `printed_at` is local."""
    planned = sheet.to_fill(sheet.session.date)
    paper = PrintedRegister(sheet, printed_at, [], list(_key(sheet, planned.values())))
    for row in sheet.rows:
        drawn = last_ten(row, sheet.shows_morning)
        cell = format_html('<td class="ten">{}</td>', drawn) if paper.has_last_ten else NOTHING
        paper.rows.append(PrintedRow(row, planned.get(row.enrolment_id, ""), cell))
    return paper


def _key(sheet: RegisterSheet, planned: Iterable[str]) -> Iterable[AttendanceCode]:
    """The codes of every day, and those that the sheet is printed with; as the half has them."""
    wanted = {*everyday_codes(sheet.group.school), "U", *planned, *(row.code for row in sheet.rows)}
    fitting = (code for code in CODES.values() if code.fits(sheet.session.date, sheet.half))
    return (code for code in fitting if code.symbol in wanted)


def paper_html(paper: PrintedRegister) -> str:
    return render_to_string("registers/register/printed/document.html", {"paper": paper})


# --- the last ten sessions: one drawing for each row, since so many cells would take the time


def last_ten(row: RegisterRow, shows_morning: bool) -> SafeString:
    """The sessions before this one, drawn in the grammar of marks, with their words as its name."""
    drawn, left = [], 0.0
    for day in row.days:
        drawn += [_drawn(day.am, left), _drawn(day.pm, left + CELL)]
        left += 2 * CELL + GAP
    words = last_ten_words(row)
    if shows_morning:
        drawn.append(_drawn(row.other, left))
        left += CELL
        words += f". This morning: {row.other or 'not marked'}"
    slashes = "".join(path for path, _ in drawn)
    return SafeString(
        f'<svg width="{left:.1f}mm" height="{HIGH}mm" viewBox="0 0 {left:.1f} {HIGH}">'
        f"<title>{escape(words)}</title>"
        f'<path d="{slashes}M0 0" stroke="#48515c" stroke-width=".25"/>'
        f"{''.join(shapes for _, shapes in drawn)}</svg>"
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a code is drawn: what lies behind its letters, and their colour and weight."""

    back: str = ""
    ink: str = "#111820"
    weight: int = 700


BOX = '<rect x="{x:.2f}" y=".2" width="{width:.2f}" height="{height:.2f}" '
DRAWINGS = {  # by a class of the session cell: the first that it has
    "is-unauthorised": Drawing(f'{BOX}fill="#111820"/>', ink="#fff"),
    "is-authorised": Drawing(f'{BOX}fill="#d6dbe0"/>'),
    "is-unsettled": Drawing(f'{BOX}fill="none" stroke="#111820" stroke-width=".45"/>'),
    "is-not-possible": Drawing(
        f'{BOX}fill="none" stroke="#111820" stroke-width=".2" stroke-dasharray=".7"/>',
        ink="#48515c",
        weight=400,
    ),
    "is-late": Drawing(
        '<path d="M{bar:.2f} {foot:.2f}h{bar_width:.2f}" stroke="#111820" stroke-width=".6"/>'
    ),
}


def drawing_of(shape: str) -> Drawing:
    classes = shape.split()
    return next((DRAWINGS[name] for name in DRAWINGS if name in classes), Drawing())


def _measures(left: float) -> dict[str, float]:
    return {
        "x": left + 0.2,
        "width": CELL - 0.4,
        "height": HIGH - 0.4,
        "bar": left + 0.3,
        "bar_width": CELL - 0.6,
        "foot": HIGH - 0.4,
    }


@cache
def _drawn(symbol: str, left: float) -> tuple[str, str]:
    """A session at its place: its part of the one path of the row, and what is drawn over it."""
    right, middle, foot = left + CELL, left + CELL / 2, HIGH - 0.5
    if symbol == "/":
        return f"M{left + 1:.2f} {foot:.2f}L{right - 1:.2f} .7", ""
    if symbol == "\\":
        return f"M{left + 1:.2f} .7L{right - 1:.2f} {foot:.2f}", ""
    if not symbol:
        return f"M{left + 1.2:.2f} {HIGH / 2}H{right - 1.2:.2f}", ""
    drawing = drawing_of(shape_of(CODES[symbol]))
    size = 2.9 if len(symbol) == 1 else 2.1
    text = (
        f'<text x="{middle:.2f}" y="{HIGH / 2 + size * 0.34:.2f}" font-size="{size}" '
        f'font-weight="{drawing.weight}" fill="{drawing.ink}" {FONT}>{escape(symbol)}</text>'
    )
    return "", drawing.back.format(**_measures(left)) + text
