"""When registers are called: from which day on, on which weekdays."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers import policies
from registers.models import School
from registers.rules.clock import DayTimes, register_window, times_on
from registers.rules.codes import Half
from registers.setup.register_times.in_words import in_words
from registers.setup.school.actions import keep_times, withdraw_times
from registers.setup.school.forms import WEEKDAYS, TimesForm
from registers.web.access import PageRequest, allowed
from registers.web.parameters import day_of, number_of


@dataclass(frozen=True, slots=True)
class TimesLine:
    """Times of the school with the day from which they are; none for those of the beginning."""

    from_on: date | None
    weekdays: list[int]
    said: str
    by: str
    is_to_come: bool
    is_of_today: bool

    @property
    def begins(self) -> str:
        if self.from_on is None:
            return "The beginning"
        return f"{self.from_on:%A} {self.from_on.day} {self.from_on:%B %Y}"

    @property
    def days(self) -> str:
        return ", ".join(f"{WEEKDAYS[day]}s" for day in self.weekdays) or "Every day"


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def times(request: PageRequest) -> HttpResponse:
    """Every decision on times, the latest first, and the form of a new one."""
    school, now = request.viewer.school, timezone.localtime()
    if request.method == "POST":
        form = TimesForm(request.POST)
    else:
        form = TimesForm(initial=_initial(school, now.date()))
    if form.is_bound and form.is_valid():
        try:
            keep_times(school=school, times=form.times, by=request.user, now=now)
        except policies.Refused as refusal:
            form.add_error("from_on", str(refusal))
        else:
            messages.success(request, "Kept. Every day before it keeps the times that it had.")
            return redirect("registers:register_times", urn=school.urn)
    lines = _lines(school)
    context = {"school": school, "form": form, "lines": lines, "today": _week(school, now.date())}
    return render(request, "registers/setup/times.html", context)


def _initial(school: School, today: date) -> dict:
    found = times_on(school, today)
    return {
        "from_on": today + timedelta(days=1),
        "morning_at": found.morning_at,
        "afternoon_at": found.afternoon_at,
        "register_minutes": found.minutes,
        "register_minutes_reason": school.register_minutes_reason if found.minutes > 30 else "",
    }


def _week(school: School, today: date) -> list[tuple[str, str]]:
    """This week's days with the times of each."""
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=number) for number in range(len(WEEKDAYS))]
    return [(f"{on:%A} {on.day} {on:%B}", in_words(times_on(school, on))) for on in days]


def _lines(school: School) -> list[TimesLine]:
    now = timezone.localtime()
    today = now.date()
    begun = register_window(school, today, Half.AM).has_opened(now)
    of_today = times_on(school, today)
    first = DayTimes(school.morning_at, school.afternoon_at, school.register_minutes)
    lines = [TimesLine(None, [], in_words(first), "", False, first == of_today)]
    for row in school.later_times:
        on = date.fromisoformat(row["from_on"])
        start = max(on, today)
        day = next(
            start + timedelta(days=number)
            for number in range(7)
            if not row["weekdays"] or (start + timedelta(days=number)).weekday() in row["weekdays"]
        )
        lines.append(
            TimesLine(
                on,
                row["weekdays"],
                _said(row),
                row.get("by", ""),
                on > today or (on == today and not begun),
                day == today and times_on(school, day) == of_today,
            )
        )
    return lines[::-1]


def _said(row: dict) -> str:
    only = School(later_times=[row | {"from_on": "0001-01-01", "weekdays": []}])
    return in_words(times_on(only, date.max))


@allowed("keep_school")
@require_POST
def times_withdraw(request: PageRequest) -> HttpResponse:
    """Take back times that are to come."""
    school, on = request.viewer.school, day_of(request.POST.get("from_on", ""))
    numbers = [number_of(text) for text in request.POST.getlist("weekday")]
    try:
        if on is None:
            raise policies.Refused("Choose the times to take back from the list.")
        withdraw_times(
            school=school,
            from_on=on,
            weekdays=[number for number in numbers if number is not None],
            by=request.user,
            now=timezone.localtime(),
        )
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Taken back.")
    return redirect("registers:register_times", urn=school.urn)
