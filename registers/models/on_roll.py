"""Which marks count: those of days on which the pupil was on the roll. Said here alone.

A mark hangs on an enrolment. When a date of entry or leaving is corrected, marks may come to lie
outside; they stay in the register with their history and their seal, and are in no figure until the
date is put back. Weekly totals are re-derived from the marks that count; whoever reads marks for a
figure, a list or a file reads `Mark.objects.on_roll()`, or says ON_ROLL_SQL.
"""

from datetime import date

from django.db.models import F, Q

# Of the tables `mark` and `enrolment`.
ON_ROLL_SQL = (
    "mark.date >= enrolment.starts_on"
    " AND (enrolment.leaves_on IS NULL OR mark.date <= enrolment.leaves_on)"
)
# Its opposite, written out: each half is the end of the marks' key, so that few are looked at.
OFF_ROLL_SQL = "(mark.date < enrolment.starts_on OR mark.date > enrolment.leaves_on)"

ON_ROLL = Q(date__gte=F("enrolment__starts_on")) & (
    Q(enrolment__leaves_on__isnull=True) | Q(date__lte=F("enrolment__leaves_on"))
)
OFF_ROLL = Q(date__lt=F("enrolment__starts_on")) | Q(date__gt=F("enrolment__leaves_on"))

# The last day of a time on the roll that was entered by mistake: no day is in it.
NEVER = date(1900, 1, 1)
