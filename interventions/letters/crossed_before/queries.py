"""Who had crossed a line before this register was kept here: from marks that came with files.

A school that moves in during the year would else find letters to half its families in the queue on
the first morning, about what it knew and has written about already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from absence.rules.bands import Band
from absence.rules.pupil_marks import PupilMark
from interventions.models import CrossedBefore, Night
from interventions.rules.letter_kinds import GOING_WELL, KINDS, concern_of
from registers.models import Mark, School
from registers.rules.tally import tally_of

LATE_NEWS = timedelta(days=7)  # marks that come in later than this after their day are history
MOST_PROPOSED = 10  # pupils: so many a person looks through on a morning as on any other


def still_listed(school: School) -> QuerySet[CrossedBefore]:
    """Those of the school about whom nobody has decided yet, the gravest first by their kind."""
    return CrossedBefore.objects.filter(enrolment__school=school, decided_at__isnull=True)


@dataclass(frozen=True, slots=True)
class History:
    """What came with a school's files: marks made before its first night here, or more than a week
    after their day."""

    began: datetime | None  # the first night that did everything; None before it
    bands: Sequence[Band]

    def is_of(self, mark: PupilMark) -> bool:
        """Whether a mark is history."""
        if mark.source != Mark.Source.IMPORT or mark.made_at is None:
            return False
        late = timezone.localdate(mark.made_at) - mark.date > LATE_NEWS
        return late or self.began is None or mark.made_at <= self.began

    def bears_out(self, kind: str, marks: Sequence[PupilMark]) -> bool:
        """Whether a letter as grave was due on history alone.

        Good news is about the last weeks: it was due where nothing has been marked here since.
        """
        history = list(filter(self.is_of, marks))
        if kind == GOING_WELL:
            return len(history) == len(marks)
        fits = concern_of(tally_of(mark.symbol for mark in history), self.bands)
        return fits is not None and KINDS[fits].rank >= KINDS[kind].rank


def history_of(school: School, bands: Sequence[Band]) -> History:
    """One statement."""
    done = Night.objects.filter(school=school, state=Night.State.DONE).order_by("started_at")
    return History(done.values_list("started_at", flat=True).first(), bands)


def too_many_to_propose(crossed: Sequence[int]) -> Sequence[int]:
    """Those of them who are listed: none of up to ten, who are no flood and are proposed."""
    return crossed if len(crossed) > MOST_PROPOSED else ()
