"""A year's sessions at another school, as the files tell them.

They are kept beside this school's register and never in it: see `registers.models.PriorAttendance`.
"""

from collections import Counter
from datetime import datetime

from registers.exchange.actions.bring import bring_into_line
from registers.exchange.layout.folder import PRIOR_COUNTS, Folder
from registers.models import PriorAttendance, Pupil, School
from registers.models.school.staff import User
from registers.rules.grouping import keyed

KEY = ("pupil_id", "academic_year", "laestab", "school_name")


def write_prior_attendance(
    school: School, folder: Folder, *, by: User | None, at: datetime
) -> Counter[str]:
    """What a later file says of the same year and school takes the place of what stood there."""
    if not folder.prior:
        return Counter()
    pupils = dict(Pupil.objects.filter(school=school).values_list("upn", "pk"))
    years = (
        PriorAttendance(
            pupil_id=pupils[row.upn],
            academic_year=row.academic_year,
            laestab=row.laestab,
            school_name=row.school_name,
            possible=row.possible,
            attended=row.attended,
            authorised=row.authorised,
            unauthorised=row.unauthorised,
            source=row.source,
            read_at=at,
            by=by,
        )
        for row in folder.prior
    )
    there = keyed(PriorAttendance.objects.filter(pupil__school=school), *KEY)
    return bring_into_line(keyed(years, *KEY), there, [*PRIOR_COUNTS, "source"])
