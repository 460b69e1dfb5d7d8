"""The set-up guide, and the school's own details."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers import policies
from registers.models import (
    AcademicYear,
    Appointment,
    Enrolment,
    EnrolmentYear,
    Group,
    Membership,
    Relationship,
    School,
)
from registers.models.school.academic_year import current_year
from registers.rules.clock import times_on
from registers.rules.pupils import year_groups
from registers.rules.wording import many
from registers.setup.calendar.actions.planning import sessions_by_year
from registers.setup.calendar.year_plan import Length
from registers.setup.school.actions import finish_set_up, keep_details
from registers.setup.school.forms import SchoolForm
from registers.setup.staff.actions.account_links import accounts_without_password
from registers.web.access import PageRequest, SchoolViewer, allowed
from registers.web.form_helpers import sent_with


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide: what is there, what is left, and where it is done."""

    key: str
    title: str
    url: str
    done: bool
    said: str  # what is there, in words and counts
    left: tuple[str, ...] = ()  # what is still to do; with `done`, what could be better
    press: str = ""

    @property
    def state(self) -> tuple[str, str]:
        """In a word, and the kind of its tag."""
        if self.done:
            return ("Done, with something to look at", "warn") if self.left else ("Done", "good")
        return "To do", ""


@require_safe
@allowed("keep_school")
def set_up(request: PageRequest) -> HttpResponse:
    """Every step with its counts: few statements, however large the school."""
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    left = [step for step in steps if not step.done]
    context = {
        "school": school,
        "steps": steps,
        "done": len(steps) - len(left),
        "next": left[0] if left else None,
    }
    return render(request, "registers/setup/set_up.html", context)


@allowed("keep_school")
@require_POST
def set_up_finish(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    steps = set_up_steps(request.viewer, today=timezone.localdate())
    left = [step.title for step in steps if not step.done]
    try:
        finish_set_up(school=school, by=request.user, left=left)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{school.name} is set up. Every step stays open to you.")
    return redirect("registers:set_up", urn=school.urn)


def set_up_steps(viewer: SchoolViewer, *, today: date) -> list[Step]:
    school = viewer.school
    assert school is not None
    year = current_year(school.academic_years.all(), today)
    on_roll = pupils_on_roll(school, max(today, year.starts_on) if year else today)
    return [
        _details_step(school),
        _calendar_step(school, year, today),
        _pupils_step(school, on_roll),
        _groups_step(school, on_roll),
        _staff_step(school),
    ]


def _details_step(school: School) -> Step:
    names = {
        "LAESTAB": school.laestab,
        "headteacher": school.headteacher,
        "address": school.address,
        "postcode": school.postcode,
        "telephone number": school.telephone,
    }
    missing = [name for name, text in names.items() if not text]
    times = times_on(school, timezone.localdate())
    return Step(
        "school",
        "The school’s details and register times",
        reverse("registers:school_details", kwargs={"urn": school.urn}),
        done=not missing,
        said=f"Registers are called today at {times.morning_at:%H:%M} and "
        f"{times.afternoon_at:%H:%M} and stay open for {times.minutes} minutes.",
        left=(f"Missing: {', '.join(missing)}.",) if missing else (),
        press="Fill in the details",
    )


def _calendar_step(school: School, year: AcademicYear | None, today: date) -> Step:
    url = reverse("registers:calendar", kwargs={"urn": school.urn})
    title = "Calendar: terms, holidays, INSET days, bank holidays"
    press = "Plan the calendar"
    if year is None:
        said = "No academic year is planned. Without sessions no register can be taken."
        return Step("calendar", title, url, False, said, press=press)
    if year.ends_on < today:
        said = f"{year.name}, the last year in the calendar, is over."
        return Step("calendar", title, url, False, said, ("Plan the next year.",), press)
    length = Length(sessions_by_year(school)[year.pk], school.sessions_expected)
    left = (length.what_to_do(_inset_days(year)),) if length.short_by else ()
    return Step("calendar", title, url, True, f"{year.name}: {length.said}", left, press)


def _inset_days(year: AcademicYear) -> int:
    return year.closed_days.filter(kind="inset").count()


def _pupils_step(school: School, on_roll: "OnRoll") -> Step:
    return Step(
        "pupils",
        "Pupils and their contacts",
        reverse("registers:imports", kwargs={"urn": school.urn}),
        done=on_roll.pupils > 0,
        said=f"{many(on_roll.pupils, 'pupil')} on roll today, {on_roll.with_contact:,} with a "
        "contact."
        if on_roll.pupils
        else "No pupil is on roll yet. They come in with your files; single pupils can be admitted "
        "by hand.",
        left=(f"{many(on_roll.without_contact, 'pupil')} without anybody to call or write to.",)
        if on_roll.without_contact
        else (),
        press="Bring in your files",
    )


def _groups_step(school: School, on_roll: "OnRoll") -> Step:
    groups = Group.objects.filter(school=school, kind="registration").aggregate(
        all=Count("pk"),
        without_tutor=Count("pk", filter=~Exists(_tutors())),
    )
    left = []
    if on_roll.without_group:
        left.append(f"{many(on_roll.without_group, 'pupil')} in no registration group.")
    if on_roll.without_year:
        left.append(f"{many(on_roll.without_year, 'pupil')} without a year group.")
    if on_roll.other_year:
        words = f"{many(on_roll.other_year, 'pupil')} with a year group that is none of the list"
        left.append(f"{words} ({year_groups.EXPECTED}).")
    if groups["without_tutor"]:
        left.append(f"{many(groups['without_tutor'], 'registration group')} without a tutor.")
    return Step(
        "groups",
        "Year groups and registration groups",
        reverse("registers:groups", kwargs={"urn": school.urn}),
        done=groups["all"] > 0 and on_roll.pupils > 0 and not on_roll.without_group,
        said=f"{many(groups['all'], 'registration group')}."
        if groups["all"]
        else "No registration group yet. A register is a group’s: every pupil needs one.",
        left=tuple(left),
        press="Make the groups",
    )


def _tutors():
    return Appointment.groups.through.objects.filter(group=OuterRef("pk"))


def _staff_step(school: School) -> Step:
    counts = Appointment.objects.filter(school=school, user__is_active=True).aggregate(
        people=Count("user", distinct=True),
        teachers=Count("user", filter=Q(role="teacher"), distinct=True),
        others=Count("user", filter=~Q(role="administrator"), distinct=True),
    )
    left = []
    if not counts["others"]:
        left.append("Nobody but administrators yet: invite who takes registers and who follows up.")
    if without := accounts_without_password(school).count():
        left.append(f"{many(without, 'colleague')} cannot sign in yet: give out their links.")
    return Step(
        "staff",
        "Staff and what they may do",
        _url_or("registers:staff", school, "registers:set_up"),
        done=counts["others"] > 0,
        said=f"{many(counts['people'], 'colleague')}, {counts['teachers']:,} of them "
        f"{'a teacher' if counts['teachers'] == 1 else 'teachers'}.",
        left=tuple(left),
        press="Invite colleagues",
    )


def _url_or(name: str, school: School, other: str) -> str:
    try:
        return reverse(name, kwargs={"urn": school.urn})
    except NoReverseMatch:
        return reverse(other, kwargs={"urn": school.urn})


@dataclass(frozen=True, slots=True)
class OnRoll:
    """How many pupils are on roll, and what some of them lack."""

    pupils: int
    without_contact: int
    without_group: int
    without_year: int
    other_year: int  # in words that are none of the list

    @property
    def with_contact(self) -> int:
        return self.pupils - self.without_contact


def pupils_on_roll(school: School, on: date) -> OnRoll:
    """Two statements. Between two academic years nobody lacks a year group."""
    member = Membership.objects.not_over(on).filter(
        enrolment=OuterRef("pk"), group__kind="registration"
    )
    now = school.academic_years.filter(starts_on__lte=on, ends_on__gte=on).first()
    year = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year=now)
    other = year.exclude(year_group__in=year_groups.YEAR_GROUPS)
    contact = Relationship.objects.filter(pupil=OuterRef("pupil"))
    found = (
        Enrolment.objects.on_roll(on)
        .filter(school=school)
        .order_by()
        .aggregate(
            pupils=Count("pk"),
            without_contact=Count("pk", filter=~Exists(contact)),
            without_group=Count("pk", filter=~Exists(member)),
            without_year=Count("pk", filter=~Exists(year)),
            other_year=Count("pk", filter=Exists(other)),
        )
    )
    return OnRoll(**found | ({} if now else {"without_year": 0}))


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def school_details(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    form = SchoolForm(sent_with(request), school=school)
    if request.method == "POST" and form.is_valid():
        try:
            changed = keep_details(school=school, details=form.cleaned_data, by=request.user)
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "Saved." if changed else "Nothing was changed."
            messages.success(request, said)
            return redirect("registers:set_up", urn=school.urn)
    return render(request, "registers/setup/school.html", {"school": school, "form": form})
