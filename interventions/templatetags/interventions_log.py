"""Words of the pupil page and the log: short days, characteristics, how near a next step is."""

from datetime import date
from typing import cast

from django import template

from interventions.log.wording import short_day, short_day_year, verdict
from interventions.models import Intervention
from interventions.pupil.contacts import language_name
from registers.rules.wording import many

register = template.Library()

CHARACTERISTICS = {
    ("SEN", "K"): "SEN support",
    ("SEN", "E"): "Education, health and care plan",
    ("FSM", "Y"): "Free school meals",
    ("EAL", "Y"): "English as an additional language",
    ("Looked after", "Y"): "Looked after",
}
SOON = 7  # days in which a next step is said to be near


register.filter("short_day", short_day)
register.filter("short_day_year", short_day_year)
register.filter("verdict", verdict)
register.filter("language_name", language_name)


@register.filter
def characteristic(fact) -> str:
    """A characteristic in words; one that nobody has named here as it stands in the register."""
    return CHARACTERISTICS.get((fact.kind, fact.value), f"{fact.kind} {fact.value}")


@register.inclusion_tag("components/tag.html")
def due_tag(due: date, today: date) -> dict:
    """How near a day is: 3 days overdue, today, tomorrow, in 5 days; further away, the day."""
    words, kind = how_near(due, today)
    return {"words": words, "kind": kind}


@register.inclusion_tag("components/tag.html")
def step_tag(note: Intervention, today: date) -> dict:
    """That a next step is done, and when; else how near it is."""
    if note.next_step_done_at:
        return {"words": f"Done {short_day(note.next_step_done_at)}", "kind": "good"}
    words, kind = how_near(cast(date, note.next_step_on), today)  # a step has its day
    return {"words": words, "kind": kind}


def how_near(due: date, today: date) -> tuple[str, str]:
    """In words, and the kind of tag that they are."""
    days = (due - today).days
    if days < 0:
        return f"{many(-days, 'day')} overdue", "bad"
    if days > SOON:
        return f"By {short_day(due)}", "quiet"
    return {0: "Today", 1: "Tomorrow"}.get(days, f"In {many(days, 'day')}"), "warn"


@register.filter
def may(place, action: str) -> bool:
    return place.may(action)
