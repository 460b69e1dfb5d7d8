"""Words of the pupil page and the log: short days, how near a next step is."""

from datetime import date
from typing import cast

from django import template

from interventions.log.wording import both_sides, short_day, short_day_year, verdict
from interventions.models import Intervention
from interventions.pupil.contacts import language_name
from registers.rules.wording import many

register = template.Library()

SOON = 7  # days in which a next step is said to be near


register.filter("short_day", short_day)
register.filter("short_day_year", short_day_year)
register.filter("verdict", verdict)
register.filter("both_sides", both_sides)
register.filter("language_name", language_name)


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
