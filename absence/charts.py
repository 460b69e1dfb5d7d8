"""Charts as SVG, drawn by hand: text in, text out. No Django in this module.

A chart carries a `<title>` that says what it finds (it becomes the figure's alternative text), its
width in millimetres and its own font, since a style sheet does not reach into it on paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

INK, PAPER = "#111820", "#ffffff"
FONTS = "Source Sans 3, DejaVu Sans, Droid Sans Fallback"
LABEL_SIZE, FIGURE_SIZE = 3.35, 3.7  # mm


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `length` in the unit that all bars of a chart share, out of `whole` if it is known.

    A solid bar is the thing itself, a hollow one what it is compared with.
    """

    label: str
    length: int
    figure: str
    solid: bool = True
    whole: int | None = None


def bars(chart: Sequence[Bar], *, title: str, width: float) -> str:
    """Bars one below the other, each with its label above and its figure at its end."""
    room = width - max(_figure_width(bar.figure) for bar in chart) - 2
    longest = max(max(bar.length, bar.whole or 0) for bar in chart) or 1
    parts = [_bar(bar, n * 12.2, room / longest) for n, bar in enumerate(chart)]
    height = 12.2 * len(chart) - 1.8
    return (
        f'<svg width="{width:g}mm" height="{height:.1f}mm" viewBox="-.2 0 {width:g} {height:.1f}"'
        f' role="img"><title>{escape(title)}</title><g font-family="{FONTS}" fill="{INK}">'
        f"{''.join(parts)}</g></svg>"
    )


def _bar(bar: Bar, top: float, scale: float) -> str:
    length, whole = bar.length * scale, (bar.whole or 0) * scale
    frame = _box(top, whole, PAPER) if whole else ""
    end = max(length, whole) + 1.8
    return (
        f'<text x="0" y="{top + 3.4:.1f}" font-size="{LABEL_SIZE}">{escape(bar.label)}</text>'
        f"{frame}{_box(top, length, INK if bar.solid else PAPER)}"
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
