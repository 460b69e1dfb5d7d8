"""What the page of held marks draws of each register and row."""

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.register.held_marks import wording
from registers.register.held_marks.lines import HeldRegister, HeldRow
from registers.rules.wording import all_so

register = template.Library()
register.simple_tag(wording.opening)
for name in (
    "beside_name",
    "code_and_minutes",
    "decision",
    "in_the_register",
    "made_by",
    "more_to_come",
    "nothing_ticked",
    "session",
    "tick_label",
    "times",
    "when",
):
    register.filter(f"held_{name}", getattr(wording, name))


@register.simple_tag
def held_row_attributes(row: HeldRow) -> str:
    return flatatt({"class": "is-refused" if row.problem else None})


@register.simple_tag
def held_tick(row: HeldRow) -> str:
    """The attributes of the box: which mark it means, and as which the register's was seen."""
    return flatatt(
        {
            "name": "held",
            "value": f"{row.held.pk}.{row.seen}",
            "checked": row.is_ticked,
            "aria-describedby": f"why-{row.held.pk}" if row.problem else None,
        }
    )


@register.filter
def held_beside_times(row: HeldRow, of_register: HeldRegister) -> SafeString:
    """Who made the mark and why it is held, where that is not the same for all of the register."""
    by = format_html("by <bdi>{}</bdi>", row.held.made_by)
    said = all_so((len(of_register.makers) > 1, by), (len(of_register.reasons) > 1, row.why))
    return format_html_join(" ", '<span class="sub">{}</span>', ((words,) for words in said))


@register.simple_tag
def held_accept(number: int) -> str:
    """The first register's button is the one that stands out."""
    return flatatt({"class": "btn btn-primary" if number == 1 else "btn"})
