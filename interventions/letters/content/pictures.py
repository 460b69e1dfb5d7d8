"""The charts of letters, from their figures. No Django here."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate, pairwise, starmap
from typing import NamedTuple, Self
from xml.sax.saxutils import escape

from absence.charts.svg import FONTS, INK, Bar, bars
from interventions.letters.content.scripts import in_another_script, without_other_scripts
from interventions.letters.content.window import width
from interventions.rules import wording
from registers.rules.calendar import SATURDAY, WEEK, monday_of

WIDTH = 74.0  # mm
LABEL_POINTS = 9.5


def days_missed(figures: Mapping, *, forename: str) -> str:
    """The pupil beside the year group, or, with nothing to compare, the days missed of all."""
    if figures["year_median"] is None or figures["year_median"] >= figures["missed"]:
        return _of_all(figures, forename)
    missed, most = wording.days(figures["missed"]), wording.days(figures["year_median"])
    year = wording.year_words(figures["year_group"])
    others = Bar(f"Half of {year} missed no more than", figures["year_median"], most, solid=False)
    return bars(
        [Bar(_label(forename), figures["missed"], missed), others],
        title=f"Days missed: {forename} {missed}; half of {year} no more than {most}.",
        width=WIDTH,
    )


def _of_all(figures: Mapping, forename: str) -> str:
    missed, possible = figures["missed"], figures["possible"]
    figure = f"{wording.half_days(missed)} of {wording.half_days(possible)}"
    title = f"{forename} missed {wording.of_school_days(missed, possible)}."
    return bars([Bar(_label(forename), missed, figure, whole=possible)], title=title, width=WIDTH)


def _label(forename: str) -> str:
    """The pupil's name where a chart can show it.

    A chart draws letter by letter: an Arabic name would come apart.
    """
    ours = without_other_scripts(forename)
    fits = width(ours, LABEL_POINTS) < WIDTH and not in_another_script(ours)
    return ours if fits else "Missed"


# --- a calendar: each square is a school day

LARGEST, GAP, LEFT, TOP = 5.3, 0.6, 8.5, 4.2  # mm; the height is five squares
HOLIDAY = 2.2  # mm between two weeks that a holiday parts
CALENDAR_WIDTH = 74.0  # mm
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAY_NAMES = "Mon Tue Wed Thu Fri".split()


class DaySquare(NamedTuple):
    """A school day: each half is 1 where it was missed, 0 where not, None where neither."""

    on: date
    am: int | None
    pm: int | None

    @classmethod
    def from_json(cls, on: str, am: int | None, pm: int | None) -> Self:
        return cls(date.fromisoformat(on), am, pm)

    @property
    def missed(self) -> int:
        """Sessions."""
        return (self.am or 0) + (self.pm or 0)


def _is_drawn(day: DaySquare) -> bool:
    return day.on.weekday() < SATURDAY and (day.am, day.pm) != (None, None)


def calendar(figures: Mapping, *, forename: str) -> str:
    """The school days of the last weeks, Monday to Friday down, weeks across; missed ones dark.

    A half-dark square is half a day. A day on which nothing counted is left out.
    """
    days = list(filter(_is_drawn, starmap(DaySquare.from_json, figures["days"])))
    if not days:
        return ""
    columns, size = _columns(sorted({monday_of(day.on) for day in days}))
    boxes, fills = _squares(days, columns, size)
    missed = sum(day.missed for day in days)
    title = (
        f"Calendar of the school days {wording.period(days[0].on, days[-1].on)}. "
        f"{forename} missed {wording.days(missed) if missed else 'none of them'}."
    )
    wide, high = max(columns.values()) + size + 0.4, TOP + 5 * (size + GAP)
    labels = _labels(days, columns, size)
    return (
        f'<svg width="{wide:.1f}mm" height="{high:.1f}mm" viewBox="0 0 {wide:.1f} {high:.1f}"'
        f' role="img"><title>{escape(title)}</title>'
        f'<path d="{boxes}" fill="none" stroke="{INK}" stroke-width=".25"/>'
        f'<path d="{fills or "M0 0"}" fill="{INK}"/>'
        f'<g font-family="{FONTS}" fill="{INK}" font-size="3.2">{labels}</g></svg>'
    )


def _columns(mondays: Sequence[date]) -> tuple[dict[date, float], float]:
    """Where each week stands, and the size of a square that lets them all fit."""
    gaps = [HOLIDAY if after - before > WEEK else 0 for before, after in pairwise(mondays)]
    room = (CALENDAR_WIDTH - LEFT - sum(gaps)) / len(mondays)
    size = round(min(LARGEST, room - GAP), 2)
    places = accumulate(gaps, lambda x, gap: x + (size + GAP) + gap, initial=LEFT)
    return dict(zip(mondays, places, strict=True)), size


def _squares(
    days: Sequence[DaySquare], columns: Mapping[date, float], size: float
) -> tuple[str, str]:
    """The outlines of the days and the fills of the halves that were missed, as two paths."""
    boxes, fills = [], []
    for day in days:
        x, y = columns[monday_of(day.on)], TOP + day.on.weekday() * (size + GAP)
        boxes.append(_box(x, y, size, size))
        if day.am:
            fills.append(_box(x, y, size / 2, size))
        if day.pm:
            fills.append(_box(x + size / 2, y, size / 2, size))
    return "".join(boxes), "".join(fills)


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.2f} {y:.2f}h{width:.2f}v{height:.2f}h-{width:.2f}z"


def _labels(days: Sequence[DaySquare], columns: Mapping[date, float], size: float) -> str:
    """The weekdays at the left, and each month above its first week that has room for it."""
    labels = [
        f'<text x="0" y="{TOP + n * (size + GAP) + size / 2 + 1.15:.2f}">{name}</text>'
        for n, name in enumerate(DAY_NAMES)
    ]
    months = {monday_of(day.on): day.on.month for day in reversed(days)}
    last, at = 0, -10.0
    for monday, x in columns.items():
        if months[monday] != last and x - at > 7.5:
            labels.append(f'<text x="{x:.2f}" y="3">{MONTHS[months[monday] - 1]}</text>')
            last, at = months[monday], x
    return "".join(labels)


# --- bars: days missed in each school week

BARS_WIDTH, FOOT, TALLEST = 166.0, 17.6, 11.5  # mm


def weeks_missed(figures: Mapping, *, forename: str) -> str:
    """A bar for each of the last school weeks, with the days missed above it."""
    weeks = [(date.fromisoformat(on), missed) for on, missed, _ in figures["weeks"]]
    step = min(14.0, (BARS_WIDTH - 14) / len(weeks))
    unit = TALLEST / max(max(missed for _, missed in weeks), 4)  # mm a session
    said = ", ".join(wording.half_days(missed) for _, missed in weeks)
    title = (
        f"Days that {forename} missed in each school week "
        f"{wording.period(weeks[0][0], weeks[-1][0])}: {said}."
    )
    parts = [_week(n, on, missed, step, unit) for n, (on, missed) in enumerate(weeks)]
    wide = 14 + step * len(weeks)
    return (
        f'<svg width="{wide:.1f}mm" height="23mm" viewBox="0 0 {wide:.1f} 23" role="img">'
        f"<title>{escape(title)}</title>"
        f'<path d="M13 {FOOT}H{wide:.1f}" stroke="{INK}" stroke-width=".3"/>'
        f'<g font-family="{FONTS}" fill="{INK}">{"".join(parts)}'
        f'<text x="0" y="{FOOT - 0.6}" font-size="2.9">Days</text>'
        f'<text x="0" y="21.8" font-size="2.9">Week of</text></g></svg>'
    )


def _week(number: int, on: date, missed: int, step: float, unit: float) -> str:
    middle = 14 + step * (number + 0.5)
    height = missed * unit
    bar = (
        f'<rect x="{middle - 3.2:.1f}" y="{FOOT - height:.1f}" width="6.4" height="{height:.1f}"/>'
    )
    weight = ' font-weight="700"' if missed else ""
    return (
        f"{bar if missed else ''}"
        f'<text x="{middle:.1f}" y="{FOOT - height - 0.9:.1f}" font-size="3.3"{weight}'
        f' text-anchor="middle">{wording.half_days(missed)}</text>'
        f'<text x="{middle:.1f}" y="21.8" font-size="2.9" text-anchor="middle">'
        f"{on.day} {MONTHS[on.month - 1]}</text>"
    )
