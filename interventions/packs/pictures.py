"""The weekly trend of a pupil on paper, with the numbered steps. Text in, text out; no Django here.

It must survive a copier: black is unauthorised, grey authorised on top of it, the line the year
group. Few paths, since each one costs time on paper.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from xml.sax.saxutils import escape

from absence.charts.svg import FONTS, INK
from interventions.packs.steps_and_weeks import ComparedWeek, NumberedStep
from registers.rules.calendar import monday_of

WIDTH, LEFT = 172.0, 8.0  # mm
PLOT = 30.0  # mm for ten sessions
FEWEST_WEEKS = 15  # so that the bars of September are no posts
TINT, SOFT = "#cfd4da", "#b9bfc6"
ROUND = 5.4  # mm from one number to the next beside it


def weekly_trend(
    weeks: Sequence[ComparedWeek], steps: Sequence[NumberedStep], *, forename: str, year_group: str
) -> str:
    """Sessions missed in each school week, hung with the numbers of the steps."""
    slot = (WIDTH - LEFT) / max(len(weeks), FEWEST_WEEKS)
    placed = _placed(weeks, steps, slot)
    head = ROUND * (1 + max((row for _, row, _ in placed), default=0)) + 1 if placed else 2.0
    most = max([10, *(week.missed for week in weeks)])
    foot = head + PLOT
    scale = PLOT / most
    parts = [
        _lines(head, foot, most, scale),
        _stems(placed, head, foot),
        _bars(weeks, slot, foot, scale),
        _others(weeks, slot, foot, scale),
        f'<path d="M{LEFT:g} {foot:.1f}H{WIDTH:g}" stroke="{INK}" stroke-width=".35"/>',
        f'<g font-family="{FONTS}" fill="{INK}" font-size="3.1">',
        _labels(weeks, slot, foot, most, scale),
        _numbers(placed),
        "</g>",
    ]
    height = foot + 5.5
    title = _title(weeks, steps, forename, year_group)
    return (
        f'<svg width="{WIDTH:g}mm" height="{height:.1f}mm" viewBox="0 0 {WIDTH:g} {height:.1f}"'
        f' role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _title(
    weeks: Sequence[ComparedWeek], steps: Sequence[NumberedStep], forename: str, year_group: str
) -> str:
    missed = sum(week.missed for week in weeks)
    broken = sum(week.missed > 0 for week in weeks)
    marked = f" {len(steps)} steps are marked." if steps else ""
    return (
        f"Bar chart of the sessions that {forename} missed in each of {len(weeks)} school weeks: "
        f"{missed} in all, in {broken} of the weeks.{marked}"
    )


def _placed(
    weeks: Sequence[ComparedWeek], steps: Sequence[NumberedStep], slot: float
) -> list[tuple[float, int, str]]:
    """Each number with its place: steps of one week share a circle, close ones stand in rows."""
    if not weeks:
        return []
    mondays = [week.monday for week in weeks]
    ends: list[float] = []  # where each row is taken up to
    placed = []
    for n, together in groupby(steps, key=lambda step: _week(step.on, mondays)):
        x, text = LEFT + (n + 0.5) * slot, _range([step.number for step in together])
        half = max(ROUND, 2.2 + 1.7 * len(text)) / 2
        row = next((r for r, end in enumerate(ends) if x - half >= end), len(ends))
        ends[row : row + 1] = [x + half]
        placed.append((x, row, text))
    return placed


def _week(on: date, mondays: Sequence[date]) -> int:
    """The school week of the day, or of a holiday the one before it; else the first."""
    return max(bisect_right(mondays, monday_of(on)) - 1, 0)


def _range(numbers: Sequence[int]) -> str:
    return "–".join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))


def _lines(head: float, foot: float, most: int, scale: float) -> str:
    marks = "".join(f"M{LEFT:g} {foot - n * scale:.1f}H{WIDTH:g}" for n in range(5, most + 1, 5))
    return f'<path d="{marks}" stroke="{SOFT}" stroke-width=".2"/>'


def _stems(placed: Sequence[tuple[float, int, str]], head: float, foot: float) -> str:
    lines = "".join(f"M{x:.1f} {foot:.1f}V{_row_y(row) + 2.4:.1f}" for x, row, _ in placed)
    return _path(lines, f'stroke="{INK}" stroke-width=".3" stroke-dasharray="1 .9"')


def _bars(weeks: Sequence[ComparedWeek], slot: float, foot: float, scale: float) -> str:
    width = min(slot * 0.7, 7.0)
    authorised = unauthorised = ""
    for n, week in enumerate(weeks):
        left = LEFT + (n + 0.5) * slot - width / 2
        low, high = week.unauthorised * scale, week.authorised * scale
        unauthorised += _bar(left, foot, width, low)
        authorised += _bar(left, foot - low, width, high)
    return _path(authorised, f'fill="{TINT}" stroke="{INK}" stroke-width=".3"') + _path(
        unauthorised, f'fill="{INK}"'
    )


def _bar(left: float, foot: float, width: float, height: float) -> str:
    if not height:
        return ""
    return f"M{left:.1f} {foot:.1f}v{-height:.1f}h{width:.1f}v{height:.1f}z"


def _path(lines: str, look: str) -> str:
    return f'<path d="{lines}" {look}/>' if lines else ""


def _others(weeks: Sequence[ComparedWeek], slot: float, foot: float, scale: float) -> str:
    """The year group, over a white line so that it can be seen on a black bar."""
    points = " ".join(
        f"{LEFT + (n + 0.5) * slot:.1f},{foot - week.of_year_group * scale:.1f}"
        for n, week in enumerate(weeks)
        if week.of_year_group is not None
    )
    if " " not in points:
        return ""
    return "".join(
        f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="{width}"/>'
        for ink, width in (("#fff", "1.3"), (INK, ".5"))
    )


def _labels(
    weeks: Sequence[ComparedWeek], slot: float, foot: float, most: int, scale: float
) -> str:
    found = [
        f'<text x="{LEFT - 1.6:g}" y="{foot - n * scale + 1.1:.1f}" text-anchor="end">{n}</text>'
        for n in range(0, most + 1, 5)
    ]
    last = -20.0
    for _, month in groupby(weeks, key=_month):
        first = next(month)
        x = LEFT + weeks.index(first) * slot + 0.6
        if x - last >= 8:
            found.append(f'<text x="{x:.1f}" y="{foot + 4.4:.1f}">{_midweek(first):%b}</text>')
            last = x
    return "".join(found)


def _midweek(week: ComparedWeek) -> date:
    return week.monday + timedelta(days=3)


def _month(week: ComparedWeek) -> int:
    """Of its Thursday: the week of 31 August is September's."""
    return _midweek(week).month


def _numbers(placed: Sequence[tuple[float, int, str]]) -> str:
    found = ""
    for x, row, text in placed:
        width = max(5.2, 2 + 1.7 * len(text))
        y = _row_y(row)
        found += (
            f'<rect x="{x - width / 2:.1f}" y="{y - 2.6:.1f}" width="{width:.1f}" height="5.2"'
            f' rx="2.6" fill="#fff" stroke="{INK}" stroke-width=".35"/>'
            f'<text x="{x:.1f}" y="{y + 1.1:.1f}" text-anchor="middle" font-weight="700">'
            f"{text}</text>"
        )
    return found


def _row_y(row: int) -> float:
    return 3.0 + row * ROUND
