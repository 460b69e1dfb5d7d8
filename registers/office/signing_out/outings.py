"""Who is out, and who was."""

from datetime import date

from registers.models import School, SignOut
from registers.rules.grouping import keyed


def signed_out(school: School, on: date, *, all_of_day: bool = False) -> list[SignOut]:
    """Who is out, the longest first; or every signing out of the day, the latest first."""
    outings = SignOut.objects.filter(enrolment__school=school, date=on).select_related(
        "enrolment__pupil", "left_by", "returned_by"
    )
    if all_of_day:
        return list(outings)
    return list(outings.filter(returned_at__isnull=True).order_by("left_at"))


def outings_by_enrolment(school: School, on: date) -> dict[int, SignOut]:
    """Those who are out, each with the outing."""
    return keyed(signed_out(school, on), "enrolment_id")
