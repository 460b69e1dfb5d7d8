"""A mark with its whole history, as its page shows it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, dropwhile, takewhile

from django.utils import timezone
from django.utils.functional import cached_property

from registers.marks.changes import MarkKey
from registers.marks.sources import SOURCES
from registers.models import (
    Amendment,
    Enrolment,
    Mark,
    MarkComment,
    Paper,
    PupilMerge,
    Register,
    Session,
)
from registers.register.held_marks.lines import HeldLine
from registers.register.held_marks.mark_wording import arrival_in_words
from registers.register.held_marks.queries import of_session
from registers.roll.merging.overlaps import MERGED
from registers.rules.allowed_codes import day_in_words, paper_needed
from registers.rules.clock import RegisterWindow
from registers.rules.codes import CODES, AttendanceCode
from registers.rules.wording import first_so

Day = date  # within the page, `date` is its own
AROUND = timedelta(days=70)  # longer than the summer holiday


@dataclass(frozen=True)
class HalfDayNear:
    """A session before or after, for the links."""

    date: date
    half: int


@dataclass(frozen=True)
class MergedMark:
    """A mark of before a merge: kept, and counted nowhere."""

    mark: Mark
    amendments: list[Amendment]

    @property
    def source(self) -> str:
        return SOURCES[Mark.Source(self.mark.source)]


@dataclass
class MarkPage:
    """One half day of one pupil; each part is read when the page first asks for it."""

    enrolment: Enrolment
    group_id: int | None  # the registration group of the day
    date: date
    half: int
    window: RegisterWindow

    @property
    def key(self) -> MarkKey:
        return MarkKey(self.enrolment.pk, self.date, self.half)

    @property
    def session(self) -> tuple[Day, int]:
        return (self.date, self.half)

    @property
    def name(self) -> str:
        return f"{self.enrolment.pupil.forename} {self.enrolment.pupil.surname}"

    @cached_property
    def of_day(self) -> dict[int, Mark]:
        found = Mark.objects.filter(enrolment=self.enrolment, date=self.date)
        return {mark.half: mark for mark in found.select_related("made_by")}

    @property
    def mark(self) -> Mark | None:
        return self.of_day.get(self.half)

    @property
    def stands(self) -> Mark:
        """The mark, or one of no table without a code: what a form begins with."""
        return self.mark or Mark(code_id="", version=0, minutes_late=None)

    @property
    def off_roll(self) -> str:
        """Why the mark counts nowhere, in a sentence; empty for one that counts."""
        spell = self.enrolment
        if self.mark is None or spell.is_on_roll(self.date):
            return ""
        came, left = spell.starts_on, spell.leaves_on or self.date
        why = first_so(
            (spell.is_void, "this time on the roll was entered by mistake"),
            (self.date < came, f"the pupil came on the roll on {day_in_words(came)}"),
            otherwise=f"the pupil left the roll on {day_in_words(left)}",
        )
        return f"This mark is kept and counts nowhere: {why}."

    @property
    def other(self) -> Mark | None:
        return self.of_day.get(1 - self.half)

    @cached_property
    def comment(self) -> str:
        comments = MarkComment.objects.filter(pk=self.key).values_list("text", flat=True)
        return comments.first() or ""

    @cached_property
    def amendments(self) -> list[Amendment]:
        found = Amendment.objects.filter(enrolment=self.enrolment, date=self.date, half=self.half)
        return list(found.order_by("sequence"))

    @cached_property
    def before_merge(self) -> list[MergedMark]:
        """What stood under each of the numbers that were merged, with its own history."""
        if not any(one.reason.startswith(MERGED) for one in self.amendments):
            return []
        parts = self._merged_enrolments()
        marks = Mark.objects.filter(enrolment__in=parts, date=self.date, half=self.half)
        history = Amendment.objects.filter(enrolment__in=parts, date=self.date, half=self.half)
        changes: dict[int, list[Amendment]] = defaultdict(list)
        for amendment in history:
            changes[amendment.enrolment_id].append(amendment)
        return [
            MergedMark(mark, changes[mark.enrolment_id]) for mark in marks.select_related("made_by")
        ]

    def _merged_enrolments(self) -> list[int]:
        """Those that this one stands for since a merge."""
        merges = PupilMerge.objects.filter(pupil=self.enrolment.pupil_id, undone_at__isnull=True)
        made = chain.from_iterable(merge.moved.get("spells", ()) for merge in merges)
        parts = (spell["parts"] for spell in made if spell["new"] == self.enrolment.pk)
        return [enrolment for enrolment, *_ in chain.from_iterable(parts)]

    @cached_property
    def held_marks(self) -> list[HeldLine]:
        """Those that wait for the office, or that it left out."""
        found = of_session(self.enrolment.pk, self.date, self.half)
        return [HeldLine(one, self.window) for one in found]

    @property
    def arrival(self) -> str:
        """How the mark that stands came from a device, where it had waited there."""
        return arrival_in_words(self.stands)

    @cached_property
    def register(self) -> Register | None:
        """That of the pupil's registration group on the day."""
        if not self.group_id:
            return None
        found = Register.objects.filter(
            group=self.group_id, session__date=self.date, session__half=self.half
        )
        return found.select_related("taken_by", "entered_by").first()

    @cached_property
    def sessions(self) -> list[tuple[Day, int]]:
        """Those that the school held around this one, in order."""
        around = (self.date - AROUND, self.date + AROUND)
        found = Session.objects.filter(
            school=self.enrolment.school_id, is_open=True, date__range=around
        )
        return list(found.order_by("date", "half").values_list("date", "half"))

    @property
    def held(self) -> bool:
        return self.session in self.sessions

    @property
    def previous(self) -> HalfDayNear | None:
        before = takewhile(lambda session: session < self.session, self.sessions)
        return next((HalfDayNear(*session) for session in reversed([*before])), None)

    @property
    def following(self) -> HalfDayNear | None:
        """None where that is a day still to come."""
        after = dropwhile(lambda session: session <= self.session, self.sessions)
        near = next((HalfDayNear(*session) for session in after), None)
        return near if near and near.date <= timezone.localdate() else None

    @property
    def code(self) -> AttendanceCode | None:
        return CODES.get(self.stands.code_id)

    @property
    def counts_as(self) -> str:
        """How the mark counts in the figures, or why it does not."""
        return self.off_roll or (self.code.counts_in_words if self.code else "")

    @property
    def other_code(self) -> AttendanceCode | None:
        return CODES[self.other.code_id] if self.other else None

    @property
    def source(self) -> str:
        return SOURCES[Mark.Source(self.mark.source)] if self.mark else ""

    @property
    def came_in_at(self) -> datetime | None:
        minutes = self.stands.minutes_late
        return None if minutes is None else self.window.opens_at + timedelta(minutes=minutes)

    @cached_property
    def paper(self) -> Paper | None:
        """What the mark's code needs, where it needs something and is on the list for it."""
        if not paper_needed(self.stands.code_id):
            return None
        theirs = Paper.objects.filter(enrolment=self.enrolment, code=self.stands.code_id)
        return theirs.of_day(self.date).first()

    @property
    def is_new(self) -> bool:
        return self.mark is None
