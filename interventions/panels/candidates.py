"""Pupils to choose from for a panel: which are shown, which are ticked, why a panel is near."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from absence.figures import school as figures
from absence.figures.rows import AbsenceRow
from absence.lists import listing
from interventions.log import next_steps
from interventions.models import Intervention
from registers.models import School
from registers.roll.search import ids_of_called
from registers.rules.pupils.namesakes import told_apart
from registers.web.parameters import numbers_of, words_of

AT_MOST = 60  # pupils to choose from at once; a name finds the others


NOT_NEAR = SafeString('<span class="muted hide-narrow">–</span>')


class Show(TextChoices):
    """Which pupils are shown to choose from."""

    PERSISTENT = "persistent", "Persistently absent"
    WATCHED = "watched", "Next step is a panel, or overdue"
    EVERYBODY = "everybody", "Everybody on roll"


@dataclass(frozen=True, slots=True)
class CandidateSearch:
    """What somebody asks for: a name, which pupils are shown, who is ticked (ids of pupils)."""

    name: str
    show: Show
    ticked: tuple[int, ...]

    @classmethod
    def of(cls, parameters: QueryDict) -> Self:
        show = parameters.get("show", "")
        return cls(
            name=words_of(parameters.get("q"), 200),
            show=Show(show) if show in Show.values else Show.PERSISTENT,
            ticked=tuple(numbers_of(parameters.getlist("pupil"))),
        )


@dataclass(frozen=True, slots=True)
class PanelCandidate:
    """A pupil who can be put on a panel; `why` says that a panel is near."""

    row: AbsenceRow
    why: str
    is_chosen: bool

    @property
    def why_near(self) -> str | SafeString:
        return self.why or NOT_NEAR

    @property
    def pupil_id(self) -> int:
        return self.row.pupil_id


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pupils to choose from, those ticked first; `left_out` is how many more there are."""

    chosen: Sequence[PanelCandidate] = ()
    others: Sequence[PanelCandidate] = ()
    left_out: int = 0

    @property
    def all(self) -> Sequence[PanelCandidate]:
        return [*self.chosen, *self.others]

    @property
    def apart(self) -> dict[int, str]:
        """Who holds panels may see dates of birth."""
        rows = [candidate.row for candidate in self.all]
        return told_apart(((row.pupil_id, row.namesake) for row in rows), with_birth=True)

    @property
    def enrolments(self) -> list[int]:
        return [candidate.row.enrolment_id for candidate in self.chosen]


NOBODY = Candidates()


def rows_to_choose_from(
    school: School, as_at: date, *, without: Collection[int]
) -> dict[int, AbsenceRow]:
    """Who is on the roll, by pupil, but these enrolments. Raises NoAcademicYearError."""
    return {
        row.pupil_id: row
        for row in figures.pupils_to(school, as_at)
        if row.is_on_roll(as_at) and row.enrolment_id not in without
    }


def candidates(
    search: CandidateSearch,
    rows: Mapping[int, AbsenceRow],
    *,
    school: School,
    ticked_at_once: Collection[int],
) -> Candidates:
    """`ticked_at_once` are enrolments, beside the pupils that the search has ticked."""
    near = why_a_panel_is_near(school)
    at_once = [pk for pk, row in rows.items() if row.enrolment_id in ticked_at_once]
    chosen = [pk for pk in dict.fromkeys([*search.ticked, *at_once]) if pk in rows]
    left = {pk: row for pk, row in rows.items() if pk not in chosen}
    others = listing.in_order(_shown(search, left, school, near), listing.DEFAULT_ORDER)
    return Candidates(
        chosen=[_candidate(rows[pk], near, is_chosen=True) for pk in chosen],
        others=[_candidate(row, near, is_chosen=False) for row in others[:AT_MOST]],
        left_out=max(0, len(others) - AT_MOST),
    )


def _candidate(row: AbsenceRow, near: Mapping[int, str], *, is_chosen: bool) -> PanelCandidate:
    return PanelCandidate(row, near.get(row.enrolment_id, ""), is_chosen)


def _shown(
    search: CandidateSearch, rows: Mapping[int, AbsenceRow], school: School, near: Collection[int]
) -> list[AbsenceRow]:
    """A name is looked for among everybody."""
    if search.name:
        called = ids_of_called(school, search.name)
        return [row for pk, row in rows.items() if pk in called]
    is_shown = {
        Show.PERSISTENT: lambda row: row.tally.persistently_absent,
        Show.WATCHED: lambda row: row.enrolment_id in near,
        Show.EVERYBODY: lambda row: True,
    }[search.show]
    return list(filter(is_shown, rows.values()))


def why_a_panel_is_near(school: School) -> dict[int, str]:
    """By enrolment: a next step that is a panel, or else the first one that is overdue."""
    today = timezone.localdate()
    near: dict[int, str] = {}
    for step, due_on in _open_steps(school):
        due = f"{due_on.day} {due_on:%b}"
        if step.next_step_is_panel:
            near[step.enrolment_id] = f"Next step: {step.next_step}, due {due}"
        elif due_on < today:
            near.setdefault(step.enrolment_id, f"Overdue since {due}: {step.next_step}")
    return near


def _open_steps(school: School) -> Iterator[tuple[Intervention, date]]:
    """Those that everybody may read, each with the day on which it is due."""
    for step in next_steps.open_steps(school):
        if step.next_step_on and not step.is_sensitive:
            yield step, step.next_step_on
