"""What the page of covers says: how many today, and of each cover what became of it."""

from typing import Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import Cover, User
from registers.rules.wording import clock_time, many, plural


def opening(covered_today: int) -> SafeString:
    """How many groups somebody else takes today."""
    if not covered_today:
        return SafeString("No group is covered today.")
    groups, are = many(covered_today, "group"), plural(covered_today, "is", "are")
    return format_html("<strong>{} {} covered today.</strong>", groups, are)


def given(cover: Cover) -> SafeString:
    """by Ms Chen, 24 November, 8:45"""
    at = localtime(cover.given_at)
    when = f"{at.day} {at:%B}, {clock_time(at)}"
    return format_html("by <bdi>{}</bdi>, {}", cover.given_by, when)


class LookedAtCover(Protocol):
    """A cover as the page reads it."""

    user: User
    given_by: User
    is_used: bool  # whether the colleague opened or took a register under it


def what_became_of(cover: LookedAtCover) -> SafeString:
    """Of a cover whose day is over."""
    used = " took its registers" if cover.is_used else ", not used"
    return format_html("<bdi>{}</bdi>{}. Given by <bdi>{}</bdi>.", cover.user, used, cover.given_by)
