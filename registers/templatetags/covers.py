"""What the page of covers draws."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from registers.models import Cover
from registers.register.cover import wording

register = template.Library()
register.simple_tag(wording.opening, name="cover_opening")
register.filter("cover_given", wording.given)
register.filter("what_became_of", wording.what_became_of)


@register.filter
def cover_of_today(cover: Cover, today: date) -> SafeString:
    """Behind its day."""
    tag = ' <span class="tag tag-ink">Today</span>' if cover.date == today else ""
    return SafeString(tag)
