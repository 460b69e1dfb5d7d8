"""What the list of panels says of each."""

from django import template

from interventions.panels import wording

register = template.Library()

register.filter("led_by", wording.led_by)
register.filter("how_many_decided", wording.how_many_decided)
