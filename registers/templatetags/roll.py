"""What the pages of the admission register say of a pupil's times, contacts and characteristics."""

from django import template

from registers.roll.contacts.wording import pupils_of
from registers.roll.pupils import wording

register = template.Library()
register.filter("pupils_of", pupils_of)
for name in (
    "about_photo",
    "address_line",
    "called_otherwise",
    "characteristic_title",
    "confirmed",
    "contact_reach",
    "contact_remarks",
    "contact_tags",
    "former_upn",
    "is_over",
    "may_leave",
    "numbers_and_birth",
    "spell_days",
    "spell_facts",
):
    register.filter(name, getattr(wording, name))
