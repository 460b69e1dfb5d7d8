"""What the components ask: the links of a pager and of an error summary, attributes by a state."""

from collections.abc import Mapping
from typing import Protocol

from django import template
from django.core.paginator import Page
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    HiddenInput,
    RadioSelect,
    Select,
    Widget,
)
from django.template.context import Context
from django.template.defaulttags import querystring
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.models import Job
from registers.rules.wording import plural
from registers.web.attributes import attributes, classes
from registers.web.jobs import wording

register = template.Library()
LAYOUTS: dict[str, type[Widget] | tuple[type[Widget], ...]] = {
    "hidden": HiddenInput,
    "box": CheckboxInput,
    "choices": RadioSelect,  # and boxes, which come from it
}
ARROWS = {"ascending": "↑", "descending": "↓"}


class SortedColumn(Protocol):
    """The heading of a column that puts the list in order; `sorted` is "" for another order."""

    @property
    def sorted(self) -> str: ...

    @property
    def numeric(self) -> bool: ...


@register.filter
def heading_attributes(column: SortedColumn) -> SafeString:
    return attributes(
        {
            "scope": "col",
            "class": "num" if column.numeric else None,
            "aria-sort": column.sorted or None,
        }
    )


@register.filter
def sort_arrow(column: SortedColumn) -> SafeString:
    """For the eye, behind the label."""
    if not column.sorted:
        return SafeString("")
    return format_html(' <span aria-hidden="true">{}</span>', ARROWS[column.sorted])


@register.filter
def namesake_words(apart: Mapping[int, str] | None, pupil_id: int) -> SafeString:
    """What stands behind the name of a pupil who has a namesake in the list."""
    words = (apart or {}).get(pupil_id)
    return format_html(' <span class="apart">{}</span>', words) if words else SafeString("")


@register.filter
def tag_class(kind: str) -> str:
    return f"tag-{kind}" if kind else ""


# --- long work

register.filter("job_standing", wording.job_standing)
register.filter("bar_attributes", wording.bar_attributes)


@register.simple_tag
def moving(job: Job, urn: str, *, is_sample: bool = False) -> SafeString:
    """The attributes of the part that moves; in the gallery nothing does."""
    if is_sample:
        return SafeString("")
    return wording.moving_attributes(job, reverse("registers:job", args=[urn, job.pk]))


# --- what is wrong with a form


@register.filter
def things_to_put_right(form: BaseForm) -> str:
    number = len(form.errors)
    return plural(
        number, "There is one thing to put right", f"There are {number} things to put right"
    )


@register.filter
def error_links(form: BaseForm) -> list[tuple[str, str]]:
    """Each error with the field that it leads to; those of the whole form lead to the first."""
    fields = form.visible_fields()
    anchor = fields[0].id_for_label if fields else ""
    of_form = [(anchor, str(error)) for error in form.non_field_errors()]
    return of_form + [
        (field.id_for_label, str(error)) for field in fields for error in field.errors
    ]


@register.filter
def field_class(field: BoundField) -> str:
    return classes("field", has_error=bool(field.errors))


@register.simple_tag
def control_class(field: BoundField) -> str:
    """Of an input, a text area or a list."""
    kind = "form-select" if isinstance(field.field.widget, Select) else "form-control"
    return classes(kind, is_invalid=bool(field.errors))


@register.filter
def choice_class(field: BoundField) -> str:
    """Of a box or a button of a list to tick."""
    return classes("form-check-input", is_invalid=bool(field.errors))


@register.filter
def field_template(field: BoundField) -> str:
    """How a field is laid out: by what it is filled in with."""
    kinds = (kind for kind, widgets in LAYOUTS.items() if isinstance(field.field.widget, widgets))
    return f"bootstrap5/fields/{next(kinds, 'control')}.html"


# --- the pages of a list


@register.simple_tag(takes_context=True)
def page_links(context: Context, page: Page) -> list[SafeString]:
    """Previous, the first page, those around this one, the last, and next; each as it is drawn."""
    links = []
    if page.has_previous():
        links.append(_step(context, "Previous", "prev", page.previous_page_number()))
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        links.append(_page_link(context, number, here=page.number))
    if page.has_next():
        links.append(_step(context, "Next", "next", page.next_page_number()))
    return links


def _step(context: Context, words: str, rel: str, number: int) -> SafeString:
    address = querystring(context, page=number)
    return format_html('<a class="btn btn-sm" rel="{}" href="{}">{}</a>', rel, address, words)


def _page_link(context: Context, number: int | str, *, here: int) -> SafeString:
    if not isinstance(number, int):
        return format_html('<span class="btn btn-link btn-sm" aria-hidden="true">{}</span>', "…")
    if number == here:
        return format_html(
            '<span class="btn btn-sm" aria-current="page">{}{}</span>',
            *(SafeString('<span class="visually-hidden">Page </span>'), number),
        )
    address = querystring(context, page=number)
    return format_html('<a class="btn btn-sm" href="{}">{}</a>', address, number)
