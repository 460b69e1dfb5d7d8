"""What the pages of groups and of year groups say of each pupil and group."""

from django import template
from django.forms import Form

from registers.roll.groups import wording

register = template.Library()
for name in (
    "colleagues",
    "end_label",
    "names_or_nobody",
    "where_now",
    "with_numbers",
    "year_group_or_dash",
):
    register.filter(name, getattr(wording, name))


@register.filter
def errors_with_anchors(form: Form, anchors: str) -> list[tuple[str, str]]:
    """What is wrong, each with where to put it right: `"pupils,found;from_on,id_from_on"`."""
    fields = [pair.split(",") for pair in anchors.split(";")]
    return [(anchor, str(error)) for name, anchor in fields for error in form[name].errors]
