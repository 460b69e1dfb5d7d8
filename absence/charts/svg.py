"""Charts as SVG, drawn by hand: text in, text out. No Django in this module.

A chart carries a `<title>` that says what it finds (it becomes the figure's alternative text), its
width in millimetres and its own font, since a style sheet does not reach into it on paper.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, starmap
from math import ceil, floor
from operator import itemgetter
from xml.sax.saxutils import escape

INK, PAPER = "#111820", "#ffffff"
FONTS = "Source Sans 3, DejaVu Sans, Droid Sans Fallback"
LABEL_SIZE, FIGURE_SIZE = 3.35, 3.7  # mm


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `length` in the unit that all bars of a chart share, out of `whole` or 0.

    A solid bar is the thing itself, a hollow one what it is compared with.
    """

    label: str
    length: int
    figure: str
    solid: bool = True
    whole: int = 0

    @property
    def reach(self) -> int:
        return max(self.length, self.whole)

    @property
    def fill(self) -> str:
        return INK if self.solid else PAPER


def bars(chart: Sequence[Bar], *, title: str, width: float) -> str:
    """Bars one below the other, each with its label above and its figure at its end."""
    room = width - max(_figure_width(bar.figure) for bar in chart) - 2
    scale = room / max(1, *(bar.reach for bar in chart))
    parts = [_bar(bar, n * 12.2, scale) for n, bar in enumerate(chart)]
    height = 12.2 * len(chart) - 1.8
    return (
        f'<svg width="{width:g}mm" height="{height:.1f}mm" viewBox="-.2 0 {width:g} {height:.1f}"'
        f' role="img"><title>{escape(title)}</title><g font-family="{FONTS}" fill="{INK}">'
        f"{''.join(parts)}</g></svg>"
    )


def _bar(bar: Bar, top: float, scale: float) -> str:
    frame = _box(top, bar.whole * scale, PAPER) if bar.whole else ""
    end = bar.reach * scale + 1.8
    return (
        f'<text x="0" y="{top + 3.4:.1f}" font-size="{LABEL_SIZE}">{escape(bar.label)}</text>'
        f"{frame}{_box(top, bar.length * scale, bar.fill)}"
        f'<text x="{end:.1f}" y="{top + 8.4:.1f}" font-size="{FIGURE_SIZE}" font-weight="700">'
        f"{escape(bar.figure)}</text>"
    )


def _box(top: float, width: float, fill: str) -> str:
    return (
        f'<rect x="0" y="{top + 4.7:.1f}" width="{width:.1f}" height="4.9" fill="{fill}"'
        f' stroke="{INK}" stroke-width=".3"/>'
    )


def _figure_width(figure: str) -> float:
    """About the width of a bar's figure in millimetres: room is left for the longest."""
    return len(figure) * FIGURE_SIZE * 0.56


# --- charts on a page: their classes are drawn by static/css/parts/charts.css


def spark(missed: Sequence[tuple[int, int] | None], *, title: str) -> str:
    """A little bar for each week: how much was missed of what was possible, full height for all
    of it. None is a week without a possible session."""
    step = 88 / max(len(missed), 1)
    drawn = [_week(n * step, step, *week) for n, week in enumerate(missed) if week is not None]
    return (
        f'<svg class="spark-bars" viewBox="0 0 88 24" role="img"><title>{escape(title)}</title>'
        f"{''.join(drawn)}</svg>"
    )


def _week(left: float, step: float, absent: int, possible: int) -> str:
    height = 22.0 * absent / max(possible, 1)
    bar = f'x="{left + 1:.1f}" y="{23 - height:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
    none = f'class="none" x="{left + 1:.1f}" y="21.5" width="{step - 2:.1f}" height="1.5"'
    return f"<rect {bar if height else none}/>"


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A value for each place on the axis, None where there is none; `label` stands at its end."""

    label: str
    values: Sequence[float | None]
    css: str = "line"

    @property
    def is_main(self) -> bool:
        return self.css == "line"

    @property
    def known(self) -> list[tuple[int, float]]:
        """The places that have a value, with it."""
        return [(place, value) for place, value in enumerate(self.values) if value is not None]

    @property
    def runs(self) -> Iterator[list[tuple[int, float]]]:
        """The known places, parted where one has no value."""
        numbered = enumerate(self.known)
        for _, run in groupby(numbered, key=_place_less_number):
            yield list(map(itemgetter(1), run))


def _place_less_number(numbered: tuple[int, tuple[int, float]]) -> int:
    """The same for all of a run, whose places follow each other as their numbers do."""
    number, (place, _) = numbered
    return place - number


@dataclass(frozen=True, slots=True)
class ChartTick:
    at: int
    label: str


LEFT, RIGHT, TOP, BOTTOM = 40, 640, 14, 262


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a place and a value stand in the picture."""

    places: int
    low: int
    high: int

    def x(self, place: float) -> float:
        return LEFT + (RIGHT - LEFT) * place / max(self.places - 1, 1)

    def y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low)

    def point(self, place: float, value: float) -> tuple[float, float]:
        return self.x(place), self.y(value)

    def path(self, run: Iterable[tuple[float, float]]) -> str:
        return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in starmap(self.point, run))


def trend(
    lines: Sequence[ChartLine], *, places: int, ticks: Sequence[ChartTick], title: str
) -> str:
    """Lines over the same places of an axis, in per cent, each with its name at its end. The
    scale holds what is there, not less than four points, and never more than 100."""
    drawn = [line for line in lines if line.known]
    low, high, step = scale([value for line in drawn for _, value in line.known])
    plane = _Plane(places, low, high)
    parts = [_grid_line(value, plane.y(value)) for value in range(low, high + 1, step)]
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{BOTTOM}" y2="{BOTTOM}"/>')
    parts += [_tick(tick, plane.x(tick.at)) for tick in ticks]
    ends: list[float] = []
    for line in drawn:
        parts += _drawn(line, plane, ends)
    return (
        f'<svg viewBox="0 0 760 {BOTTOM + 26}" role="img"><title>{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )


def _grid_line(value: int, y: float) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    )


def _tick(tick: ChartTick, x: float) -> str:
    return (
        f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{BOTTOM}" y2="{BOTTOM + 5}"/>'
        f'<text class="tick" x="{x:.1f}" y="{BOTTOM + 19}">{escape(tick.label)}</text>'
    )


def _drawn(line: ChartLine, plane: _Plane, ends: list[float]) -> list[str]:
    """A path for each run of values, a dot at the end, and the name beside it, out of the way of
    the names that are there already (`ends`)."""
    paths = " ".join(map(plane.path, line.runs))
    end_x, end_y = plane.point(*line.known[-1])
    name, label_y = ("label", end_y - 12) if line.is_main else ("label-2", end_y + 4)
    ends.append(label_y := _clear_of(ends, label_y))
    return [
        f'<path class="{line.css}" d="{paths}"/>',
        f'<circle class="dot {line.css}-dot" cx="{end_x:.1f}" cy="{end_y:.1f}" r="4"/>',
        f'<text class="{name}" x="{end_x + 10:.1f}" y="{label_y:.1f}">{escape(line.label)}</text>',
    ]


def _clear_of(ends: Sequence[float], y: float) -> float:
    """The first height from this one down that has no name within 16."""
    while any(abs(y - other) < 16 for other in ends):
        y += 4
    return y


def scale(values: Sequence[float]) -> tuple[int, int, int]:
    """The lowest and the highest line of a percentage scale that holds the values, and the step:
    whole points, four lines or so."""
    low, high = (floor(min(values)), ceil(max(values))) if values else (90, 100)
    step = next((step for step in (1, 2, 5, 10) if high - low <= 5 * step), 20)
    low = low // step * step
    high = min(100, max(-(-high // step) * step, low + 4 * step))
    low = max(0, min(low, high - 4 * step)) if high == 100 else low
    return low, high, step


def dumbbell(before: float | None, now: float, *, low: int, high: int, title: str) -> str:
    """A ring for what it is compared with joined to a dot for what is, on the scale of a column."""

    def x(value: float) -> float:
        return 6 + 228 * (value - low) / max(high - low, 1)

    parts = ['<line class="track" x1="6" x2="234" y1="10" y2="10"/>']
    if before is not None:
        parts.append(f'<line class="join" x1="{x(before):.1f}" x2="{x(now):.1f}" y1="10" y2="10"/>')
        parts.append(f'<circle class="ring" cx="{x(before):.1f}" cy="10" r="4"/>')
    parts.append(f'<circle class="now" cx="{x(now):.1f}" cy="10" r="5"/>')
    return (
        f'<svg class="dumbbell" viewBox="0 0 240 20" role="img"><title>{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )


def twin_bar(now: int, before: int | None, *, most: int) -> str:
    """This year's bar above last year's thin one; both out of the longest. For the eye alone: the
    figures stand beside it."""
    scale_of = 200 / most if most else 0
    thin = f'<rect class="thin" x="0" y="15" width="{(before or 0) * scale_of:.1f}" height="3"/>'
    thick = f'<rect x="0" y="2" width="{now * scale_of:.1f}" height="11"/>'
    return (
        '<svg class="twin-bar" viewBox="0 0 200 20" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{thick}{"" if before is None else thin}</svg>'
    )
