"""Who is out, and who was."""

from datetime import date

from registers.models import School, SignOut


def signed_out(school: School, on: date, *, all_of_day: bool = False) -> list[SignOut]:
    """Who is out, the longest first; or every signing out of the day, the latest first."""
    found = SignOut.objects.filter(enrolment__school=school, date=on).select_related(
        "enrolment__pupil", "left_by", "returned_by"
    )
    if all_of_day:
        return list(found)
    return list(found.filter(returned_at__isnull=True).order_by("left_at"))
