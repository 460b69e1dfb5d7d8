"""Words of the pupil page and the log: short days, characteristics, how near a next step is."""

from datetime import date

from django import template
from django.utils.translation import get_language_info

from interventions.log.wording import short_day, short_day_year, verdict
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


@register.filter
def characteristic(fact) -> str:
    """A characteristic in words; one that nobody has named here as it stands in the register."""
    return CHARACTERISTICS.get((fact.kind, fact.value), f"{fact.kind} {fact.value}")


@register.inclusion_tag("components/tag.html")
def due_tag(due: date, today: date) -> dict:
    """How near a day is: 3 days overdue, today, tomorrow, in 5 days; further away, the day."""
    words, kind = how_near(due, today)
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


@register.filter
def language_name(tag: str) -> str:
    """A language that is not English by its name; one that nobody has named as it is written."""
    plain = tag.strip().split("-")[0].lower()
    if plain in {"", "en", "eng", "english"}:
        return ""
    try:
        return get_language_info(plain)["name"]
    except KeyError:
        return tag
