"""What every page says in the same words: the menu, numbers, days."""

from datetime import date

from django import template
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from absence.wording import many
from interventions.models import Night
from interventions.views.queue import COPY_SAID, SAID
from registers.views.access import Place

register = template.Library()

# Label, address, the action that opens it; the order of the menu.
MENU = (
    ("Pupils", "absence:pupils", "see_pupils"),
    ("Letters", "interventions:letters", "see_letters"),
    ("Nights", "interventions:nights", "see_nights"),
)


def place_at(request: HttpRequest | None) -> Place | None:
    """None on a page that nobody has to sign in for, and on most error pages."""
    return getattr(request, "place", None)


@register.inclusion_tag("components/menu.html")
def menu(request: HttpRequest) -> dict:
    """The pages that this person may open at this school, and the help for everybody."""
    place = place_at(request)
    links = []
    if place and place.school:
        for label, name, action in MENU:
            if place.may(action):
                links.append((label, reverse(name, kwargs={"urn": place.school.urn})))
    links.append(("Codes", reverse("registers:codes")))
    return {
        "links": [
            {"label": label, "url": url, "here": request.path.startswith(url)}
            for label, url in links
        ]
    }


@register.inclusion_tag("components/daybar.html")
def daybar(request: HttpRequest) -> dict:
    """Today, the school, and the way to the person's other schools."""
    place = place_at(request)
    school = place.school if place else None
    others = [other for other in place.schools if other != school] if place else []
    return {"today": timezone.localdate(), "school": school, "others": others}


@register.simple_tag
def position(request: HttpRequest) -> str:
    """What the person is at this school: "Attendance Officer"."""
    place = place_at(request)
    held = place.here[0] if place and place.here else None
    return (held.position or held.get_role_display()) if held else ""


@register.filter
def number(value: int) -> str:
    """1,035"""
    return f"{value:,}"


@register.filter
def count_of(value: int, words: str) -> str:
    """`3|count_of:"pupil"` is "3 pupils"; `"child,children"` names both."""
    return many(value, *words.split(","))


@register.filter
def long_day(on: date) -> str:
    """Friday 20 November 2026"""
    return f"{on:%A} {on.day} {on:%B %Y}"


@register.filter
def day_and_month(on: date) -> str:
    """Friday 20 November"""
    return f"{on:%A} {on.day} {on:%B}"


@register.filter
def item(mapping: dict, key: str):
    return mapping.get(key, "")


@register.inclusion_tag("components/tag.html")
def letter_state(state: str) -> dict:
    words, kind, _ = SAID[state]
    return {"words": words, "kind": kind}


@register.inclusion_tag("components/tag.html")
def copy_state(state: str) -> dict:
    words, kind = COPY_SAID[state]
    return {"words": words, "kind": kind}


@register.inclusion_tag("components/tag.html")
def night_state(night: Night) -> dict:
    """Done, done with problems, running or failed."""
    if night.state == Night.State.DONE and night.problems:
        return {"words": "Done, with problems", "kind": "warn"}
    kinds = {Night.State.DONE: "good", Night.State.FAILED: "bad"}
    return {"words": night.get_state_display(), "kind": kinds.get(Night.State(night.state), "")}


@register.filter
def linebreaks_as_commas(text: str) -> str:
    """An address on one line."""
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())


@register.filter
def state_heading(state: str) -> str:
    return SAID[state][2]


@register.filter
def nearby_pages(paginator: Paginator, number: int) -> list[int]:
    """The first, the last and those around this one; 0 where some are left out."""
    shown = paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)
    return [page if isinstance(page, int) else 0 for page in shown]
