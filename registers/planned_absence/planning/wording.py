"""What the pages and messages of one plan say."""

from collections.abc import Iterable
from datetime import date
from enum import Enum

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate, localtime

from registers.models import Enrolment, Group, PlannedAbsence, School
from registers.planned_absence.actions import Planned
from registers.planned_absence.planning.queries import PlanPage, SessionToday
from registers.planned_absence.wording import name_of
from registers.rules import planned_absence
from registers.rules.allowed_codes import day_in_words
from registers.rules.wording import many, plural

Facts = list[tuple[str, SafeString | str]]  # the term, and what is so


class MessageLevel(Enum):
    """How a message is shown: the names of Django's functions."""

    SUCCESS = "success"
    INFO = "info"
    WARNING = "warning"


def planned_messages(planned: Planned) -> list[tuple[MessageLevel, str]]:
    """What was planned, and what may surprise: marks that are there, older plans."""
    said = [
        (MessageLevel.SUCCESS, _planned_for(planned)),
        (MessageLevel.WARNING, _already_marked(planned.already_marked)),
        (MessageLevel.WARNING, _ended_today(planned.ended_today)),
        (MessageLevel.INFO, _overlapping(planned)),
        *((MessageLevel.INFO, sentence) for sentence in planned.advice),
    ]
    return [(level, sentence) for level, sentence in said if sentence]


def _planned_for(planned: Planned) -> str:
    if len(planned.plans) > 1:
        pupils, sessions = many(len(planned.plans), "pupil"), many(planned.sessions, "session")
        return f"Planned for {pupils}, {sessions} each."
    name = name_of(planned.plans[0].enrolment.pupil)
    if planned.sessions:
        return f"Planned for {name}, {many(planned.sessions, 'session')}."
    return f"Planned for {name}."


def _already_marked(sessions: int) -> str:
    if not sessions:
        return ""
    return (
        f"{many(sessions, 'session')} of these {plural(sessions, 'stands', 'stand')} in the "
        "register already, and no plan changes a mark: change it there where it is wrong."
    )


def _ended_today(sessions: int) -> str:
    if not sessions:
        return ""
    registers = plural(sessions, "A register", "Registers")
    return (
        f"{registers} of today had ended before this was planned, with "
        f"{many(sessions, 'session')} unmarked: enter those there, as late entries."
    )


def _overlapping(planned: Planned) -> str:
    if not planned.overlapping:
        return ""
    who = f"{many(planned.overlapping, 'pupil')} have"
    if len(planned.plans) == 1:
        who = "This pupil has"
    return f"{who} another plan for some of these sessions. This one, made last, comes first."


def new_plan_lede(
    *, group: Group | None = None, enrolment: Enrolment | None = None, today: date
) -> SafeString:
    """For whom a plan is made: a group's pupils, one pupil, or many at once."""
    if group is not None:
        return format_html("For pupils of <strong>{}</strong>.", group.name)
    if enrolment is None:
        return SafeString("For whole year groups, several groups or a list of names, all in one.")
    name, days = name_of(enrolment.pupil), "".join(_days_to_come(enrolment, today))
    return format_html("For <strong><bdi>{}</bdi></strong>{}.", name, days)


def _days_to_come(enrolment: Enrolment, today: date) -> Iterable[str]:
    if enrolment.starts_on > today:
        yield f", who comes on the roll on {day_in_words(enrolment.starts_on)}"
    if enrolment.leaves_on:
        yield f", until {day_in_words(enrolment.leaves_on)}"


def plan_state(page: PlanPage) -> SafeString | str:
    """Withdrawn, over or with a review due; empty for a plan that simply is in force."""
    plan = page.plan
    if plan.withdrawn_at:
        day = day_in_words(localdate(plan.withdrawn_at))
        return format_html("Withdrawn on {} by <bdi>{}</bdi>.", day, plan.withdrawn_by)
    if page.is_over:
        return "It is over."
    if page.review_is_due and plan.review_on:
        day = day_in_words(plan.review_on)
        return f"Its review was due on {day}: give it a new day, or withdraw it."
    return ""


def why_no_change(page: PlanPage) -> tuple[str, str]:
    """The heading and the sentence in place of the form, for a plan that is in force no more."""
    if page.plan.withdrawn_at:
        return "Withdrawn", "No register is filled in from it any more."
    return "Over", "Its marks stand in the register, and are changed there."


def plan_facts(page: PlanPage, school: School) -> Facts:
    """All that stands of a plan, term by term; what is empty is left out."""
    facts = [*_agreed_facts(page.plan), ("Made", _made(page.plan)), *_around(page, school)]
    return [(term, value) for term, value in facts if value]


def _agreed_facts(plan: PlannedAbsence) -> Facts:
    slots = planned_absence.slots_within(plan.from_on, plan.until_on, plan.slots)
    return [
        ("Pupil", _apart(name_of(plan.enrolment.pupil))),
        ("Sessions", planned_absence.slots_in_words(slots)),
        ("Place", plan.place),
        ("Activity", plan.activity),
        ("Supervised by", _apart(plan.supervised_by)),
        ("Agreed with", _apart(plan.agreed_with)),
        ("Agreed on", _day(plan.agreed_on)),
        ("Review on", _day(plan.review_on)),
        ("Reason", plan.note),
    ]


def _around(page: PlanPage, school: School) -> Iterable[tuple[str, SafeString | str]]:
    address = reverse("registers:planned", kwargs={"urn": school.urn})
    if old := page.replaces:
        days = planned_absence.days_in_words(old.from_on, old.until_on, old.slots)
        yield "In place of", _link(f"{address}{old.pk}/", days)
    if page.others:
        others = many(len(page.others), "other pupil")
        yield "Also for", _link(f"{address}?batch={page.plan.batch}", others)
    if page.code.paper:
        yield "Paper", f"The school holds {page.code.paper}."


def _apart(name: str) -> SafeString | str:
    """A name set apart from the words around it, whichever way it is written."""
    return format_html("<bdi>{}</bdi>", name) if name else ""


def _day(on: date | None) -> str:
    return day_in_words(on) if on else ""


def _link(address: str, words: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, words)


def _made(plan: PlannedAbsence) -> SafeString:
    made = localtime(plan.made_at)
    moment = f"{made.day} {made:%b %Y, %H:%M}"
    if plan.made_by is None:
        return format_html("{}", moment)
    return format_html("{} by <bdi>{}</bdi>", moment, plan.made_by)


def session_today(session: SessionToday, mark_url: str) -> SafeString:
    """What becomes of a session of today that has no mark yet."""
    if not session.ended:
        window = session.window
        return format_html(
            "{}’s register has no mark yet: it is filled in when the register is opened, "
            "from {} to {}.",
            *(session.words, f"{window.opens_at:%H:%M}", f"{window.ends_at:%H:%M}"),
        )
    enter = format_html(': <a href="{}">enter the mark</a>', mark_url) if mark_url else ""
    return format_html(
        "<strong>{}’s register has ended without a mark.</strong> "
        "The plan comes too late for it{}.",
        *(session.words, enter),
    )
