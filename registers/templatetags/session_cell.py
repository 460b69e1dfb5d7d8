"""The session cell: one half day, drawn the same everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from registers.rules.codes import CODES, AttendanceCode
from registers.web.session_cell import shape_of

register = template.Library()


@register.inclusion_tag("components/session_cell.html")
def session_cell(code: AttendanceCode, size: str = "", *, decorative: bool = False) -> dict:
    """`size` is "", "sm" or "lg"; `decorative` where the words stand beside it."""
    classes = [f"session-cell-{size}"] if size else []
    classes += ["has-two"] if len(code.symbol) > 1 else []
    return {
        "code": code,
        "classes": " ".join([shape_of(code), *classes]),
        "decorative": decorative,
    }


@register.simple_tag
def how_it_counts(code: AttendanceCode) -> str:
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
    blank = FUTURE if future else UNMARKED
    marks = {
        "has-two": len(symbol or "") > 1,
        "is-planned": planned,
        "is-amended": amended,
        f"session-cell-{size}": bool(size),
    }
    said = [
        words,
        f"{code.symbol}, {code.meaning}" if code else blank.words,
        *(word for word, is_so in (("planned", planned), ("amended", amended)) if is_so),
    ]
    return {
        "shown": symbol if code else blank.shown,
        "classes": " ".join([shape_of(code) if code else blank.shape, *those_set(marks)]),
        "label": ", ".join(filter(None, said)),
        "url": url,
        "decorative": decorative,
    }


def drawn_mark(symbol: str, words: str = "", size: str = "", **known: Any) -> SafeString:
    """The cell of `mark_cell`, for what is put together in Python."""
    context = mark_cell(symbol, words, size, **known)
    return SafeString(render_to_string("components/mark_cell.html", context).strip())


@dataclass(frozen=True, slots=True)
class BlankCell:
    """How a half day without a code is drawn and named."""

    words: str
    shape: str
    shown: str


UNMARKED = BlankCell("not marked", "is-unmarked", "–")
FUTURE = BlankCell("still to come", "is-future", "")


def those_set(names: Mapping[str, bool]) -> list[str]:
    """The classes among these whose condition holds."""
    return [name for name, is_set in names.items() if is_set]
