"""A picture of how long requests took: a row of bars for each kind, over one axis of times.

SVG by hand, text in, text out. A bucket is as wide as a third of a doubling: 1, 1.26, 1.59, 2 …
milliseconds; a row's tallest bar is its fullest bucket.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, floor, log2
from xml.sax.saxutils import escape

INK, SOFT, LINE, PAPER = "#111820", "#5c6773", "#d5dae0", "#ffffff"
FONTS = "Source Sans 3, DejaVu Sans, sans-serif"
LEFT, WIDTH, ROW, BARS, TOP = 190, 720, 64, 44, 58
OF_A_DOUBLING = 3  # buckets
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000)
ANCHORS = {"p95": "end", "p99": "start"}  # the two are often close together

Marks = Mapping[str, float]  # what is marked on a row: p50 and so on, in seconds


def picture(
    rows: Mapping[str, Sequence[float]], marked: Mapping[str, Marks], *, title: str, under: str
) -> str:
    """The rows' seconds as histograms; each row's marks as lines with their names."""
    every = [seconds for times in rows.values() for seconds in times]
    low, high = floor(_place(min(every))), ceil(_place(max(every))) + 1
    scale = (WIDTH - LEFT - 24) / (high - low)

    def x(seconds: float) -> float:
        return LEFT + (_place(seconds) - low) * scale

    bottom = TOP + ROW * len(rows)
    parts = [_tick(ms, x(ms / 1000), bottom) for ms in TICKS if low <= _place(ms / 1000) <= high]
    for number, (name, times) in enumerate(rows.items()):
        base = TOP + ROW * (number + 1) - 8
        parts += [_name(name, len(times), base), *_bars(times, base, low, scale)]
        parts += [_mark(word, x(at), base) for word, at in marked[name].items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 36}" role="img"'
        f' font-family="{FONTS}" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f'<text x="12" y="22" font-size="15" font-weight="700" fill="{INK}">{escape(title)}</text>'
        f'<text x="12" y="40" fill="{SOFT}">{escape(under)}</text>{"".join(parts)}</svg>\n'
    )


def _place(seconds: float) -> float:
    """Where a time stands, in buckets from a millisecond on."""
    return OF_A_DOUBLING * log2(max(seconds, 0.0005) * 1000)


def _bars(times: Sequence[float], base: float, low: int, scale: float) -> list[str]:
    buckets = Counter(floor(_place(seconds)) for seconds in times)
    fullest = max(buckets.values())
    return [
        f'<rect x="{LEFT + (bucket - low) * scale + 0.5:.1f}"'
        f' y="{base - max(1, BARS * count / fullest):.1f}" width="{scale - 1:.1f}"'
        f' height="{max(1, BARS * count / fullest):.1f}" fill="{INK}"/>'
        for bucket, count in sorted(buckets.items())
    ]


def _name(name: str, count: int, base: float) -> str:
    return (
        f'<text x="12" y="{base - 14}" font-weight="700" fill="{INK}">{escape(name)}</text>'
        f'<text x="12" y="{base}" fill="{SOFT}">{count:,}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - 24}" y1="{base}" y2="{base}" stroke="{INK}"/>'
    )


def _mark(word: str, x: float, base: float) -> str:
    anchor = ANCHORS.get(word, "middle")
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base - BARS - 2}" stroke="{SOFT}"'
        f' stroke-dasharray="2 2"/><text x="{x:.1f}" y="{base - BARS - 5}" font-size="9"'
        f' text-anchor="{anchor}" fill="{SOFT}">{escape(word)}</text>'
    )


def _tick(ms: int, x: float, bottom: float) -> str:
    words = f"{ms} ms" if ms < 1_000 else f"{ms // 1_000} s"
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="{LINE}"/>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="{SOFT}">{words}</text>'
    )
