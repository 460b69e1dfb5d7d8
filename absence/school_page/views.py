"""A school in figures: better or worse than last year and than England, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from absence.charts import svg
from absence.figures import school as figures
from absence.figures import sums
from absence.figures.calendar import NoAcademicYearError, YearToDate, year_to_date
from absence.figures.rows import AbsenceRow
from absence.figures.school import Absence
from absence.figures.weeks import school_by_week
from absence.lists import listing
from absence.lists.forms import NEEDS, AsAtForm
from absence.lists.views import usual_day
from absence.rules import national, windows, wording
from absence.rules.bands import bands_from_settings
from absence.rules.windows import Period
from absence.school_page import figures as school_figures
from absence.school_page.figures import Compared, PupilsTogether, Reason
from absence.school_page.wording import opening
from registers.models import Mark, School, Session
from registers.rules.admission import in_natural_order
from registers.rules.clock import times_on
from registers.rules.codes import Half
from registers.rules.pupils import year_groups
from registers.rules.tally import Tally, total
from registers.web.access import PageRequest, allowed

HALF_NAMES = {Half.AM: "morning", Half.PM: "afternoon"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a table with its picture."""

    compared: Compared
    picture: SafeString
    query: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """A line of the table behind the chart."""

    number: int
    monday: date
    now: Tally | None
    before: Tally | None


@require_safe
@allowed("see_school")
def school(request: PageRequest) -> HttpResponse:
    """Twelve statements, however many pupils the school has."""
    viewer = request.viewer
    asked = AsAtForm(request.GET, today=timezone.localdate())
    asked.is_valid()
    as_at = asked.cleaned_data.get("as_at") or usual_day(viewer.school)
    try:
        calendar = year_to_date(viewer.school, as_at)
    except NoAcademicYearError as missing:
        return render(request, "absence/school_page/no_calendar.html", {"why": str(missing)})
    since = asked.moved_since(as_at, calendar.year)
    return render(
        request, "absence/school_page/school.html", _page(viewer.school, calendar, since, asked)
    )


def _page(at: School, calendar: YearToDate, since: date, asked: AsAtForm) -> dict:
    last_point = windows.same_point(calendar.year, calendar.before, calendar.as_at)
    week = windows.week_so_far(calendar.year, calendar.as_at)
    week_before = windows.same_week(calendar.year, calendar.before, week)
    today = timezone.localdate()
    is_now = calendar.as_at >= usual_day(at)  # on an earlier day, today is out of place
    absence = figures.absence_of(
        at,
        calendar,
        since=since,
        last_point=last_point,
        periods={
            name: period
            for name, period in (("week", week), ("week before", week_before))
            if period
        },
        today=today,
    )
    rows, then = absence.rows, absence.last_year
    now, before = school_figures.together(rows), school_figures.together(then)
    last_year = before if before.pupils else None
    points = wording.points(now.tally.attendance_rate, before.tally.attendance_rate)
    bands = bands_from_settings(at.bands)
    england = national.by_phase()[phase := national.phase_of({row.year_group for row in rows})]
    return {
        "asked": asked,
        "as_at": calendar.as_at,
        "since": since,
        "year": calendar.year,
        "last_year": calendar.before,
        "last_point": last_point,
        "days": calendar.year.days_to(calendar.as_at),
        "now": now,
        "before": last_year,
        "points": points,
        "opening": opening(now, last_year, points, calendar.year.name),
        "england": england,
        "phase": national.PHASE_NAMES[phase],
        "rows": len(rows),
        "on_roll": sum(row.is_on_roll(calendar.as_at) for row in rows),
        "is_now": is_now,
        "early_days": calendar.year.early_days(calendar.as_at),
        "today": _today(at, today, absence.groups_today) if is_now else None,
        "week": week,
        "week_now": _together(absence, "week"),
        "week_before": _together(absence, "week before"),
        "origins": school_figures.origins(rows),
        "near_words": wording.near_words(listing.NEAR_WITHIN),
        "near": sum(listing.is_near(row.tally) for row in rows),
        "bands": listing.band_lines(rows, bands),
        "summary": listing.summary_of(rows),
        "movement_is_known": any(row.earlier.possible for row in rows),
        **_parts(rows, then),
        **_trend(at, calendar, england),
        **_reasons(at, calendar, last_point, now, before),
    }


def _together(absence: Absence, name: str) -> Tally:
    return total(absence.tallies.get(name, {}).values())


def _today(at: School, today: date, groups: dict[int, str]) -> school_figures.Today | None:
    """None on a day without a session."""
    halves = Session.objects.filter(school=at, date=today, is_open=True).order_by("half")
    due = {Half(half): HALF_NAMES[Half(half)] for half in halves.values_list("half", flat=True)}
    if not due:
        return None
    times = times_on(at, today)
    now = timezone.localtime().time()
    begun = {int(half): name for half, name in due.items() if times.at(half) <= now}
    marks = Mark.objects.on_roll().filter(enrolment__school=at, date=today)
    rows = marks.values_list("enrolment_id", "half", "code_id")
    return school_figures.today_so_far(today, begun, rows, groups)


def _parts(rows: Sequence[AbsenceRow], then: Sequence[AbsenceRow]) -> dict:
    """The school by year group, by registration group, by characteristic."""
    years = year_groups.in_order({row.year_group for row in rows})
    by_year = school_figures.by(lambda row: row.year_group, rows, then, years)
    names = in_natural_order({row.registration_group for row in rows})
    by_group = school_figures.by(lambda row: row.registration_group, rows, [], names)
    gaps, too_small = school_figures.gaps(rows, NEEDS, national.by_group())
    return {
        "by_year": _with_pictures([one for one in by_year if not one.now.is_small]),
        "years_too_small": [one.name for one in by_year if one.now.is_small],
        "by_group": [one for one in by_group if not one.now.is_small],
        "groups_too_small": [one.name for one in by_group if one.now.is_small and one.name],
        "gaps": _with_pictures(gaps, than="for the others", now="for this group"),
        "gaps_too_small": too_small,
        "fewest": school_figures.FEWEST,
    }


def _with_pictures(
    parts: Sequence[Compared], *, than: str = "last year", now: str = "this year"
) -> list[Shown]:
    """All on one scale, so that the rows can be read against each other."""
    rates = [
        float(side.tally.attendance_rate)
        for part in parts
        for side in (part.now, part.before)
        if side and side.tally.possible
    ]
    low, high, _ = svg.scale(rates)
    return [Shown(part, _dumbbell(part, low, high, than, now)) for part in parts]


def _dumbbell(part: Compared, low: int, high: int, than: str, now: str) -> SafeString:
    rate_now = part.now.tally.attendance_rate
    before = part.before.tally.attendance_rate if part.before else None
    title = f"{rate_now}% {now}"
    if before is not None:
        title = f"{before}% {than}, {title}"
    drawn = svg.dumbbell(
        None if before is None else float(before), float(rate_now), low=low, high=high, title=title
    )
    return mark_safe(drawn)  # noqa: S308 (escaped where it is drawn)


def _trend(at: School, calendar: YearToDate, england: national.National) -> dict:
    """Complete weeks only, side by side by their number in the year."""
    year, before = calendar.year, calendar.before
    first = before.weeks[0] if before and before.weeks else year.starts_on - timedelta(days=7)
    sessions = school_by_week(at.pk, first, calendar.as_at)
    over = year.weeks_over_by(calendar.as_at)
    weeks = side_by_side(year.weeks, over, before.weeks if before else [], sessions)
    latest = next((week for week in reversed(weeks) if week.now and week.now.possible), None)
    if latest is None:
        return {"chart": "", "weeks": [], "latest": None}
    return {
        "chart": mark_safe(_chart(weeks, latest, calendar, england)),  # noqa: S308 (likewise)
        "weeks": [week for week in weeks if week.now or week.before],
        "latest": latest,
    }


def side_by_side(
    weeks: Sequence[date], over: Sequence[date], past: Sequence[date], sums: Mapping[date, Tally]
) -> list[Week]:
    """This year's weeks, of which `over` are complete, beside last year's of the same number."""

    def sum_of(monday: date | None) -> Tally | None:
        return sums.get(monday) if monday else None

    return [
        Week(number, monday or before, sum_of(complete), sum_of(before))
        for number, (monday, complete, before) in enumerate(zip_longest(weeks, over, past), start=1)
    ]


def _chart(
    weeks: Sequence[Week], latest: Week, calendar: YearToDate, england: national.National
) -> str:
    lines = [
        svg.ChartLine(
            f"{latest.now.attendance_rate}% in week {latest.number}", _rates("now", weeks)
        )
    ]
    title = f"Attendance week by week: {latest.now.attendance_rate}% in week {latest.number}"
    if calendar.before and any(week.before for week in weeks):
        lines.append(svg.ChartLine(calendar.before.name, _rates("before", weeks), "line-2"))
        if latest.before and latest.before.possible:
            title += f", {latest.before.attendance_rate}% in that week of {calendar.before.name}"
    flat = [float(england.attendance)] * len(weeks)
    lines.append(svg.ChartLine(f"England {england.when}", flat, "line-3"))
    return svg.trend(lines, places=len(weeks), ticks=_months(weeks), title=title)


def _rates(side: str, weeks: Sequence[Week]) -> list[float | None]:
    """Exact, not rounded: a line shows more than one place."""
    tallies = (getattr(week, side) for week in weeks)
    return [
        100 * tally.attended / tally.possible if tally and tally.possible else None
        for tally in tallies
    ]


def _months(weeks: Sequence[Week]) -> list[svg.ChartTick]:
    """The first week of each month, unless it is too near to the one before."""
    ticks: list[svg.ChartTick] = []
    for at, week in enumerate(weeks):
        label = f"{week.monday + timedelta(days=4):%b}"
        known = bool(ticks) and ticks[-1].label == label
        if not known and (not ticks or at - ticks[-1].at >= 2):
            ticks.append(svg.ChartTick(at, label))
    return ticks


def _reasons(
    at: School,
    calendar: YearToDate,
    last_point: date | None,
    now: PupilsTogether,
    before: PupilsTogether,
) -> dict:
    periods = {"now": calendar.so_far}
    if calendar.before and last_point:
        periods["before"] = Period(calendar.before.starts_on, last_point)
    made = sums.codes_made(at.pk, periods)
    found = school_figures.reasons(
        made["now"], made.get("before", {}), now.tally.possible, before.tally.possible
    )
    return {"reasons": _with_bars(found, now, before)}


def _with_bars(
    found: Sequence[Reason], now: PupilsTogether, before: PupilsTogether
) -> list[tuple[Reason, SafeString]]:
    """Bars are as long as the share of possible sessions, in millionths."""

    def part(sessions: int, of: PupilsTogether) -> int:
        return 1_000_000 * sessions // of.tally.possible if of.tally.possible else 0

    lengths = [
        (part(one.sessions, now), part(one.before, before) if before.pupils else None)
        for one in found
    ]
    most = max((max(a, b or 0) for a, b in lengths), default=0)
    return [
        (one, mark_safe(svg.twin_bar(*length, most=most)))  # noqa: S308 (numbers alone)
        for one, length in zip(found, lengths, strict=True)
    ]
