"""Read a school's files in, whatever kind and shape they have. See docs/setting-up/import.md."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registers.exchange.importing import ImportRefused, ImportResult, ImportStopped
from registers.exchange.importing.actions.files import (
    SCHOOL_NAME,
    ask_name,
    import_files,
    propose_files,
)
from registers.exchange.map.fields import TableColumn
from registers.exchange.pages.actions.mappings import answers_of, keep_mapping
from registers.exchange.proposal.table import TablePlan
from registers.exchange.proposal.upload import Proposal
from registers.exchange.questions import Answers, Question
from registers.models import ImportMapping, Pupil, School, User
from registers.policies import Refused
from registers.web.progress import ReportProgress

ROWS_ARE_WRONG, A_PERSON_IS_NEEDED = 1, 3
MOST_GONE = 20  # pupils who are printed
MOST_WORDS = 12  # of a column that are printed


class Command(BaseCommand):
    help = (
        "Reads files of any kind in: CSV, XLSX, XLS, ODS, CTF, OneRoster, ZIPs and folders. "
        "Ends 0 when all is in, 3 with its questions when it needs a person, 1 when rows are wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--school", required=True, metavar="URN", help="whose files they are")
        parser.add_argument("--by", metavar="USERNAME", help="who imports")
        parser.add_argument(
            "--dates",
            choices=["dmy", "mdy", "ymd"],
            help="how the files write dates, where unclear",
        )
        parser.add_argument("--mapping", metavar="NAME", help="answers that are kept under a name")
        parser.add_argument(
            "--answers", type=Path, metavar="FILE", help="a file of questions, answered"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument(
            "--skip-wrong-rows",
            action="store_true",
            help="write the good rows and keep the wrong ones in a folder, to be mended",
        )

    def handle(self, *, paths, school, by, dates, mapping, answers, verbosity, **options):
        person = self._person(by)
        known = School.objects.filter(urn=school).first()
        said = self._answers(known, mapping, answers)
        proposal = propose_files(paths, school=known, answers=said, dates=dates)
        self._tell_proposal(proposal)
        questions = self._of_new_school(proposal, known, school)
        if proposal.problems:
            raise CommandError("\n".join(proposal.problems), returncode=ROWS_ARE_WRONG)
        if questions := questions + proposal.questions:
            self._ask(questions, said, answers)
        new_school = {"URN": school, "Name": said.get(SCHOOL_NAME, "")}
        result = self._bring_in(
            proposal,
            said,
            answers,
            school=known,
            by=person,
            place=paths[0],
            new_school=None if known else _row_of_school(new_school),
            dry_run=options["dry_run"],
            skip_wrong_rows=options["skip_wrong_rows"],
            progress=ReportProgress(self.stdout) if verbosity else None,
        )
        self._tell(result)
        if mapping and not result.dry_run:
            self._keep(urn=school, name=mapping, answers=said, by=person)
        if result.questions:
            self._ask(result.questions, said, answers)
        if result.wrong_rows:
            raise CommandError("Some rows are wrong.", returncode=ROWS_ARE_WRONG)

    # --- what it is given

    def _person(self, by: str | None) -> User | None:
        try:
            return User.objects.get(username=by) if by else None
        except User.DoesNotExist:
            raise CommandError(f"Nobody has the username {by}.") from None

    def _answers(self, school: School | None, mapping: str | None, file: Path | None) -> Answers:
        found: Answers = {}
        if mapping and school is not None:
            try:
                found |= answers_of(school, mapping)
            except ImportMapping.DoesNotExist:
                self.stdout.write(f"Nothing is kept under the name {mapping} yet.")
        if file is not None and file.exists():
            found |= read_answers(file)
        return found

    def _of_new_school(self, proposal: Proposal, school: School | None, urn: str) -> list[Question]:
        tells_of_school = any(plan.kind == "school" for plan in proposal.plans)
        if school is not None or tells_of_school or proposal.answers.get(SCHOOL_NAME):
            return []
        return [ask_name(urn)]

    # --- what it does

    def _bring_in(
        self, proposal: Proposal, said: Answers, file: Path | None, **how
    ) -> ImportResult:
        progress = how["progress"]
        try:
            return import_files(proposal, **how)
        except ImportRefused as refused:
            self._tell_refusal(refused)
            if refused.questions:
                self._ask(refused.questions, said, file)
            raise CommandError(
                f"{refused.count:,} things are wrong. Nothing was written.",
                returncode=ROWS_ARE_WRONG,
            ) from None
        except (Refused, ImportStopped) as error:
            raise CommandError(str(error)) from None
        finally:
            if progress:
                progress.close()

    def _keep(self, *, urn: str, name: str, answers: Answers, by: User | None) -> None:
        """The answers, for the next import of the same files."""
        try:
            keep_mapping(school=School.objects.get(urn=urn), name=name, answers=answers, by=by)
        except Refused as error:
            raise CommandError(str(error)) from None

    # --- what it says

    def _tell_proposal(self, proposal: Proposal) -> None:
        for words in (*proposal.notes, *chain.from_iterable(map(_told, proposal.plans))):
            self.stdout.write(words)

    def _ask(self, questions: list[Question], said: Answers, file: Path | None) -> None:
        """Print the questions, write a file to fill in, and end."""
        for question in questions:
            self.stderr.write(f"{question.source}: {question.words}")
            for value, words in question.choices:
                mark = "*" if value == question.suggested else " "
                self.stderr.write(f"  {mark} {value or '(empty)'}: {words}")
        target = file or Path(f"answers-{timezone.now():%Y%m%d-%H%M%S}.json")
        target.touch(mode=0o600)  # the questions may name children
        target.write_text(json.dumps(_to_fill(questions, said), ensure_ascii=False, indent=1))
        raise CommandError(
            f"{len(questions):,} question{'' if len(questions) == 1 else 's'} for a person. "
            f"Nothing was written. Fill in the answers in {target} and give it with --answers.",
            returncode=A_PERSON_IS_NEEDED,
        )

    def _tell_refusal(self, refused: ImportRefused) -> None:
        for warning in refused.warnings:
            self.stderr.write(f"Warning: {warning}")
        for problem in refused.problems:
            self.stderr.write(str(problem))
        if refused.count > len(refused.problems):
            self.stderr.write(f"… and {refused.count - len(refused.problems):,} more.")
        if refused.report:
            self.stderr.write(f"All of them are in {refused.report}")

    def _gone(self, result: ImportResult) -> list[str]:
        """Who is on roll and in no row of the files: the first of them by name."""
        gone = Pupil.objects.filter(school=result.school_id, upn__in=result.gone)
        named = gone.order_by("surname", "forename")[: MOST_GONE + 1]
        names = [f"{pupil.surname}, {pupil.forename}" for pupil in named]
        more = len(result.gone) - MOST_GONE
        return [*names[:MOST_GONE], f"and {more:,} more"] if more > 0 else names

    def _tell(self, result: ImportResult) -> None:
        for warning in result.warnings:
            self.stdout.write(f"Warning: {warning}")
        for name in self._gone(result):
            self.stdout.write(f"Not in the files: {name}")
        if result.dry_run:
            self.stdout.write("A trial: nothing was written. It would be:")
        for words, number in sorted(result.counts.items()):
            self.stdout.write(f"{number:>10,} {words}")
        new, changed = (
            sum(number for words, number in result.counts.items() if words.startswith(start))
            for start in (("new",), ("changed", "removed"))
        )
        self.stdout.write(
            f"New: {new:,}. Changed: {changed:,}. Passed over: {result.passed_over:,}. "
            f"Wrong: {result.wrong_rows:,}."
        )
        if result.report:
            self.stdout.write(f"What was left out, and why, is in {result.report}")
        if result.kept:
            self.stdout.write(f"Mend the rows in “{result.kept}”, then import that folder.")


def _told(plan: TablePlan) -> Iterator[str]:
    """What a table is taken for: its kind, then its columns and words, set in."""
    kind = plan.kind if plan.kind and plan.kind != "-" else "left out"
    yield f"{plan.source}: {', '.join(filter(None, (kind, plan.why)))}"
    for words in (*plan.notes, *map(_column_told, filter(_has_heading, plan.assigned.columns))):
        yield f"    {words}"
    for word in plan.words[:MOST_WORDS]:
        if word.taken_for not in (None, word.word):
            yield f"    {word.field}: “{word.word}” → {word.taken_for or '∅'}"


def _has_heading(column: TableColumn) -> bool:
    return bool(column.heading)


def _column_told(column: TableColumn) -> str:
    taken = column.field or "not read"
    number = f" {column.number}" if column.number and column.field else ""
    return f"{column.heading} → {taken}{number}"


def _row_of_school(cells: dict[str, str]) -> dict[str, str]:
    names = ("LAESTAB", "Headteacher", "Address", "Postcode", "Telephone", "Email")
    return dict.fromkeys(names, "") | cells


def read_answers(path: Path) -> Answers:
    """Answers by id, from a plain object or from the file of questions that was filled in."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise CommandError(f"{path} is not a file of answers: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("questions"), list):
        plain = found.get("answers", {})
        filled = {
            one["id"]: one["answer"]
            for one in found["questions"]
            if isinstance(one.get("answer"), str)
        }
        return plain | filled
    if not isinstance(found, dict) or not all(isinstance(said, str) for said in found.values()):
        raise CommandError(f"{path} is not a file of answers.")
    return found


def _to_fill(questions: list[Question], said: Answers) -> dict[str, Any]:
    return {
        "how": "Put one of the choices (the left of each pair) into every “answer”.",
        "answers": said,
        "questions": [
            {
                "id": one.id,
                "file": one.source,
                "question": one.words,
                "choices": [list(choice) for choice in one.choices],
                "suggested": one.suggested,
                "answer": None,
            }
            for one in questions
        ],
    }
