"""What the gallery of components shows: every part in every state, all of it invented.

Nothing here is read from a school, and nothing is saved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import cos
from types import SimpleNamespace
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from absence.charts import svg as charts
from absence.charts.pupil_year import TrendNote, TrendWeek, weekly_trend
from absence.lists.listing import BandLine
from absence.rules import wording
from absence.rules.academic_year import SchoolSession
from absence.rules.bands import DEFAULT_BANDS
from absence.rules.effects import Effect
from absence.rules.year_grid import GridTerm, year_grid
from attendance_site.pages.at_school import Task
from registers.models import Job, School
from registers.models.school.staff import User
from registers.rules.calendar import SessionKey
from registers.rules.codes import Half
from registers.rules.tally import Tally

MONDAY = date(2026, 10, 5)


@dataclass(frozen=True, slots=True)
class CellExample:
    """One half day as it may be drawn; the fields are those of the tag `mark_cell`."""

    words: str
    symbol: str = ""
    planned: bool = False
    amended: bool = False
    future: bool = False
    url: str = ""


CELL_EXAMPLES = (
    CellExample("Marked", "I"),
    CellExample("Leads to its history", "O", url="#g1"),
    CellExample("Planned, not yet a mark", "C", planned=True),
    CellExample("Planned elsewhere", "D", planned=True),
    CellExample("Amended later", "I", amended=True),
    CellExample("Amended, leads on", "/", amended=True, url="#g1"),
    CellExample("Two letters", "C1"),
    CellExample("Two letters, planned", "C2", planned=True),
    CellExample("Not marked"),
    CellExample("Not marked, leads on", url="#g1"),
    CellExample("Still to come", future=True),
)
SIZES = (("sm", "16 by 20, in rows"), ("", "24, in grids and tables"), ("lg", "40, to act on"))

MORNINGS = 0b0101010101
PATTERNS = (
    ("C2", MORNINGS, "Home at noon, five days"),
    ("B", 0b1100000000, "Fridays elsewhere"),
    ("D", 0b0000001111, "Mondays and Tuesdays at the other school"),
    ("X", 0b1111111111, "Every session"),
)


def bands() -> list[BandLine]:
    """The usual bands: of two with one title the later says where it begins."""
    titles = wording.titles(DEFAULT_BANDS)
    return [
        BandLine(
            name=band.name,
            title=titles[band.name],
            attendance=wording.attendance_range(DEFAULT_BANDS, index),
            shape=wording.shape(DEFAULT_BANDS, index),
            pupils=0,
            per_mille=0,
        )
        for index, band in enumerate(DEFAULT_BANDS)
    ]


def jobs() -> list[Job]:
    """Long work in its four states; and done with a file."""
    by = User(username="a.nother", name="A. Nother")
    common: dict[str, Any] = {"title": "Panel pack of 26 November", "started_by": by}
    state = Job.State
    return [
        Job(state=state.QUEUED, **common),
        Job(state=state.RUNNING, said="Draws the pupils.", done=7, total=12, **common),
        Job(state=state.DONE, said="The school’s files are in: 1,035 pupils.", **common),
        Job(state=state.DONE, said="12 pupils.", file="none.pdf", filename="pack.pdf", **common),
        Job(state=state.FAILED, said="The calendar has no session in this week.", **common),
    ]


def anywhere() -> SimpleNamespace:
    """A request at a school, for parts that name their addresses by it; they lead nowhere here."""
    return SimpleNamespace(
        viewer=SimpleNamespace(school=School(urn="900000", name="Ellerwick School"))
    )


def effects() -> list[tuple[str, Effect]]:
    return [
        ("Less missed", Effect(20, Tally(29, 8, 3), Tally(32, 3, 1))),
        ("More missed", Effect(20, Tally(36, 3, 1), Tally(29, 8, 3))),
        ("As much", Effect(15, Tally(27, 3, 0), Tally(27, 0, 3))),
        ("Too early", Effect(3, Tally(4, 2, 0), Tally(6, 0, 0))),
        ("Nothing to compare", Effect(0, Tally(0, 0, 0), Tally(0, 0, 0))),
    ]


def due_days(today: date) -> list[date]:
    """Days of next steps: overdue by some and by one, today, near, further away."""
    return [today + timedelta(days=days) for days in (-3, -1, 0, 1, 5, 20)]


def tasks() -> list[Task]:
    return [
        Task(
            "2 next steps are overdue",
            "1 of them yours; 4 due this week.",
            "See them",
            "#g6",
            urgent=True,
            is_first=True,
        ),
        Task(
            "14 letters wait for a yes",
            "Each with its PDF, as it will be sent.",
            "Read them",
            "#g6",
        ),
    ]


def menu() -> dict[str, Any]:
    """The menu with a page of its further ones open."""
    more = ("Late desk", "Planned absences", "Nights")
    return {
        "links": [_link("Today"), _link("Pupils"), _link("Letters")],
        "more": [_link(label, here=label == "Planned absences") for label in more],
        "is_in_more": True,
    }


def _link(label: str, *, here: bool = False) -> dict[str, Any]:
    return {"label": label, "url": "#g9", "here": here}


# --- charts


def pictures() -> dict[str, SafeString]:
    """Each chart once, by its name."""
    drawn = {
        "spark": charts.spark(
            [(0, 10), (2, 10), None, (10, 10), (1, 10), (0, 8)],
            title="Missed in the last 6 complete weeks: 0, 2, none possible, 10, 1, 0",
        ),
        "trend": _trend(),
        "dumbbell": charts.dumbbell(
            91.2, 93.4, low=88, high=96, title="91.2% at this point last year, 93.4% now"
        ),
        "dumbbell_alone": charts.dumbbell(None, 90.1, low=88, high=96, title="90.1% now"),
        "twin_bar": charts.twin_bar(120, 180, most=200),
        "bars": charts.bars(
            [
                charts.Bar("Siyuan", 33, "33 of 216", whole=216),
                charts.Bar("Half of Year 9 missed fewer than", 11, "11", solid=False),
            ],
            title="Siyuan missed 33 of 216 sessions, half of Year 9 fewer than 11",
            width=150,
        ),
        "weekly_trend": _weekly_trend(),
    }
    return {name: mark_safe(svg) for name, svg in drawn.items()}  # noqa: S308 (drawn here)


def _trend() -> str:
    now = [93.2, 93.6, 93.1, None, 92.4, 92.9, 92.1]
    before = [92.0, 92.4, 92.2, 91.8, 91.4, 91.9, 91.2, 91.6, 91.1, 90.8]
    return charts.trend(
        [
            charts.ChartLine("92.1% in week 7", [*now, None, None, None]),
            charts.ChartLine("2025/26", before, "line-2"),
            charts.ChartLine("England", [91.5] * 10, "line-3"),
        ],
        places=10,
        ticks=[charts.ChartTick(0, "Sep"), charts.ChartTick(4, "Oct"), charts.ChartTick(8, "Nov")],
        title="Attendance week by week: 92.1% in week 7, 91.2% in that week of 2025/26",
    )


def _weekly_trend() -> str:
    missed = [(0, 0), (2, 0), (1, 0), (4, 1), (0, 2), (0, 0), (3, 2), (10, 0)]
    first = date(2026, 9, 7)
    return weekly_trend(
        list(_weeks(first, missed)),
        [(number, 95 - number / 6 + cos(number) / 2) for number in range(38)],
        first_on=date(2026, 9, 1),
        last_on=date(2027, 7, 21),
        name="Siyuan",
        title="Siyuan’s year week by week: 25 of 80 sessions missed by 30 October",
        notes=[TrendNote(date(2026, 10, 1), "1"), TrendNote(date(2026, 10, 22), "2")],
    )


def _weeks(first: date, missed: list[tuple[int, int]]) -> Iterator[TrendWeek]:
    absent = 0
    for number, (authorised, unauthorised) in enumerate(missed, start=1):
        absent += authorised + unauthorised
        monday = first + (number - 1) * timedelta(days=7)
        to_date = 100 - 100 * absent / (10 * number)
        yield TrendWeek(monday, authorised, unauthorised, 10, to_date)


# --- the year


class MarksLeadHere:
    """In place of the addresses of a pupil's marks."""

    def of(self, on: date, half: Half) -> str:
        return "#g8"


def grid() -> list[GridTerm]:
    """Three weeks of a pupil who came in the first: marks, a plan, a day lost, what is to come."""
    days = [MONDAY + timedelta(days=day) for day in range(21) if day % 7 < 5]
    lost = {(days[8], half): SchoolSession(days[8], half, False, "Snow") for half in Half}
    return year_grid(
        sessions=[lost.get(key, SchoolSession(*key)) for key in product(days, Half)],
        marks=_marks(days[2:8] + days[9:12]),
        begun=(days[12], Half.AM),
        on_roll=[(days[2], None)],
        amended={(days[4], Half.AM)},
        planned={(days[13], half): "C" for half in Half},
    )


def _marks(days: list[date]) -> dict[SessionKey, str]:
    whole = ["/\\", "L\\", "II", "VV", "NN", "OU", "/\\", "/M", "/\\"]
    return {
        (day, half): symbols[half]
        for day, symbols in zip(days, whole, strict=True)
        for half in Half
    }
