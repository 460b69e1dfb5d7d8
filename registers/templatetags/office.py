"""What the office's pages say of each pupil."""

from django import template

from registers.office.late_desk import wording as late_desk
from registers.office.signing_out import wording as signing_out

register = template.Library()
register.filter("what_to_do", late_desk.what_to_do)
register.filter("press_label", late_desk.press_label)
register.filter("with_whom", signing_out.with_whom)
register.filter("pupil_name", signing_out.pupil_name)
