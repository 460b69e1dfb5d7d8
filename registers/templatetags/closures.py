"""What the pages of closures draw."""

from django import template

from registers.closures import wording
from registers.models import Closure
from registers.rules.closures import KIND, ClosureKind, sessions_in_words

register = template.Library()
register.filter("closure_standing", wording.standing)


@register.filter
def closure_kind(value: str) -> ClosureKind | None:
    """The kind with this value."""
    return KIND.get(value)


@register.filter
def closure_when(closure: Closure) -> str:
    """Its sessions in words: Wed 14 Jan 2026, afternoon."""
    return sessions_in_words(closure.first, closure.last)
