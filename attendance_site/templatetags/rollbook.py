"""What every page says in the same words: the menu, numbers, days."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import template
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone

from interventions.letters.queue import COPY_STATES, LETTER_STATES
from interventions.models import Night
from registers.models import Appointment, School
from registers.rules.pupils import year_groups
from registers.rules.wording import many
from registers.web.access import PageRequest, Viewer

register = template.Library()

MenuPages = tuple[tuple[str, str, str], ...]

# Label, address, the action that opens it; the order of the menu.
MENU = (
    ("Today", "registers:today", "take_register"),
    ("Morning", "registers:morning", "see_morning"),
    ("Pupils", "absence:pupils", "see_pupils"),
    ("Next steps", "interventions:next_steps", "see_interventions"),
    ("Letters", "interventions:letters", "see_letters"),
    ("Panels", "interventions:panels", "hold_panel"),
    ("School", "absence:school", "see_school"),
)
MORE = (
    ("Late desk", "registers:late_desk", "see_morning"),
    ("Sign-outs", "registers:sign_outs", "see_morning"),
    ("On site now", "registers:on_site", "see_evacuation"),
    ("Roll call", "registers:roll_call", "see_evacuation"),
    ("Planned absences", "registers:planned", "plan_absence"),
    ("Cover", "registers:cover", "give_cover"),
    ("Admission register", "registers:roll", "keep_pupils"),
    ("Letter templates", "interventions:letter_templates", "write_letter_templates"),
    ("Nights", "interventions:nights", "see_nights"),
    ("Set-up", "registers:set_up", "keep_school"),
    ("Staff", "registers:staff", "keep_staff"),
)


def place_at(request: PageRequest | None) -> Viewer | None:
    """None on a page that nobody has to sign in for, and on most error pages."""
    return getattr(request, "viewer", None)


def _school(request: PageRequest) -> School | None:
    return getattr(place_at(request), "school", None)


@register.inclusion_tag("components/layout/menu.html")
def menu(request: PageRequest, *, flat: bool = False) -> dict[str, Any]:
    """The pages that this person may open at this school, and the help for everybody.

    Those used less often stand under "More"; `flat`, for the small screen's menu, has all in one.
    """
    links, more = _links(request, MENU), [*_links(request, MORE), *_help(request)]
    urls = [link["url"] for link in links + more]
    here = max(filter(request.path.startswith, urls), key=len, default="")
    for link in links + more:
        link["here"] = link["url"] == here
    if flat:
        links, more = links + more, []
    return {"links": links, "more": more, "is_in_more": any(link["here"] for link in more)}


def _links(request: PageRequest, pages: MenuPages) -> list[dict[str, Any]]:
    viewer = place_at(request)
    if viewer is None or viewer.school is None:
        return []
    urn = viewer.school.urn
    return [
        {"label": label, "url": reverse(name, kwargs={"urn": urn})}
        for label, name, action in pages
        if viewer.may(action)
    ]


def _help(request: PageRequest) -> Iterator[dict[str, Any]]:
    """What is open to everybody, the finder within a school."""
    if school := _school(request):
        yield {"label": "Find anything", "url": reverse("find", kwargs={"urn": school.urn})}
    yield {"label": "Codes", "url": reverse("registers:codes")}


@register.inclusion_tag("components/daybar.html")
def daybar(request: PageRequest) -> dict[str, Any]:
    """Today, the school, and the way to the person's other schools."""
    school, schools = _school(request), getattr(place_at(request), "schools", [])
    others = [other for other in schools if other != school]
    return {"today": timezone.localdate(), "school": school, "others": others}


@register.simple_tag
def position(request: PageRequest) -> str:
    """What the person is at this school: "Attendance Officer"."""
    here: list[Appointment] = getattr(place_at(request), "here", [])
    return here[0].named_position if here else ""


@register.filter
def number(value: int) -> str:
    """1,035"""
    return f"{value:,}"


@register.filter
def count_of(value: int, words: str) -> str:
    """`3|count_of:"pupil"` is "3 pupils"; `"child,children"` names both."""
    return many(value, *words.split(","))


@register.filter
def error_prefix(form: BaseForm | None) -> str:
    """What a title begins with where the form came back: readers hear it first."""
    return "Error: " if form and form.errors else ""


@register.filter
def long_day(on: date) -> str:
    """Friday 20 November 2026"""
    return f"{on:%A} {on.day} {on:%B %Y}"


@register.filter
def day_and_month(on: date) -> str:
    """Friday 20 November"""
    return f"{on:%A} {on.day} {on:%B}"


@register.filter
def year_group(code: str) -> str:
    """Year 7, Reception, Nursery 1"""
    return year_groups.spoken(code)


@register.filter
def item(mapping: dict, key: str):
    return mapping.get(key, "")


@register.inclusion_tag("components/tag.html")
def letter_state(state: str) -> dict:
    said = LETTER_STATES[state]
    return {"words": said.word, "kind": said.tag}


@register.inclusion_tag("components/tag.html")
def copy_state(state: str) -> dict:
    said = COPY_STATES[state]
    return {"words": said.word, "kind": said.tag}


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
    return ", ".join(filter(None, map(str.strip, text.splitlines())))


@register.filter
def state_heading(state: str) -> str:
    return LETTER_STATES[state].heading
