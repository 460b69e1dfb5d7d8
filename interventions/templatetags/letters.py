"""How a letter writes what schools and families have typed, and small helps for its pages."""

from datetime import date

from django import template
from django.http import HttpRequest

from interventions.letters.names import name_html

register = template.Library()


register.filter("written", name_html)


@register.filter
def iso_day(on: str) -> str:
    """An ISO date as kept in a letter's details: "Thu 10 December"."""
    day = date.fromisoformat(on)
    return f"{day:%a} {day.day} {day:%B}"


@register.simple_tag
def can(request: HttpRequest, action: str) -> bool:
    """Whether the person may do this at the page's school: costs nothing."""
    viewer = getattr(request, "viewer", None)
    return bool(viewer and viewer.may(action))
