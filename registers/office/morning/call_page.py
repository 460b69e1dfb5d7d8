"""What the page of one child and one day reads: whom to ask, and the sessions without a reason."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.db.models import Q
from django.http import Http404

from registers.marks.day_sheet import with_group
from registers.models import Enrolment, FollowUp, Mark, Paper, School, Session
from registers.office.morning.calling import (
    ContactToRing,
    Unexplained,
    contacts_of,
    next_to_ask,
)
from registers.office.morning.queries import LONGEST_BACK
from registers.rules.allowed_codes import paper_needed
from registers.rules.calendar import academic_year_start
from registers.rules.clock import register_window
from registers.rules.grouping import keyed

MOST_TRIES = 20
TRIED_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ChildToRing:
    """One child, one day: whom to ask, and the sessions whose reason is open."""

    enrolment: Enrolment
    on: date
    contacts: list[ContactToRing]
    sessions: list[Unexplained]
    tried: list[FollowUp]

    @property
    def name(self) -> str:
        pupil = self.enrolment.pupil
        return f"{pupil.forename} {pupil.surname}"

    @property
    def next_contact(self) -> ContactToRing | None:
        """The first who was not tried on the day, else the first."""
        return next_to_ask(self.contacts, (one for one in self.tried if one.date == self.on))

    def needs_paper(self, symbol: str) -> bool:
        """Whether the code asks for a paper that the school does not hold yet for the day."""
        if not paper_needed(symbol):
            return False
        papers = Paper.objects.filter(enrolment=self.enrolment, code=symbol)
        return papers.of_day(self.on).missing().exists()


def read_child(school: School, enrolment_id: int, on: date, now: datetime) -> ChildToRing:
    """Raises Http404 for a pupil of another school."""
    mine = Enrolment.objects.filter(school=school, pk=enrolment_id).select_related("pupil")
    enrolment = with_group(mine, on).first()
    if enrolment is None:
        raise Http404("There is no such pupil at this school.")
    tried = FollowUp.objects.filter(enrolment=enrolment, date__gte=on - TRIED_WITHIN)
    return ChildToRing(
        enrolment=enrolment,
        on=on,
        contacts=contacts_of([enrolment.pupil_id])[enrolment.pupil_id],
        sessions=open_sessions(school, enrolment, on, now),
        tried=list(tried.select_related("person", "made_by")[:MOST_TRIES]),
    )


def open_sessions(
    school: School, enrolment: Enrolment, on: date, now: datetime
) -> list[Unexplained]:
    """The pupil's N of the school year, and the day's sessions that ended without a mark."""
    first = max(academic_year_start(on), on - timedelta(days=LONGEST_BACK))
    rows = (
        Mark.objects.on_roll()
        .filter(Q(code="N", date__range=(first, now.date())) | Q(date=on), enrolment=enrolment)
        .order_by("date", "half")
    )
    marks: dict[tuple[date, int], Mark] = keyed(rows, "date", "half")
    without_reason = [
        Unexplained(*key, row.version) for key, row in marks.items() if row.code_id == "N"
    ]
    blank = [
        Unexplained(on, half, 0) for half in _ended(school, on, now) if (on, half) not in marks
    ]
    return sorted(without_reason + blank, key=attrgetter("date", "half"))


def _ended(school: School, on: date, now: datetime) -> list[int]:
    """The sessions of the day whose register has ended."""
    held = Session.objects.filter(school=school, date=on, is_open=True)
    halves = held.values_list("half", flat=True)
    return [half for half in halves if register_window(school, on, half).has_ended(now)]
