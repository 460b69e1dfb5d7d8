"""The numbers of a school's weeks: re-derived from its sessions, whoever writes these."""

from collections.abc import Iterable
from datetime import date

from registers.models import School, SchoolWeek
from registers.rules.calendar import numbered_school_weeks


def number_weeks(school: School, days: Iterable[date]) -> None:
    """Anew, in order, without a restart: a week that came in between moves the later ones.

    `days` are all days on which the school has a session, of every academic year.
    """
    wanted = numbered_school_weeks(days)
    weeks = SchoolWeek.objects.filter(school=school)
    if dict(weeks.values_list("monday", "number")) == wanted:
        return
    weeks.delete()
    SchoolWeek.objects.bulk_create(
        SchoolWeek(school=school, monday=monday, number=number) for monday, number in wanted.items()
    )
