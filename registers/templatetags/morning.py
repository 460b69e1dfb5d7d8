"""What the office's morning says of each register, child and try."""

from django import template

from registers.office.morning import wording
from registers.office.morning.calling import Call

register = template.Library()
for name in ("takers", "how_far", "why_ring", "days_left", "open_sessions", "channels"):
    register.filter(name, getattr(wording, name))
register.filter("what_was_tried", wording.what_was_tried)
register.simple_tag(wording.what_was_tried)


@register.filter
def call_tags(call: Call) -> list[tuple[str, str]]:
    """What makes the absence more worrying, as words and kinds of tags."""
    standing = [(call.standing.words, "")] if call.standing.words else []
    return [*((flag, "bad") for flag in call.flags), *standing]
