"""The cells of a register on paper, as packs and certificates print it."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from absence.rules.effects import Effect
from interventions.packs.marks_grid import PaperCell

register = template.Library()

SUM_COLUMNS = SafeString('<col class="sum">' * 4)
SUM_HEADINGS = SafeString(
    '<th scope="col" rowspan="2" class="p">Pos&shy;sible</th>'
    '<th scope="col" rowspan="2">Attend&shy;ed</th>'
    '<th scope="col" rowspan="2">Author&shy;ised</th>'
    '<th scope="col" rowspan="2">Unauth&shy;orised</th>'
)


@register.simple_tag
def register_head(days: Sequence[str], *, sums: bool) -> SafeString:
    """The columns and the two heading rows; `sums` says whether the four sums follow."""
    columns, headings = (SUM_COLUMNS, SUM_HEADINGS) if sums else ("", "")
    day_headings = format_html_join(
        "", '<th scope="colgroup" colspan="2" class="p">{}</th>', ((day,) for day in days)
    )
    return format_html(
        '<colgroup><col class="week">{}{}</colgroup>\n'
        '<thead><tr><th scope="col" rowspan="2">Week of</th>{}{}</tr>\n<tr>{}</tr></thead>',
        SafeString("<col><col>" * len(days)),
        columns,
        day_headings,
        headings,
        SafeString('<th scope="col" class="p">AM</th><th scope="col">PM</th>' * len(days)),
    )


@register.simple_tag
def register_cells(cells: Iterable[PaperCell]) -> SafeString:
    """The half days of a week, each with its first entry where it was changed."""
    return format_html_join("", "<td{}>{}</td>", ((_css(cell), _entry(cell)) for cell in cells))


def _css(cell: PaperCell) -> SafeString | str:
    return format_html(' class="{}"', cell.css) if cell.css else ""


def _entry(cell: PaperCell) -> SafeString | str:
    if not cell.first:
        return cell.shown
    return format_html("<del>{}</del><ins>{}</ins>", cell.first, cell.shown)


TOO_SOON = SafeString(
    '<td class="number">–</td><td class="number" colspan="2">too soon to say</td>'
)


@register.filter
def effect_cells(effect: Effect) -> SafeString:
    """The days, and the sessions missed before and after."""
    if not effect.is_known:
        return TOO_SOON
    figures = (
        effect.days,
        f"{effect.before.absent} of {effect.before.possible}",
        f"{effect.after.absent} of {effect.after.possible}",
    )
    return format_html_join("", '<td class="number">{}</td>', ((figure,) for figure in figures))
