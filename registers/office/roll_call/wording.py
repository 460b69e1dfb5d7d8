"""What the page of a roll call says."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import RollCall


def ended(call: RollCall) -> SafeString | str:
    """When it ended, who ended it, and what was done about those who were not found."""
    if not call.ended_at:
        return ""
    note = f": {call.note}" if call.note else ""
    at = f"{localtime(call.ended_at):%H:%M}"
    return format_html(", ended at {} by <bdi>{}</bdi>{}", at, call.ended_by, note)
