"""What the pages of signing out say."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from registers.models import SignOut
from registers.rules.allowed_codes import day_in_words
from registers.rules.wording import many


def outings_lede(
    on: date, outings: Sequence[SignOut], still_out: Sequence[SignOut], *, is_today: bool
) -> SafeString | str:
    """How many are out, or that everybody is back, or that nobody left."""
    if not is_today:
        return f"{day_in_words(on)}: {many(len(outings), 'pupil')} signed out."
    if still_out:
        out = many(len(still_out), "pupil is", "pupils are")
        return format_html("<strong>{} out</strong> and not back yet.", out)
    return "Everybody who left today is back." if outings else "Nobody has left today."


def outing_lede(outing: SignOut) -> SafeString:
    """When a pupil left and came back, and who wrote it down."""
    return format_html(
        "Left on {} at <strong>{}</strong>{}. Written down by <bdi>{}</bdi>{}.",
        *(day_in_words(outing.date), _at(outing.left_at), _return(outing), outing.left_by),
        format_html("; the return by <bdi>{}</bdi>", outing.returned_by)
        if outing.returned_by
        else "",
    )


def _return(outing: SignOut) -> SafeString:
    if outing.returned_at is None:
        return SafeString(" and <strong>is still out</strong>")
    return format_html(", back at <strong>{}</strong>", _at(outing.returned_at))


def _at(moment: datetime) -> str:
    return f"{localtime(moment):%H:%M}"


def with_whom(outing: SignOut) -> SafeString | str:
    if not outing.collected_by_whom:
        return ""
    return format_html(", with <bdi>{}</bdi>", outing.collected_by_whom)


def pupil_name(outing: SignOut) -> str:
    pupil = outing.enrolment.pupil
    return f"{pupil.forename} {pupil.surname}"
