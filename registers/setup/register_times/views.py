"""When registers are called: from which day on, on which weekdays."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers import policies
from registers.models import School
from registers.rules.calendar import DAY, monday_of, weekdays
from registers.rules.clock import DayTimes, register_window, times_on
from registers.rules.codes import Half
from registers.setup.register_times.in_words import in_words
from registers.setup.school.actions import LONGEST_WITHOUT_REASON, keep_times, withdraw_times
from registers.setup.school.forms import WEEKDAYS, TimesForm
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in
from registers.web.parameters import day_of, numbers_of


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
    form = TimesForm(sent_with(request), initial=_initial(school, now.date()))
    if form.is_valid():
        with refusals_in(form, "from_on"):
            keep_times(school=school, times=form.times, by=request.user, now=now)
            messages.success(request, "Kept. Every day before it keeps the times that it had.")
            return redirect("registers:register_times", urn=school.urn)
    lines = _lines(school, now)
    context = {"school": school, "form": form, "lines": lines, "today": _week(school, now.date())}
    return render(request, "registers/setup/times.html", context)


def _initial(school: School, today: date) -> dict:
    of_today = times_on(school, today)
    needs_reason = of_today.minutes > LONGEST_WITHOUT_REASON
    return {
        "from_on": today + DAY,
        "morning_at": of_today.morning_at,
        "afternoon_at": of_today.afternoon_at,
        "register_minutes": of_today.minutes,
        "register_minutes_reason": school.register_minutes_reason if needs_reason else "",
    }


def _week(school: School, today: date) -> list[tuple[str, str]]:
    """This week's days with the times of each."""
    monday = monday_of(today)
    days = weekdays(monday, monday + 6 * DAY)
    return [(f"{on:%A} {on.day} {on:%B}", in_words(times_on(school, on))) for on in days]


def _lines(school: School, now: datetime) -> list[TimesLine]:
    today = now.date()
    begun = register_window(school, today, Half.AM).has_opened(now)
    first = DayTimes(school.morning_at, school.afternoon_at, school.register_minutes)
    is_of_today = first == times_on(school, today)
    beginning = TimesLine(None, [], in_words(first), "", False, is_of_today)
    first_to_come = today + DAY if begun else today
    later = [_line(school, row, today, first_to_come) for row in school.later_times]
    return [*reversed(later), beginning]


def _line(school: School, row: dict, today: date, first_to_come: date) -> TimesLine:
    on = date.fromisoformat(row["from_on"])
    day = _first_day_of(row, max(on, today))
    return TimesLine(
        on,
        row["weekdays"],
        _said(row),
        row.get("by", ""),
        on >= first_to_come,
        day == today and times_on(school, day) == times_on(school, today),
    )


def _first_day_of(row: dict, start: date) -> date:
    """The first day of its weekdays from a day on."""
    ahead = [(weekday - start.weekday()) % 7 for weekday in row["weekdays"]]
    return start + min(ahead, default=0) * DAY


def _said(row: dict) -> str:
    only = School(later_times=[row | {"from_on": "0001-01-01", "weekdays": []}])
    return in_words(times_on(only, date.max))


@allowed("keep_school")
@require_POST
def times_withdraw(request: PageRequest) -> HttpResponse:
    """Take back times that are to come."""
    school, on = request.viewer.school, day_of(request.POST.get("from_on", ""))
    with refusals_as_messages(request):
        if on is None:
            raise policies.Refused("Choose the times to take back from the list.")
        withdraw_times(
            school=school,
            from_on=on,
            weekdays=numbers_of(request.POST.getlist("weekday")),
            by=request.user,
            now=timezone.localtime(),
        )
        messages.success(request, "Taken back.")
    return redirect("registers:register_times", urn=school.urn)
