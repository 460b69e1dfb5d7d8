"""Parts of the school beside what they are held against, and reasons, each with its picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from absence.charts import svg
from absence.school_page.figures import FEWEST_OVER, Compared, PupilsTogether, Reason


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a table with its picture."""

    part: Compared
    picture: SafeString

    @property
    def persistent(self) -> str:
        """How many are persistently absent, and their share; few of a small group are not told."""
        now = self.part.now
        if now.few_persistent:
            return format_html('<span class="muted">under {}</span>', FEWEST_OVER)
        return format_html(
            '<b>{}</b> <span class="muted">{}%</span>', f"{now.persistent:,}", now.persistent_rate
        )

    @property
    def persistent_before(self) -> str:
        before = self.part.before
        return f"{before.persistent:,}, {before.persistent_rate}%" if before else ""

    @property
    def england(self) -> str:
        """What is known of the country's pupils of this kind; blank where nothing is."""
        rates = self.part.national
        if rates is None:
            return ""
        return format_html(
            '<span class="sub">England, {}: {}%, {}% persistent</span>',
            rates.when,
            rates.attendance,
            rates.persistent,
        )


def with_pictures(
    parts: Sequence[Compared], *, than: str = "last year", now: str = "this year"
) -> list[Shown]:
    """All on one scale, so that the rows can be read against each other."""
    rates = [_rate_of(side) for part in parts for side in (part.now, part.before)]
    low, high, _ = svg.scale([rate for rate in rates if rate is not None])
    return [Shown(part, _dumbbell(part, low, high, than, now)) for part in parts]


def _rate_of(side: PupilsTogether | None) -> float | None:
    """As it is shown, to one place; None without a possible session."""
    rate = side.tally.attendance_rate if side else None
    return None if rate is None else float(rate)


def _dumbbell(part: Compared, low: int, high: int, than: str, now: str) -> SafeString:
    """Of pupils of whom some had a possible session."""
    rate, before = _rate_of(part.now) or 0.0, _rate_of(part.before)
    held_against = "" if before is None else f"{before:.1f}% {than}, "
    title = f"{held_against}{rate:.1f}% {now}"
    drawn = svg.dumbbell(before, rate, low=low, high=high, title=title)
    return mark_safe(drawn)  # noqa: S308 (escaped where it is drawn)


def with_bars(
    reasons: Sequence[Reason], now: PupilsTogether, before: PupilsTogether
) -> list[tuple[Reason, SafeString]]:
    """Bars are as long as the share of possible sessions, in millionths; without pupils before
    there is no thin one."""
    thick = [_millionths(reason.sessions, now) for reason in reasons]
    thin = [_millionths(reason.before, before) for reason in reasons]
    most = max(thick + thin, default=0)
    return [
        (reason, _bar(long, short if before.pupils else None, most))
        for reason, long, short in zip(reasons, thick, thin, strict=True)
    ]


def _bar(now: int, before: int | None, most: int) -> SafeString:
    return mark_safe(svg.twin_bar(now, before, most=most))  # noqa: S308 (numbers alone)


def _millionths(sessions: int, of: PupilsTogether) -> int:
    possible = of.tally.possible
    return 1_000_000 * sessions // possible if possible else 0
