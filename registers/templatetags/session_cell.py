"""The session cell: one half day, drawn the same everywhere."""

from django import template

from registers.rules.codes import CODES, Code
from registers.web.session_cell import shape_of

register = template.Library()


@register.inclusion_tag("components/session_cell.html")
def session_cell(code: Code, size: str = "", *, decorative: bool = False) -> dict:
    """`size` is "", "sm" or "lg"; `decorative` where the words stand beside it."""
    classes = [f"session-cell-{size}"] if size else []
    classes += ["has-two"] if len(code.symbol) > 1 else []
    return {
        "code": code,
        "classes": " ".join([shape_of(code), *classes]),
        "decorative": decorative,
    }


@register.simple_tag
def how_it_counts(code: Code) -> str:
    """In words: attended, authorised absence, …; late where the DfE counts a late session."""
    return f"{code.counts.value}, late" if code.late else code.counts.value


@register.inclusion_tag("components/mark_cell.html")
def mark_cell(
    symbol: str,
    words: str = "",
    size: str = "",
    *,
    url: str = "",
    planned: bool = False,
    amended: bool = False,
    future: bool = False,
    decorative: bool = False,
) -> dict:
    """One half day of one pupil: its code, or not marked, or still to come.

    `words` says which half day ("Mon 3 Nov, morning") and begins the cell's name; with `url` the
    cell is a link. `planned` is a code that is still a plan, `amended` one that was changed.
    """
    code = CODES.get(symbol)
    if code:
        state, classes = f"{code.symbol}, {code.meaning}", [shape_of(code)]
    else:
        state = "still to come" if future else "not marked"
        classes = ["is-future" if future else "is-unmarked"]
    classes += ["has-two"] if len(symbol or "") > 1 else []
    classes += ["is-planned"] if planned else []
    classes += ["is-amended"] if amended else []
    classes += [f"session-cell-{size}"] if size else []
    said = [words, state, "planned" if planned else "", "amended" if amended else ""]
    return {
        "shown": symbol if code else ("" if future else "–"),
        "classes": " ".join(classes),
        "label": ", ".join(part for part in said if part),
        "url": url,
        "decorative": decorative,
    }
