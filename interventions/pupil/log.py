"""The log of actions on the pupil page: numbered as on the chart, each with its effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from absence.figures.calendar import SchoolCalendar
from absence.rules.academic_year import SchoolYear
from absence.rules.effects import Effect
from interventions.log.next_steps import may_read
from interventions.models import Intervention
from interventions.pupil.page import LoggedAction, PupilPage
from registers.web.access import SchoolViewer


@dataclass(frozen=True, slots=True)
class Note:
    intervention: Intervention
    is_readable: bool
    documents: list[tuple[int, str]]

    @property
    def is_open(self) -> bool:
        """Whether its next step is still to be done."""
        return self.intervention.has_open_step


def notes_of(pupil_id: int, viewer: SchoolViewer) -> list[Note]:
    """The whole log of the pupil at this school with its documents, latest first: one statement,
    with a row for each document."""
    rows = (
        Intervention.objects.filter(enrolment__pupil=pupil_id, enrolment__school=viewer.school)
        .select_related("own_kind", "made_by", "changed_by", "next_step_owner", "next_step_done_by")
        .annotate(document_id=F("documents__pk"), document_name=F("documents__name"))
        .order_by("-done_on", "-pk", "document_id")
    )
    sees = viewer.may("see_sensitive")
    notes: dict[int, Note] = {}
    for row in rows:
        readable = may_read(row, viewer.person, sees_sensitive=sees)
        note = notes.setdefault(row.pk, Note(row, readable, []))
        if row.document_id and readable:
            note.documents.append((row.document_id, row.document_name))
    return list(notes.values())


def add_log(page: PupilPage, notes: Sequence[Note]) -> None:
    """The year's entries, all where there is no calendar; and the open next steps of any year."""
    mine = [note for note in notes if page.year in (None, _year_of(page.calendar, note))]
    numbers, effects = _numbers(page, mine), _effects(page, mine)
    page.log = [
        _logged(note, numbers.get(note.intervention.pk), effects.get(note.intervention.done_on))
        for note in mine
    ]
    page.elsewhere = len(notes) - len(mine)
    open_ = [_logged(note) for note in notes if note.is_open]
    page.next_steps = sorted(open_, key=lambda one: one.intervention.next_step_on or date.max)


def _logged(note: Note, number: int | None = None, effect: Effect | None = None) -> LoggedAction:
    return LoggedAction(
        note.intervention,
        note.is_readable,
        note.documents,
        number,
        effect if note.is_readable else None,
    )


def _numbers(page: PupilPage, mine: Sequence[Note]) -> dict[int, int]:
    """Of those that may be read, from the year's first."""
    if page.year is None:
        return {}
    readable = [note for note in reversed(mine) if note.is_readable]
    return {note.intervention.pk: number for number, note in enumerate(readable, start=1)}


def _effects(page: PupilPage, mine: Sequence[Note]) -> dict[date, Effect]:
    if page.figures is None:
        return {}
    return page.figures.effects(note.intervention.done_on for note in mine if note.is_readable)


def _year_of(calendar: SchoolCalendar, note: Note) -> SchoolYear | None:
    """The year in which something was done; the first for what was done before it."""
    return calendar.latest_by(note.intervention.done_on) or next(iter(calendar.years), None)
