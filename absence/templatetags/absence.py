"""What the pages of figures say in the same words."""

from decimal import Decimal

from django import template

from absence.rules.wording import short_day

register = template.Library()


@register.filter
def signed(value: int | Decimal | None) -> str:
    """+3, −2, 0: with a real minus."""
    if value is None:
        return ""
    return f"+{value:,}" if value > 0 else f"−{abs(value):,}" if value < 0 else f"{value:,}"


register.filter(short_day)
