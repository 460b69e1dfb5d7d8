"""One pupil's year week by week as SVG: what was missed hangs from the top, the line is the year.

Text in, text out, for the screen and for paper alike, so it carries its own colours and no style.
No Django in this module. The table behind the chart is the page's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from xml.sax.saxutils import escape

from registers.rules.wording import all_so

WIDTH, PLOT_HEIGHT = 1100.0, 190.0
LEFT, RIGHT, TOP = 44.0, 152.0, 24.0
FONTS = "Source Sans 3, Segoe UI, Noto Sans, Liberation Sans, Arial, sans-serif"
INK, INK_2, INK_3, FEINT, RULE, PAPER = (
    *("#141a2e", "#434b61", "#5b6379"),
    *("#dde2ec", "#b9c1d1", "#ffffff"),
)
ACCENT, BAD, OCHRE, OCHRE_EDGE = "#2a3eb1", "#a1142d", "#fae6b8", "#9a6a10"
HALO = f'paint-order="stroke" stroke="{PAPER}" stroke-width="3"'
NOTE_ROOM = 24.0  # px that the number of one action takes
WEEK = timedelta(days=7)
ISOLATE, END_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """A complete school week: sessions missed and possible, and the year to its end in per cent."""

    monday: date
    authorised: int
    unauthorised: int
    possible: int
    to_date: float | None

    @property
    def missed(self) -> int:
        return self.authorised + self.unauthorised

    @property
    def rates(self) -> Iterator[float]:
        """Its own attendance and the year's to its end in per cent, where there are any."""
        if self.possible:
            yield 100 - 100 * self.missed / self.possible
        if self.to_date is not None:
            yield self.to_date


@dataclass(frozen=True, slots=True)
class TrendNote:
    """A day on which something was done; `label` is its number in the list beside the chart."""

    on: date
    label: str


def weekly_trend(
    weeks: Sequence[TrendWeek],
    last_year: Sequence[tuple[int, float]],
    *,
    first_on: date,
    last_on: date,
    name: str,
    title: str,
    notes: Iterable[TrendNote] = (),
) -> str:
    """The chart of one academic year, from its first day to its last.

    `last_year` has the year to date in per cent by number of weeks since that year's first Monday.
    Attendance goes down to 50%, or to 0 where a week or a line lies lower.
    """
    frame = _Frame(first_on, last_on, _floor(weeks, last_year))
    placed = list(_placed(notes, frame))
    rows = 1 + max((row for _, _, row in placed), default=-1)
    height = TOP + PLOT_HEIGHT + 30 + rows * NOTE_ROOM + (4 if rows else 0)
    parts = [
        *_scale(frame),
        *_months(frame),
        *_bars([week for week in weeks if week.missed and week.possible], frame),
        *_last_year(last_year, frame),
        *_limit(last_year, frame),
        *(_note(x, label, row, frame) for x, label, row in placed),
        *_this_year(weeks, name, frame),
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}" role="img"'
        f' xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
        f'<g font-family="{FONTS}" font-size="12" fill="{INK_2}">{"".join(parts)}</g></svg>'
    )


def _floor(weeks: Sequence[TrendWeek], last_year: Sequence[tuple[int, float]]) -> int:
    rates = chain(*(week.rates for week in weeks), map(itemgetter(1), last_year))
    return 50 if min(rates, default=100) >= 50 else 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a week and a share stand in the picture."""

    first_on: date
    last_on: date
    floor: int

    @property
    def first_monday(self) -> date:
        return self.first_on - timedelta(days=self.first_on.weekday())

    @property
    def weeks(self) -> int:
        return (self.last_on - self.first_monday).days // 7 + 1

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(self.weeks, 1)

    def x(self, number: float) -> float:
        """The middle of the week with this number, the first being 0."""
        return LEFT + (number + 0.5) * self.step

    def x_of(self, on: date) -> float:
        days = min(max((on - self.first_monday).days, 0), self.weeks * 7 - 1)
        return LEFT + (days // 7 + min(days % 7 + 0.5, 5) / 5) * self.step

    def number(self, monday: date) -> int:
        return (monday - self.first_monday) // WEEK

    def friday(self, number: int) -> date:
        return self.first_monday + number * WEEK + timedelta(days=4)

    def y(self, per_cent: float) -> float:
        return TOP + (100 - per_cent) / (100 - self.floor) * PLOT_HEIGHT


def _scale(frame: _Frame) -> Iterator[str]:
    right = WIDTH - RIGHT
    for per_cent in range(frame.floor, 101, 10 if frame.floor else 20):
        y, stroke = frame.y(per_cent), RULE if per_cent == frame.floor else FEINT
        yield f'<path d="M{LEFT:g} {y:.1f}H{right:g}" stroke="{stroke}"/>'
        yield _text(LEFT - 8, y + 4, str(per_cent), "end")


def _months(frame: _Frame) -> Iterator[str]:
    """The name of each month below the first week whose Friday is in it."""
    for _, weeks in groupby(range(frame.weeks), key=lambda number: frame.friday(number).month):
        first = next(weeks)
        name = f"{frame.friday(first):%b}"
        yield _text(frame.x(first), TOP + PLOT_HEIGHT + 18, name, "middle")


def _bars(weeks: Sequence[TrendWeek], frame: _Frame) -> Iterator[str]:
    """The bars, then their counts, which say once how they are drawn."""
    yield from (_bar(week, frame) for week in weeks)
    if weeks:
        counts = "".join(_count(week, frame) for week in weeks)
        yield f'<g text-anchor="middle" {HALO}>{counts}</g>'


def _bar(week: TrendWeek, frame: _Frame) -> str:
    """What was missed in a week, authorised above unauthorised."""
    scale = (frame.y(0) - frame.y(100)) / week.possible
    width = min(frame.step * 0.6, 14)
    x = frame.x(frame.number(week.monday)) - width / 2
    first, second = week.authorised * scale, week.unauthorised * scale
    authorised = (
        f'<rect x="{x + 0.5:.1f}" y="{TOP:g}" width="{width - 1:.1f}" height="{first:.1f}"'
        f' fill="{OCHRE}" stroke="{OCHRE_EDGE}"/>'
    )
    unauthorised = (
        f'<rect x="{x:.1f}" y="{TOP + first:.1f}" width="{width:.1f}" height="{second:.1f}"'
        f' fill="{BAD}"/>'
    )
    return "".join(all_so((first, authorised), (second, unauthorised)))


def _count(week: TrendWeek, frame: _Frame) -> str:
    """What was missed, beneath the bar; a bar to the axis has its count within."""
    scale = (frame.y(0) - frame.y(100)) / week.possible
    foot, lowest = TOP + week.missed * scale + 13, TOP + PLOT_HEIGHT - 4
    within = _bold(PAPER if week.unauthorised else INK) + ' stroke="none"'
    more = "" if foot <= lowest else f" {within}"
    x, y = frame.x(frame.number(week.monday)), min(foot, lowest)
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{week.missed}</text>'


def _last_year(points: Sequence[tuple[int, float]], frame: _Frame) -> Iterator[str]:
    shown = [(number, rate) for number, rate in points if number < frame.weeks]
    if not shown:
        return
    line = _line((frame.x(number), frame.y(rate)) for number, rate in shown)
    yield (
        f'<path d="{line}" fill="none" stroke="{INK_3}" stroke-width="1.75"'
        ' stroke-dasharray="6 4"/>'
    )
    yield _text(WIDTH - RIGHT + 8, frame.y(shown[-1][1]) + 4, f"Last year {shown[-1][1]:.1f}")


def _limit(last_year: Sequence[tuple[int, float]], frame: _Frame) -> Iterator[str]:
    """90% by name, its words where last year's are not."""
    y = frame.y(90)
    yield f'<path d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}" stroke="{BAD}" stroke-width="1.25"/>'
    first = _clear_of_last_year(y, frame.y(last_year[-1][1])) if last_year else y + 4
    yield _text(WIDTH - RIGHT + 8, first, "Persistent", "start", _bold(BAD))
    yield _text(WIDTH - RIGHT + 8, first + 14, "absence from here", "start", _bold(BAD))


def _clear_of_last_year(limit: float, last_year: float) -> float:
    """Where the words of the red line may stand, clear of those of last year's end."""
    if last_year > limit:
        return min(limit - 17, last_year - 24)
    return limit + (18 if last_year > limit - 14 else 4)


def _this_year(weeks: Sequence[TrendWeek], name: str, frame: _Frame) -> Iterator[str]:
    known = [(week.monday, week.to_date) for week in weeks if week.to_date is not None]
    if not known:
        return
    points = [(frame.x(frame.number(monday)), frame.y(to_date)) for monday, to_date in known]
    yield (
        f'<path d="{_line(points)}" fill="none" stroke="{ACCENT}" stroke-width="2.5"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )
    x, y = points[-1]
    monday, to_date = known[-1]
    friday = monday + timedelta(days=4)
    words = f"{ISOLATE}{name}{END_ISOLATE}, to {friday.day} {friday:%b} {to_date:.1f}"
    beside, above = ("start", x + 10, y + 4), ("end", x + 4, _clear_of_limit(y, frame))
    side, at, baseline = beside if x < WIDTH * 0.62 else above
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{PAPER}" stroke="{ACCENT}"'
        ' stroke-width="2"/>'
    )
    yield _text(at, baseline, words, side, f'{_bold(INK)} font-size="13" {HALO}')


def _clear_of_limit(y: float, frame: _Frame) -> float:
    """Where words beside a point may stand: above it, else below, and not upon the red line."""
    limit = frame.y(90)
    clear = (
        baseline
        for baseline in (y - 11, y + 21, y + 37)
        if baseline > 12 and not limit - 3 < baseline < limit + 13
    )
    return next(clear, y + 21)


def _placed(notes: Iterable[TrendNote], frame: _Frame) -> Iterator[tuple[float, str, int]]:
    """Where each number stands, in the first row that has room for it."""
    ends: list[float] = []
    for note in sorted(notes, key=attrgetter("on")):
        x = frame.x_of(note.on)
        row = next((n for n, end in enumerate(ends) if end <= x - NOTE_ROOM), len(ends))
        ends[row : row + 1] = [x]
        yield x, note.label, row


def _note(x: float, label: str, row: int, frame: _Frame) -> str:
    top = TOP + PLOT_HEIGHT + 30 + row * NOTE_ROOM
    return (
        f'<path d="M{x:.1f} {TOP:g}V{top:.1f}" stroke="{INK}" stroke-dasharray="2 3"/>'
        f'<rect x="{x - 10:.1f}" y="{top:.1f}" width="20" height="20" rx="2" fill="{INK}"/>'
        + _text(x, top + 14.5, label, "middle", _bold(PAPER))
    )


def _line(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _bold(colour: str) -> str:
    return f'fill="{colour}" font-weight="600"'


def _text(x: float, y: float, words: str, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'
