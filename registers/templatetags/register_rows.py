"""What a row of the register is made of; what is the same in every row is rendered once."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registers.register.page import kind_of
from registers.register.wording import PRESENT, last_ten_words
from registers.rules.codes import CODES, AttendanceCode, Category
from registers.templatetags.session_cell import mark_cell
from registers.web.session_cell import shape_of

register = template.Library()
register.simple_tag(last_ten_words)
ORDER = list(Category)


@register.filter
def kind(code: AttendanceCode) -> str:
    """Under which word of the register's foot the code counts."""
    return kind_of(code)


@register.filter
def code_of(symbol: str) -> AttendanceCode | None:
    return CODES.get(symbol)


@register.filter
def code_shape(code: AttendanceCode | None) -> str:
    return shape_of(code) if code else ""


@register.simple_tag
@lru_cache(maxsize=128)
def small_cell(symbol: str) -> SafeString:
    """A cell of the last ten sessions: drawn for the eye, since the row says it in words."""
    context = mark_cell(symbol, size="sm", decorative=True)
    return SafeString(render_to_string("components/mark_cell.html", context).strip())


@register.simple_tag
@lru_cache(maxsize=512)
def code_options(symbols: tuple[str, ...], chosen: str, held: tuple[str, ...] = ()) -> SafeString:
    """The options of a list of codes, under their categories. What a code needs stands beside it,
    unless it is one of those whose paper is held.
    """
    codes = [CODES[symbol] for symbol in symbols]
    if chosen in CODES and chosen not in symbols and chosen not in PRESENT | {"N", "L"}:
        codes.append(CODES[chosen])
    order = sorted(codes, key=lambda code: ORDER.index(code.category))
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (category.value.capitalize(), format_html_join("", "{}", _options(found, chosen, held)))
            for category, found in groupby(order, key=lambda code: code.category)
        ),
    )


def _options(
    codes: Iterable[AttendanceCode], chosen: str, held: tuple[str, ...]
) -> list[tuple[SafeString]]:
    return [
        (
            format_html(
                '<option value="{}" data-kind="{}" data-shape="{}"{}{}>{} {}</option>',
                code.symbol,
                kind_of(code),
                shape_of(code),
                _paper(code, held),
                SafeString(" selected") if code.symbol == chosen else "",
                code.symbol,
                code.meaning,
            ),
        )
        for code in codes
    ]


def _paper(code: AttendanceCode, held: tuple[str, ...]) -> SafeString:
    if not code.paper:
        return SafeString("")
    if code.symbol in held:
        return SafeString(" data-paper-held")
    return format_html(' data-paper="{}"', code.paper)


@register.simple_tag
@lru_cache(maxsize=128)
def papers_in_words(symbols: tuple[str, ...]) -> SafeString:
    """Which of these codes need what: "K: the nature of the education"."""
    return format_html_join(
        " ",
        '<span data-code="{}"><b>{}</b> {}.</span>',
        ((symbol, symbol, CODES[symbol].paper) for symbol in symbols),
    )
