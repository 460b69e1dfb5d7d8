"""What the office's pages say of each pupil."""

from django import template
from django.utils.safestring import SafeString

from registers.office.late_desk import wording as late_desk
from registers.office.signing_out import wording as signing_out

register = template.Library()
register.filter("what_to_do", late_desk.what_to_do)
register.filter("press_label", late_desk.press_label)
register.filter("with_whom", signing_out.with_whom)
register.filter("pupil_name", signing_out.pupil_name)


@register.filter
def current_room(room: str, link: str) -> SafeString | str:
    """The attribute of the tab that leads to the page which is open."""
    return SafeString('aria-current="page"') if room == link else ""
