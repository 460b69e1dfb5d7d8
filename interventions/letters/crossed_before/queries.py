"""Who had crossed a line before this register was kept here: from marks that came with files.

A school that moves in during the year would else find letters to half its families in the queue on
the first morning, about what it knew and has written about already.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from absence.rules.bands import Band, bands_from_settings
from interventions.models import CrossedBefore, Night
from interventions.rules.letter_kinds import GOING_WELL, KINDS, concern_of
from registers.models import Enrolment, Mark, School
from registers.rules.tally import tally_of

LATE_NEWS = timedelta(days=7)  # marks that come in later than this after their day are history
MOST_PROPOSED = 10  # pupils: so many a person looks through on a morning as on any other
AT_ONCE = 500


def still_listed(school: School) -> QuerySet[CrossedBefore]:
    """Those of the school about whom nobody has decided yet, the gravest first by their kind."""
    return CrossedBefore.objects.filter(enrolment__school=school, decided_at__isnull=True)


def crossed_before(
    school: School, chosen: Mapping[int, str], *, first: date, last: date
) -> set[int]:
    """Those of these enrolments whose letter was due on the marks of history alone.

    History are marks that came with the school's files: before its first night here, or more than
    a week after their day. Up to ten pupils are left to be proposed: they are no flood.
    """
    began = _first_night(school)
    bands = bands_from_settings(school.bands)
    found: set[int] = set()
    pupils = dict(Enrolment.objects.filter(pk__in=chosen).values_list("pupil_id", "pk"))
    for marks in _marks(list(pupils), first, last):
        for pupil, theirs in marks.items():
            if was_due(chosen[pupils[pupil]], theirs, began, bands):
                found.add(pupils[pupil])
    return found if len(found) > MOST_PROPOSED else set()


Row = tuple[date, str, int, datetime]  # day, code, source, when it was made


def was_due(kind: str, marks: Sequence[Row], began: datetime | None, bands: Sequence[Band]) -> bool:
    """Whether a letter as grave was due on the marks that came with the school's files.

    Good news is about the last weeks: it was due where nothing has been marked here since.
    """
    history = [code for on, code, source, at in marks if _is_history(on, source, at, began)]
    if kind == GOING_WELL:
        return len(history) == len(marks)
    fits = concern_of(tally_of(history), bands)
    return fits is not None and KINDS[fits].rank >= KINDS[kind].rank


def _is_history(on: date, source: int, at: datetime, began: datetime | None) -> bool:
    if source != Mark.Source.IMPORT:
        return False
    return began is None or at <= began or timezone.localdate(at) - on > LATE_NEWS


def _first_night(school: School) -> datetime | None:
    """When the school's first night that did everything began; None before it."""
    done = Night.objects.filter(school=school, state=Night.State.DONE).order_by("started_at")
    return done.values_list("started_at", flat=True).first()


def _marks(pupils: Sequence[int], first: date, last: date) -> Iterator[dict[int, list[Row]]]:
    """The marks of the year by pupil, of all times on the roll, some hundred pupils at a time."""
    for start in range(0, len(pupils), AT_ONCE):
        found: dict[int, list[Row]] = defaultdict(list)
        rows = Mark.objects.on_roll().filter(
            enrolment__pupil__in=pupils[start : start + AT_ONCE], date__range=(first, last)
        )
        fields = ("enrolment__pupil_id", "date", "code_id", "source", "made_at")
        for pk, on, code, source, at in rows.values_list(*fields):
            found[pk].append((on, code, source, at))
        yield found
