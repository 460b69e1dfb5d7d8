"""What the list of planned absences says: its first sentence, its rows, what it says when empty."""

from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from registers.models import PlannedAbsence, Pupil, School
from registers.planned_absence.forms import WHEN
from registers.planned_absence.queries import PlanCounts
from registers.rules.allowed_codes import short_day
from registers.rules.wording import many, plural
from registers.web.empty_list import EmptyList


def name_of(pupil: Pupil) -> str:
    return f"{pupil.forename} {pupil.surname}"


def list_heading(when: str, batch: UUID | None) -> str:
    return "One plan, pupil by pupil" if batch else WHEN[when]


def list_lede(counts: PlanCounts) -> SafeString:
    """Who is away today, what comes later, which reviews are due."""
    return format_html("{}{}{}.", _today(counts), _coming(counts), _reviews(counts))


def papers_label(counts: PlanCounts) -> str:
    """Where the papers are, and how many are to be completed."""
    return f"{many(counts.papers, 'paper')} to complete" if counts.papers else "Papers"


def _today(counts: PlanCounts) -> SafeString:
    if not counts.today:
        return SafeString("Nobody has an absence planned for today")
    return format_html(
        '<strong>{}</strong> {} an absence planned for <a href="?when=today">today</a>',
        many(counts.today, "pupil"),
        plural(counts.today, "has", "have"),
    )


def _coming(counts: PlanCounts) -> SafeString | str:
    if counts.coming:
        return format_html(', <a href="?when=coming">{}</a> for a later day', f"{counts.coming:,}")
    return "" if counts.today else " or later"


def _reviews(counts: PlanCounts) -> SafeString | str:
    if not counts.reviews:
        return ""
    verb = plural(counts.reviews, "is", "are")
    return format_html(
        '; <strong><a href="?when=reviews">{} {} due</a></strong>',
        many(counts.reviews, "review"),
        verb,
    )


def place_and_activity(plan: PlannedAbsence) -> str:
    """Lakeside Centre: canoeing."""
    return ": ".join(filter(None, (plan.place, plan.activity)))


def remarks(plan: PlannedAbsence) -> list[SafeString | str]:
    """What the list says below the reason, a line each."""
    lines = (
        _where_said("{}", place_and_activity(plan)),
        _where_said("supervised by <bdi>{}</bdi>", plan.supervised_by),
        _agreed(plan),
        _where_said("review on {}", _short(plan.review_on)),
        _withdrawn(plan),
    )
    return [*filter(None, lines)]


def _where_said(template: str, words: str) -> SafeString | str:
    return format_html(template, words) if words else ""


def _short(on: date | None) -> str:
    return short_day(on) if on else ""


def _agreed(plan: PlannedAbsence) -> SafeString | str:
    if not plan.agreed_with:
        return ""
    on = f" on {short_day(plan.agreed_on)}" if plan.agreed_on else ""
    return format_html("agreed with <bdi>{}</bdi>{}", plan.agreed_with, on)


def _withdrawn(plan: PlannedAbsence) -> SafeString | str:
    if not plan.withdrawn_at:
        return ""
    day = short_day(localdate(plan.withdrawn_at))
    return format_html("withdrawn {} by <bdi>{}</bdi>", day, plan.withdrawn_by)


def empty_list(school: School, *, is_narrowed: bool, counts: PlanCounts) -> EmptyList:
    """Nothing is like what was asked for; nothing is to come; nothing was ever planned."""
    address = reverse("registers:planned", kwargs={"urn": school.urn})
    if is_narrowed:
        return EmptyList(
            "No plan is like that",
            "None for all of these filters together.",
            "Show today and what is to come",
            address,
        )
    if counts.all:
        return EmptyList(
            "Nothing planned from today on",
            "What is over is kept under “Past”.",
            "Show the past",
            "?when=past",
        )
    return EmptyList(
        "No absence was ever planned here",
        "Leave, trips, part-time timetables, days at another school: enter them when they are "
        "agreed, and the registers fill in their marks by themselves.",
        "Plan an absence",
        reverse("registers:planned_new", kwargs={"urn": school.urn}),
    )
