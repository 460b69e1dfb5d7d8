"""What the page of who is on site, and the evacuation list, draw of each pupil and group."""

from django import template

from registers.office.on_site import wording

register = template.Library()
register.filter("tag_of", wording.tag_of)
register.filter("names", wording.names)
register.filter("evacuation_intro", wording.evacuation_intro)
register.filter("away_names", wording.away_names)
