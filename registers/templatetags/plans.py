"""What the pages of the roll and of planned absences draw."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from registers.models import Paper, PlannedAbsence
from registers.planned_absence import wording
from registers.planned_absence.papers import wording as paper_wording
from registers.rules import planned_absence
from registers.rules.codes import CODES, Half
from registers.rules.pupils.languages import LANGUAGES
from registers.web.access import Viewer
from registers.web.addresses import mark_url
from registers.web.attributes import classes
from registers.web.session_cell import shape_of

register = template.Library()


@register.filter
def can(viewer: Viewer | None, action: str) -> bool:
    """`request.viewer|can:"plan_absence"`: whether to show what leads there. Costs nothing."""
    return bool(viewer and viewer.school and viewer.may(action))


@register.filter
def language_name(tag: str) -> str:
    """Urdu, for ur; a tag that is not on the list as it is."""
    return LANGUAGES.get(tag, tag)


@register.inclusion_tag("components/week_pattern.html")
def week_pattern(slots: int, symbol: str) -> dict:
    """The ten sessions of a week, with the code in those that a plan covers."""
    blank = {"shown": "", "classes": "is-future"}
    planned = {"shown": symbol, "classes": _planned_classes(symbol)}
    days = range(len(planned_absence.WEEKDAYS))
    return {
        "rows": [
            [planned if slots >> (2 * day + half) & 1 else blank for day in days] for half in Half
        ],
        "days": [name[0] for name in planned_absence.WEEKDAYS],
        "words": f"{symbol} on {planned_absence.slots_in_words(slots)}",
    }


def _planned_classes(symbol: str) -> str:
    shape = shape_of(CODES[symbol]) if symbol in CODES else ""
    return classes(shape, has_two=len(symbol) > 1, is_planned=True)


@register.filter
def plan_slots(plan: PlannedAbsence) -> int:
    """The sessions of a week that a plan comes to: for two days, those of the two days alone."""
    return planned_absence.slots_within(plan.from_on, plan.until_on, plan.slots)


@register.filter
def plan_days(plan: PlannedAbsence) -> str:
    return planned_absence.days_in_words(plan.from_on, plan.until_on, plan.slots)


@register.filter
def plan_remarks(plan: PlannedAbsence) -> list[SafeString | str]:
    """What the list says below the reason, a line each."""
    return wording.remarks(plan)


@register.filter
def paper_days(paper: Paper) -> str:
    return paper_wording.paper_days(paper)


@register.filter
def note_held(paper: Paper) -> SafeString:
    return paper_wording.note_held(paper)


@register.filter
def kind_about(kind: str) -> str:
    """What a kind of plan is for, in a line."""
    return planned_absence.ABOUT.get(kind, "")


@register.filter
def week_ticks(field: BoundField) -> list[dict]:
    """The ten boxes of a week as two rows: mornings, afternoons."""
    boxes = field.subwidgets
    return [{"half": name, "options": boxes[half::2]} for half, name in enumerate(("AM", "PM"))]


register.simple_tag(mark_url)
