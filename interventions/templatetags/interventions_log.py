"""Words of the pupil page and the log: short days, characteristics, how near a next step is."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import get_language_info

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


def _day(on: date | datetime) -> date:
    return timezone.localtime(on).date() if isinstance(on, datetime) else on


@register.filter
def short_day(on: date | datetime) -> str:
    """9 Nov"""
    day = _day(on)
    return f"{day.day} {day:%b}"


@register.filter
def short_day_year(on: date | datetime) -> str:
    """9 Nov 2026"""
    return f"{short_day(on)} {_day(on):%Y}"


@register.filter
def characteristic(fact) -> str:
    """A characteristic in words; one that nobody has named here as it stands in the register."""
    return CHARACTERISTICS.get((fact.kind, fact.value), f"{fact.kind} {fact.value}")


@register.inclusion_tag("components/tag.html")
def due_tag(due: date, today: date) -> dict:
    """How near a day is: 3 days overdue, today, tomorrow, in 5 days; further away, the day."""
    days = (due - today).days
    if days < 0:
        return {"words": f"{many(-days, 'day')} overdue", "kind": "bad"}
    if days == 0:
        return {"words": "Today", "kind": "warn"}
    if days <= SOON:
        words = "Tomorrow" if days == 1 else f"In {many(days, 'day')}"
        return {"words": words, "kind": "warn"}
    return {"words": f"By {short_day(due)}", "kind": "quiet"}


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
