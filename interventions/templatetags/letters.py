"""How a letter writes what schools and families have typed, and small helps for its pages."""

from datetime import date

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interventions.letters.content.scripts import runs

register = template.Library()


@register.filter
def written(text: str, language: str = "") -> SafeString:
    """A name, with what is in another script marked by its language and kept apart.

    `language` is the family's own, where it is known.
    """
    return format_html_join("", "{}", ((_piece(*run),) for run in runs(str(text), language or "")))


def _piece(text: str, tag: str | None) -> str:
    return format_html('<bdi lang="{}">{}</bdi>', tag, text) if tag else text


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
