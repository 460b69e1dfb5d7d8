"""How things are measured: yardstick and candidate by turns in one run, medians, ratios."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

WARM_UNDER = 1.0  # seconds


class WrongAnswerError(Exception):
    """A candidate does not say what the oracle says: its speed is worth nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. The goal is a limit for the ratio, from above or from below."""

    what: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None
    shown: str = ""  # the two times behind the ratio, or what else helps to read it

    @property
    def met(self) -> bool:
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return self.at_least is None or self.ratio >= self.at_least

    @property
    def goal(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_least is not None else ""


def must_equal(what: str, answer, oracle) -> None:
    if answer != oracle:
        raise WrongAnswerError(what)


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def by_turns(*works: Callable[[], object], repeats: int = 5) -> list[float]:
    """The median seconds of each, after `repeats` rounds in which each had its turn.

    What is over within a second runs once unmeasured first, so that it does not pay for the caches
    that the one before it has filled with its own; longer work fills them itself.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for mine, work in zip(times, works, strict=True):
            gc.collect()
            first = seconds(work)
            mine.append(first if first > WARM_UNDER else seconds(work))
    return [median(mine) for mine in times]


def percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def ms(*times: float) -> str:
    return " / ".join(f"{1000 * time:,.{1 if time < 0.1 else 0}f}" for time in times) + " ms"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, which is also readable as it stands."""
    lines = [("what", "goal", "measured ratio", "met", "medians")]
    lines += [
        (
            row.what,
            row.goal,
            f"{row.ratio:,.2f}",
            ("yes" if row.met else "NO") if row.goal else "",
            row.shown,
        )
        for row in rows
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    written = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)
