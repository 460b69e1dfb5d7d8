"""Checked marks → the register, in pieces of whole enrolments, each one transaction.

A piece is read, compared with its file and only what differs is written, so the same files twice
write nothing and a broken import goes on where it was. Between two pieces others can write: SQLite
has one writer at a time, and a register must be saved during an import.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from time import monotonic, sleep
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.staged import StagedMark, StagedSpell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import at_line
from registers.exchange.problems.reasons import because
from registers.marks.actions.amend import ended_keys
from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey, WriteResult
from registers.models import Mark, MarkComment, Register, School
from registers.rules.advice import Odd

CHANGED = "{place}: changed in the school's system"
ENTERED = "{place}: entered in the school's system"
LEFT_ALONE = "left as changed in Rollbook"  # words of the counts, as the next ones
NEW, ALTERED, UNCHANGED = "new marks", "changed marks", "unchanged marks"
SQLITE_SECONDS, OTHER_SECONDS = 0.7, 2.0  # that a piece aims at; a hard 2 is promised on SQLite
FIRST_PIECE = 2_000  # marks, until it is known how long they take
LARGEST_PIECE = 30_000
SQLITE_GIVES_WAY = 0.11  # seconds: a waiting writer looks every tenth of a second

Progress = Callable[[int, int], None]


class MarkBefore(NamedTuple):
    """A mark as it stands in the register, before the import."""

    code: str
    minutes_late: int | None
    version: int
    source: int

    def agrees_with(self, staged: StagedMark) -> bool:
        return (self.code, self.minutes_late) == (staged.code, staged.minutes_late)


@dataclass
class MarksBatch:
    """What differs between the files and the register, for some enrolments."""

    changes: list[MarkChange] = field(default_factory=list)
    lines: dict[MarkKey, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


class MarksWriter:
    def __init__(
        self,
        school: School,
        findings: Findings,
        *,
        author: Author,
        before_writing: Callable[[], None],
        dry_run: bool = False,
    ):
        self.school, self.findings, self.author = school, findings, author
        self.before_writing, self.dry_run = before_writing, dry_run
        self.counts: Counter[str] = Counter()
        self.made_at = timezone.now()
        self.may_have_ended = Register.objects.filter(
            group__school=school, ended_at__isnull=False
        ).exists()
        self.is_sqlite = connection.vendor == "sqlite"
        self.size = FIRST_PIECE

    def write(
        self, spells: Iterable[StagedSpell], progress: Progress | None = None
    ) -> Counter[str]:
        tell = progress or _tell_nobody
        with_marks = sorted(filter(attrgetter("marks"), spells), key=_enrolment_of)
        done, total = 0, _number_of_marks(with_marks)
        for piece in self._pieces(with_marks):
            self._bring_in(piece, is_first=not done)
            done += _number_of_marks(piece)
            tell(done, total)
        return self.counts

    def _bring_in(self, spells: list[StagedSpell], *, is_first: bool) -> None:
        piece = self._compare(spells)
        if piece.changes and not self.dry_run:
            self._let_others_write(is_first=is_first)
            self.before_writing()
            self._write(piece)
        self.counts += piece.counts

    def _let_others_write(self, *, is_first: bool) -> None:
        if self.is_sqlite and not is_first:
            sleep(SQLITE_GIVES_WAY)

    def _pieces(self, spells: list[StagedSpell]) -> Iterator[list[StagedSpell]]:
        piece: list[StagedSpell] = []
        marks = 0
        for spell in spells:
            piece.append(spell)
            marks += len(spell.marks)
            if marks >= self.size:
                yield piece
                piece, marks = [], 0
        if piece:
            yield piece

    # --- what differs

    def _compare(self, spells: list[StagedSpell]) -> MarksBatch:
        piece = MarksBatch()
        there = _marks_there(map(_enrolment_of, spells))
        comments = _comments_there(map(_enrolment_of, filter(attrgetter("comments"), spells)))
        for spell in spells:
            pk = _enrolment_of(spell)
            self._compare_spell(piece, spell, there[pk], comments[pk])
        return piece

    def _compare_spell(
        self,
        piece: MarksBatch,
        spell: StagedSpell,
        there: Mapping[int, MarkBefore],
        words: Mapping[int, str],
    ) -> None:
        pk = _enrolment_of(spell)
        for staged in spell.staged():
            comment = spell.comments.get(staged.place)
            if comment == words.get(staged.session):
                comment = None
            self._compare_mark(piece, pk, staged, there.get(staged.session), comment)

    def _compare_mark(
        self,
        piece: MarksBatch,
        pk: int,
        staged: StagedMark,
        old: MarkBefore | None,
        comment: str | None,
    ) -> None:
        if old is None:
            self._want(piece, pk, staged, 0, comment)
        elif old.agrees_with(staged) and comment is None:
            piece.counts[UNCHANGED] += 1
        elif old.source != Mark.Source.IMPORT:
            self._leave_alone(piece, staged, old.code)
        else:
            self._want(piece, pk, staged, old.version, comment)
            self._warn_if_granted_afterwards(staged, old.code)

    def _want(
        self, piece: MarksBatch, pk: int, staged: StagedMark, seen: int, comment: str | None
    ) -> None:
        key = MarkKey(pk, staged.date, staged.half)
        reason = self._reason(seen, staged.line)
        change = MarkChange(key, staged.code, seen, staged.minutes_late, comment, reason)
        piece.changes.append(change)
        piece.lines[key] = staged.line
        piece.counts[_count_of(change)] += 1

    def _reason(self, seen: int, line: int) -> str:
        """Of an amendment; empty where the mark will need none."""
        if not seen and not self.may_have_ended:
            return ""
        reason = CHANGED if seen else ENTERED
        return reason.format(place=self.findings.where(at_line("marks.csv", line)))

    def _leave_alone(self, piece: MarksBatch, staged: StagedMark, code: str) -> None:
        reason = because(ProblemKind.CHANGED_HERE, here=code, there=staged.code)
        self.findings.leave_alone(staged.line, reason)
        piece.counts[LEFT_ALONE] += 1

    def _warn_if_granted_afterwards(self, staged: StagedMark, code: str) -> None:
        if (code, staged.code) == ("G", "C"):
            self.findings.warn(Odd.GRANTED_AFTERWARDS, at_line("marks.csv", staged.line))

    # --- writing it

    def _write(self, piece: MarksBatch) -> None:
        with self._timed(len(piece.changes)), transaction.atomic():
            written = write_marks(
                piece.changes,
                by=self.author,
                source=Mark.Source.IMPORT,
                made_at=self.made_at,
                check=_refuse_none,
                ended=self._ended(piece),
            )
        self._report_races(piece, written)

    def _ended(self, piece: MarksBatch) -> Collection[MarkKey]:
        """The marks among them whose register has ended."""
        if not self.may_have_ended:
            return ()
        ids, dates, _ = zip(*piece.lines, strict=True)
        return ended_keys(ids, first=min(dates), last=max(dates))

    def _report_races(self, piece: MarksBatch, written: WriteResult) -> None:
        """Marks that somebody changed in the moment between reading and writing them."""
        for key, mark in written.conflicts.items():
            here = mark.code if mark else "it"
            reason = because(ProblemKind.CHANGED_MEANWHILE, here=here)
            self.findings.leave_alone(piece.lines[key], reason)
            piece.counts[LEFT_ALONE] += 1
        lost = (change for change in piece.changes if change.key in written.conflicts)
        piece.counts -= Counter(map(_count_of, lost))

    @contextmanager
    def _timed(self, marks: int) -> Iterator[None]:
        """Pieces grow and shrink towards the time that one may hold the database."""
        start = monotonic()
        yield
        took = max(monotonic() - start, 0.001)
        aim = SQLITE_SECONDS if self.is_sqlite else OTHER_SECONDS
        if marks >= self.size / 2:
            self.size = int(min(LARGEST_PIECE, marks * min(2.0, max(0.25, aim / took))))


def _marks_there(ids: Iterable[int]) -> dict[int, dict[int, MarkBefore]]:
    """By enrolment and session."""
    there: dict[int, dict[int, MarkBefore]] = defaultdict(dict)
    rows = Mark.objects.filter(enrolment__in=list(ids)).values_list(
        "enrolment_id", "date", "half", "code_id", "minutes_late", "version", "source"
    )
    for pk, day, half, *rest in rows.iterator(chunk_size=10_000):
        there[pk][day.toordinal() << 1 | half] = MarkBefore._make(rest)
    return there


def _comments_there(ids: Iterable[int]) -> dict[int, dict[int, str]]:
    there: dict[int, dict[int, str]] = defaultdict(dict)
    rows = MarkComment.objects.filter(enrolment__in=list(ids))
    for pk, day, half, text in rows.values_list("enrolment_id", "date", "half", "text"):
        there[pk][day.toordinal() << 1 | half] = text
    return there


def _enrolment_of(spell: StagedSpell) -> int:
    """Its key; 0, which no enrolment has, for one that a trial run has not made."""
    return spell.enrolment_id or 0


def _number_of_marks(spells: Iterable[StagedSpell]) -> int:
    return sum(len(spell.marks) for spell in spells)


def _count_of(change: MarkChange) -> str:
    return ALTERED if change.seen else NEW


def _refuse_none(*change: object) -> None:
    """What the files hold was checked when they were read."""


def _tell_nobody(done: int, total: int) -> None:
    """Where nobody asked for the progress."""
