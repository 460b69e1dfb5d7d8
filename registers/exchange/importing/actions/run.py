"""An import from beginning to end: check everything, then write, and say what was done."""

import errno
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from registers.exchange.actions.calendar import write_calendar, write_school, write_terms
from registers.exchange.actions.contacts import ContactWriter
from registers.exchange.actions.groups import MembershipWriter
from registers.exchange.actions.identity import write_renumbered
from registers.exchange.actions.marks import MarksWriter, Progress
from registers.exchange.actions.prior_attendance import write_prior_attendance
from registers.exchange.actions.pupils import (
    write_characteristics,
    write_pupils,
    write_year_groups,
)
from registers.exchange.actions.staff import write_staff
from registers.exchange.checks.folder import FolderCheck
from registers.exchange.checks.known import Known
from registers.exchange.importing.actions import permission
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder
from registers.exchange.problems.errors import ImportStopped
from registers.exchange.problems.warnings import ToldWarning
from registers.exchange.questions import Answers, Question
from registers.models import Import, School
from registers.models.school.staff import User

FULL_ERRORS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
FULL = ("is full", "No space left", "disk I/O error")


@dataclass
class ImportResult:
    """What an import did, or with `dry_run` would do. `counts` are words and numbers to show."""

    urn: str
    school_id: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    warnings: list[ToldWarning] = field(default_factory=list)
    passed_over: int = 0  # rows of marks.csv that say that there is no mark
    wrong_rows: int = 0  # skipped, with `skip_wrong_rows`
    report: Path | None = None
    kept: Path | None = None  # the folder of wrong rows, to be mended and fed again
    unfinished: datetime | None = None  # when the import began that was broken off before
    dry_run: bool = False
    questions: list[Question] = field(default_factory=list)  # that nobody has answered yet
    gone: list[str] = field(default_factory=list)  # UPNs on roll that a file of pupils lacks
    wrong_by_file: dict[str, int] = field(default_factory=dict)  # things that are wrong


def import_school(
    folder: Path,
    *,
    by: User | None = None,
    today: date | None = None,
    skip_wrong_rows: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    only: School | None = None,
    answers: Answers | None = None,
) -> ImportResult:
    """Read a school's folder into Rollbook; docs/setting-up/import.md says what each file may hold.

    `progress` is called with the marks done and the marks in all. `only` refuses the files of any
    other school than this one. `answers` are a person's, by the id of an earlier result's question:
    whether two are one child. Raises ImportRefused when
    anything is wrong (nothing is written), Refused when `by` may not, ImportStopped when the
    writing broke off (what is written is whole, and the same call goes on).
    """
    today = today or timezone.localdate()
    return carry_out(
        lambda findings: FolderCheck(Path(folder), findings, today=today, only=only),
        by=by,
        today=today,
        skip_wrong_rows=skip_wrong_rows,
        dry_run=dry_run,
        progress=progress,
        answers=answers,
    )


def carry_out(
    make_check: Callable[[Findings], FolderCheck],
    *,
    by: User | None,
    today: date,
    skip_wrong_rows: bool,
    dry_run: bool,
    progress: Progress | None,
    answers: Answers | None,
) -> ImportResult:
    """Check with what `make_check` gives, then write. Raises as `import_school` does."""
    stamp = f"{timezone.now():%Y%m%d-%H%M%S-%f}"
    place = Path(settings.VAR) / "imports" / stamp
    with Findings(place, keep=skip_wrong_rows, answers=answers) as findings:
        try:
            check = make_check(findings)
            checked, known = check.run()
            permission.check_may_import(by, known.school)
            if findings.count and not skip_wrong_rows:
                raise check.refusal()
            _keep_what_wrong_rows_need(checked, findings)
        except OSError as error:
            raise _stopped(error) from error
        return ImportRun(checked, known, findings, by, today, dry_run).run(progress)


def _keep_what_wrong_rows_need(folder: Folder, findings: Findings) -> None:
    """The school's row always; the whole calendar when a row of it is wrong, or the rest of its
    sessions would count as taken out.
    """
    for file in ("school.csv", *(["calendar.csv"] if findings.wrong_rows["calendar.csv"] else [])):
        if (folder.path / file).is_file():
            findings.keep_whole(folder.path / file)


class ImportRun:
    """The writing. The small files in one transaction, then the marks piece by piece."""

    def __init__(
        self,
        folder: Folder,
        known: Known,
        findings: Findings,
        by: User | None,
        today: date,
        dry_run: bool,
    ):
        self.folder, self.known, self.findings = folder, known, findings
        self.by, self.today, self.dry_run = by, today, dry_run
        self.log: Import | None = None
        self.school: School | None = known.school
        self.result = ImportResult(folder.school["URN"], dry_run=dry_run)

    def run(self, progress: Progress | None) -> ImportResult:
        with self._told():
            self._write_small_files()
            self._write_marks(progress)
            self._finish()
        found, result = self.findings, self.result
        result.school_id = self.school.pk if self.school else None
        result.warnings, result.report, result.kept = found.warnings, found.report, found.kept
        result.questions, result.passed_over = found.questions, found.passed_over.total()
        result.gone, result.wrong_by_file = self.folder.gone, dict(found.wrong_by_file)
        result.wrong_rows = sum(found.wrong_rows.values())
        result.counts = +result.counts
        return result

    def _begin(self) -> None:
        """The log has a row for an import that changes something, and for no other."""
        assert self.school is not None  # it is written first
        if self.log is None:
            self.log = Import.objects.create(
                school=self.school,
                folder=str(self.folder.path.resolve())[-500:],
                by=self.by,
                started_at=timezone.now(),
                files=self.folder.files,
            )

    def _write_small_files(self) -> None:
        with transaction.atomic():
            is_new = self.school is None
            school, counts = write_school(self.folder)
            self.school = school
            if is_new:
                permission.appoint_founder(self.by, school)
            done = {"schools": counts, **self._bring_in(school)}
            unfinished = self._set_unfinished_aside()
            self._count(done)
            if +self.result.counts or unfinished:
                self._begin()
            transaction.set_rollback(self.dry_run)
        if self.dry_run:
            self.school, self.log = self.known.school, None

    def _count(self, done: dict[str, Counter[str]]) -> None:
        """What was written of each noun, as “3 new pupils” is told."""
        for noun, tally in done.items():
            self.result.counts += Counter({f"{kind} {noun}": n for kind, n in tally.items()})

    def _bring_in(self, school: School) -> dict[str, Counter[str]]:
        folder = self.folder
        sessions, terms = write_calendar(school, folder), write_terms(school, folder)
        renumbered = write_renumbered(school, folder, by=self.by)
        enrolments, pupils, spells = write_pupils(school, folder, by=self.by)
        done = {
            "UPNs": renumbered,
            "sessions": sessions,
            "terms": terms,
            "pupils": pupils,
            "enrolments": spells,
            "year groups": write_year_groups(school, folder, enrolments),
            "characteristics": write_characteristics(school, folder, enrolments, today=self.today),
            "group places": MembershipWriter(school, folder, enrolments, today=self.today).write(),
            "years at other schools": write_prior_attendance(
                school, folder, by=self.by, at=timezone.now()
            ),
            "contacts": ContactWriter(school, folder, enrolments).write(),
            "staff": write_staff(school, folder),
        }
        if not self.dry_run:
            for spell in folder.all_spells():
                spell.enrolment_id = enrolments[spell.upn, spell.facts.starts_on].pk
        return done

    def _set_unfinished_aside(self) -> bool:
        """An import of this school that was killed is told of once, and this one finishes it."""
        last = Import.objects.filter(school=self.school).order_by("-started_at", "-pk").first()
        if last is None or last.state == Import.State.DONE:
            return False
        self.result.unfinished = last.started_at
        rows = Import.objects.filter(school=self.school, state=Import.State.WRITING)
        rows.update(state=Import.State.STOPPED, finished_at=timezone.now())
        return True

    def _write_marks(self, progress: Progress | None) -> None:
        if self.school is None:  # a trial run for a new school: all marks are new
            marks = sum(len(spell.marks) for spell in self.folder.all_spells())
            self.result.counts["new marks"] += marks
            return
        writer = MarksWriter(
            self.school,
            self.findings,
            author=permission.author(self.by, self.school),
            before_writing=self._begin,
            dry_run=self.dry_run,
        )
        try:
            writer.write(self.folder.all_spells(), progress)
        finally:
            self.result.counts += writer.counts

    def _finish(self) -> None:
        if self.log is not None:
            self.log.state = Import.State.DONE
            self.log.finished_at = timezone.now()
            self.log.counts = dict(+self.result.counts)
            self.log.save()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever breaks the writing off is told in words, and the log says so if it still can."""
        try:
            yield
        except (DatabaseError, OSError) as error:
            self._note_stopped()
            raise _stopped(error) from error
        except BaseException:
            self._note_stopped()
            raise

    def _note_stopped(self) -> None:
        if self.log is None:
            return
        rows = Import.objects.filter(pk=self.log.pk)
        try:
            rows.update(
                state=Import.State.STOPPED,
                finished_at=timezone.now(),
                counts=dict(+self.result.counts),
            )
        except DatabaseError:
            return  # a full disk takes no note either; the row still says “writing”


def _stopped(error: Exception) -> ImportStopped:
    again = "What is written is whole. Run the same import again and it goes on from there."
    if _is_of_a_full_disk(error):
        return ImportStopped(f"The disk is full. {again}")
    return ImportStopped(f"The import broke off ({_in_short(error)}). {again}")


def _in_short(error: Exception) -> str:
    """What the system says; of an error of the database its kind alone, which holds no row."""
    return str(error).splitlines()[0][:200] if isinstance(error, OSError) else type(error).__name__


def _is_of_a_full_disk(error: Exception) -> bool:
    """By its number, or by the words of a database."""
    number = getattr(error, "errno", 0)
    return number in FULL_ERRORS or any(words in str(error) for words in FULL)
