"""Dates of entry and leaving that the files correct, written with a trace of each."""

from collections.abc import Callable, Iterable

from registers.exchange.layout.folder import PupilRow
from registers.exchange.problems.places import FilePlace, at_line
from registers.marks.actions.locking import lock_enrolments
from registers.models import Enrolment, RollChange, School
from registers.models.school.staff import User
from registers.policies import position_of
from registers.roll.actions import dates
from registers.roll.actions.roll_changes import in_words
from registers.rules.admission import Spell

REASON = "{place}: corrected in the school’s files"
ENTRY, LAST_DAY = "date of entry", "last day on the roll"

Change = tuple[str, str, str]  # what, before, after


class Corrections:
    """The enrolments whose dates the files correct: held before, brought into line after."""

    def __init__(
        self,
        school: School,
        rows: Iterable[tuple[PupilRow, Enrolment]],
        where: Callable[[FilePlace], str],
    ):
        """`where` says a place in the words of the person's own files."""
        self.school, self.where = school, where
        self.rows = {
            old.pk: (row, Spell(old.starts_on, old.leaves_on), Spell(row.starts_on, row.leaves_on))
            for row, old in rows
            if (old.starts_on, old.leaves_on) != (row.starts_on, row.leaves_on)
        }
        lock_enrolments(list(self.rows))

    def fit(self, by: User | None) -> int:
        """After the dates were written: what hangs on them, and a trace of each. How many."""
        spells = {pk: (was, becomes) for pk, (_, was, becomes) in self.rows.items()}
        moved = dates.marks_that_move(spells)
        dates.fit(spells)
        if spells:
            self._note(moved, by)
        return len(spells)

    def _note(self, moved: dict[int, tuple[int, int]], by: User | None) -> None:
        owners = dict(
            Enrolment.objects.filter(pk__in=list(self.rows)).values_list("pk", "pupil_id")
        )
        name, position = self._author(by)
        RollChange.objects.bulk_create(
            RollChange(
                pupil_id=owners[pk],
                what=what,
                before=before,
                after=after,
                reason=REASON.format(place=self.where(at_line("pupils.csv", row.line))),
                by=by,
                by_name=name,
                by_position=position,
            )
            for pk, (row, was, becomes) in self.rows.items()
            for what, before, after in _entries(was, becomes, *moved.get(pk, (0, 0)))
        )

    def _author(self, by: User | None) -> tuple[str, str]:
        """The name and the position that stand beside each change."""
        if by is None:
            return "Import", ""
        return str(by), position_of(by, "import_school", school=self.school)


def _entries(was: Spell, becomes: Spell, falls: int, back: int) -> list[Change]:
    """The entries that changed, the first with the marks that move."""
    changes = [*_entry_date(was, becomes), *_last_day(was, becomes, falls)]
    marks = _marks_that_move(falls, back)
    if changes and marks:
        what, before, after = changes[0]
        changes[0] = (what, before, f"{after or 'none'}; {marks}")
    return changes


def _entry_date(was: Spell, becomes: Spell) -> list[Change]:
    if was.starts_on == becomes.starts_on:
        return []
    return [(ENTRY, in_words(was.starts_on), in_words(becomes.starts_on))]


def _last_day(was: Spell, becomes: Spell, falls: int) -> list[Change]:
    """To fill in a date of leaving is a change where marks fall away."""
    if was.leaves_on == becomes.leaves_on or not (was.leaves_on or falls):
        return []
    return [(LAST_DAY, in_words(was.leaves_on) or "none", in_words(becomes.leaves_on))]


def _marks_that_move(falls: int, back: int) -> str:
    numbers = ((falls, "no more"), (back, "again"))
    return ", ".join(f"{_marks(number)} {words}" for number, words in numbers if number)


def _marks(number: int) -> str:
    return f"{number:,} marks count" if number > 1 else "1 mark counts"
