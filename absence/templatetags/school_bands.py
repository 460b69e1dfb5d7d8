"""The bands of a school, for a page that only shows them."""

from django import template

from absence.lists.listing import BandLine
from absence.rules.bands import bands_from_settings
from absence.rules.wording import attendance_range, shape
from registers.models import School

register = template.Library()


@register.simple_tag
def bands_of(school: School) -> list[BandLine]:
    """Its own or the usual ones, with their ranges; nobody is counted."""
    bands = bands_from_settings(school.bands)
    return [
        BandLine(
            name=band.name,
            title=band.title,
            attendance=attendance_range(bands, index),
            shape=shape(bands, index),
            pupils=0,
            per_mille=0,
        )
        for index, band in enumerate(bands)
    ]
