"""The session cell: one half day, drawn the same everywhere."""

from dataclasses import dataclass

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.rules.codes import CODES, AttendanceCode
from registers.web.attributes import Attributes, attributes, classes
from registers.web.session_cell import shape_of

register = template.Library()


@register.simple_tag
def session_cell(code: AttendanceCode, size: str = "", *, decorative: bool = False) -> SafeString:
    """`size` is "", "sm" or "lg"; `decorative` where the words stand beside it."""
    name = f"{code.symbol}, {code.meaning}: {how_it_counts(code)}"
    return _cell(
        code.symbol,
        classes(shape_of(code), _size(size), has_two=len(code.symbol) > 1),
        FOR_THE_EYE if decorative else _picture(name, title=code.meaning),
    )


@register.simple_tag
def how_it_counts(code: AttendanceCode) -> str:
    """In words: attended, authorised absence, …; late where the DfE counts a late session."""
    return code.counts_in_words


@register.simple_tag
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
    data: Attributes | None = None,
) -> SafeString:
    """One half day of one pupil: its code, or not marked, or still to come.

    `words` says which half day ("Mon 3 Nov, morning") and begins the cell's name; with `url` the
    cell is a link, with what scripts need of it in `data`. `planned` is a code that is still a
    plan, `amended` one that was changed.
    """
    half_day = half_day_of(symbol, is_future=future)
    name = _named(half_day, words, planned=planned, amended=amended)
    drawn = _drawn(half_day, _size(size), planned=planned, amended=amended)
    if url:
        link = {"href": url, "aria-label": name, "title": name, **(data or {})}
        return _cell(half_day.shown, drawn, link, tag="a")
    return _cell(half_day.shown, drawn, FOR_THE_EYE if decorative else _picture(name, title=name))


def grid_mark_cell(
    symbol: str,
    words: str,
    *,
    url: str = "",
    planned: bool = False,
    amended: bool = False,
    future: bool = False,
    data: Attributes | None = None,
) -> SafeString:
    """A `mark_cell` for a page of hundreds, within an element of the class `session-cells`, whose
    links and pictures are drawn as cells: no class of its own where somebody was present, and its
    name once, which `cell-names.js` shows beside the mouse. `words` end in the half of the day.
    """
    half_day = half_day_of(symbol, is_future=future)
    words = words.removesuffix(SAYS_ITS_HALF.get(symbol, ""))
    name = _named(half_day, words, planned=planned, amended=amended)
    drawn = _drawn(half_day, planned=planned, amended=amended)
    shape = {"class": None if drawn == DRAWN_WITHOUT_CLASS else drawn}
    if url:
        link = attributes({**shape, "href": url, "aria-label": name, **(data or {})})
        return format_html("<a{}>{}</a>", link, half_day.shown)
    return grid_picture(name, half_day.shown, shape)


def grid_picture(name: str, shown: str, more: Attributes) -> SafeString:
    """A cell of a grid that leads nowhere: named by its title alone, as pictures may be."""
    return format_html(
        "<span{}>{}</span>", attributes({**more, "role": "img", "title": name}), shown
    )


@dataclass(frozen=True, slots=True)
class DrawnHalfDay:
    """How a half day is drawn and named."""

    words: str
    shape: str
    shown: str


UNMARKED = DrawnHalfDay("not marked", "is-unmarked", "–")
FUTURE = DrawnHalfDay("still to come", "is-future", "")


def half_day_of(symbol: str, *, is_future: bool) -> DrawnHalfDay:
    code = CODES.get(symbol)
    if code is None:
        return FUTURE if is_future else UNMARKED
    return DrawnHalfDay(f"{code.symbol}, {code.meaning}", shape_of(code), symbol)


SAYS_ITS_HALF = {"/": ", morning", "\\": ", afternoon"}  # "Present in the morning"
DRAWN_WITHOUT_CLASS = "is-present"


def _named(half_day: DrawnHalfDay, words: str, *, planned: bool, amended: bool) -> str:
    states = (("planned", planned), ("amended", amended))
    return ", ".join(
        filter(None, [words, half_day.words, *(state for state, is_so in states if is_so)])
    )


def _drawn(half_day: DrawnHalfDay, size: str = "", *, planned: bool, amended: bool) -> str:
    """The classes of a half day."""
    return classes(
        half_day.shape,
        size,
        has_two=len(half_day.shown) > 1,
        is_planned=planned,
        is_amended=amended,
    )


FOR_THE_EYE: Attributes = {"aria-hidden": "true"}


def _picture(name: str, *, title: str) -> Attributes:
    return {"role": "img", "aria-label": name, "title": title}


def _size(size: str) -> str:
    return f"session-cell-{size}" if size else ""


def _cell(shown: str, drawn: str, more: Attributes, *, tag: str = "span") -> SafeString:
    said = attributes({"class": f"session-cell {drawn}", **more})
    return format_html("<{0}{1}>{2}</{0}>", tag, said, shown)
