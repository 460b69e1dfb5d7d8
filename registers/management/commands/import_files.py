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
from registers.exchange.proposal.table import TablePlan, Word
from registers.exchange.proposal.upload import Proposal
from registers.exchange.questions import Answers, Question
from registers.management.telling import (
    counts_told,
    left_out_told,
    person_called,
    problems_told,
    progress_on,
    report_told,
    warnings_told,
    write_lines,
)
from registers.models import ImportMapping, Pupil, School, User
from registers.policies import Refused
from registers.rules.wording import many

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

    def handle(
        self,
        *,
        paths: list[Path],
        school: str,
        by: str | None,
        dates: str | None,
        mapping: str | None,
        answers: Path | None,
        verbosity: int,
        **options: Any,
    ) -> None:
        person = person_called(by)
        known = School.objects.filter(urn=school).first()
        given = self._kept_answers(known, mapping) | _answers_in(answers)
        proposal = propose_files(paths, school=known, answers=given, dates=dates)
        write_lines(self.stdout, _proposal_told(proposal))
        if proposal.problems:
            raise CommandError("\n".join(proposal.problems), returncode=ROWS_ARE_WRONG)
        self._ask([*_of_new_school(proposal, known, school), *proposal.questions], given, answers)
        with progress_on(self.stdout, verbosity) as progress:
            result = self._bring_in(
                proposal,
                given,
                answers,
                school=known,
                by=person,
                place=paths[0],
                new_school=_row_of_school(known, school, given.get(SCHOOL_NAME, "")),
                dry_run=options["dry_run"],
                skip_wrong_rows=options["skip_wrong_rows"],
                progress=progress,
            )
        write_lines(self.stdout, _result_told(result))
        if mapping and not result.dry_run:
            self._keep(urn=school, name=mapping, answers=given, by=person)
        self._ask(result.questions, given, answers)
        if result.wrong_rows:
            raise CommandError("Some rows are wrong.", returncode=ROWS_ARE_WRONG)

    # --- what it is given

    def _kept_answers(self, school: School | None, mapping: str | None) -> Answers:
        if school is None or not mapping:
            return {}
        try:
            return answers_of(school, mapping)
        except ImportMapping.DoesNotExist:
            self.stdout.write(f"Nothing is kept under the name {mapping} yet.")
            return {}

    # --- what it does

    def _bring_in(
        self, proposal: Proposal, given: Answers, file: Path | None, **how: Any
    ) -> ImportResult:
        try:
            return import_files(proposal, **how)
        except ImportRefused as refused:
            write_lines(self.stderr, _refusal_told(refused))
            self._ask(refused.questions, given, file)
            raise CommandError(
                f"{refused.count:,} things are wrong. Nothing was written.",
                returncode=ROWS_ARE_WRONG,
            ) from None
        except (Refused, ImportStopped) as error:
            raise CommandError(str(error)) from None

    def _keep(self, *, urn: str, name: str, answers: Answers, by: User | None) -> None:
        """The answers, for the next import of the same files."""
        try:
            keep_mapping(school=School.objects.get(urn=urn), name=name, answers=answers, by=by)
        except Refused as error:
            raise CommandError(str(error)) from None

    # --- what it says

    def _ask(self, questions: list[Question], given: Answers, file: Path | None) -> None:
        """If there are questions: print them, write a file to fill in, and end."""
        if not questions:
            return
        write_lines(self.stderr, chain.from_iterable(map(_question_told, questions)))
        target = file or Path(f"answers-{timezone.now():%Y%m%d-%H%M%S}.json")
        target.touch(mode=0o600)  # the questions may name children
        target.write_text(json.dumps(_to_fill(questions, given), ensure_ascii=False, indent=1))
        raise CommandError(
            f"{many(len(questions), 'question')} for a person. "
            f"Nothing was written. Fill in the answers in {target} and give it with --answers.",
            returncode=A_PERSON_IS_NEEDED,
        )


# --- what is told


def _proposal_told(proposal: Proposal) -> Iterator[str]:
    return chain(proposal.notes, chain.from_iterable(map(_told, proposal.plans)))


def _question_told(question: Question) -> Iterator[str]:
    yield f"{question.source}: {question.words}"
    for value, words in question.choices:
        mark = "*" if value == question.suggested else " "
        yield f"  {mark} {value or '(empty)'}: {words}"


def _refusal_told(refused: ImportRefused) -> Iterator[str]:
    return chain(warnings_told(refused), problems_told(refused), report_told(refused.report))


def _result_told(result: ImportResult) -> Iterator[str]:
    yield from warnings_told(result)
    yield from map("Not in the files: {}".format, _gone(result))
    yield from counts_told(result)
    new, changed = _count(result, "new"), _count(result, "changed", "removed")
    yield (
        f"New: {new:,}. Changed: {changed:,}. Passed over: {result.passed_over:,}. "
        f"Wrong: {result.wrong_rows:,}."
    )
    yield from left_out_told(result)


def _count(result: ImportResult, *begins: str) -> int:
    return sum(number for words, number in result.counts.items() if words.startswith(begins))


def _gone(result: ImportResult) -> list[str]:
    """Who is on roll and in no row of the files: the first of them by name."""
    gone = Pupil.objects.filter(school=result.school_id, upn__in=result.gone)
    first = gone.order_by("surname", "forename")[:MOST_GONE]
    names = [f"{pupil.surname}, {pupil.forename}" for pupil in first]
    more = len(result.gone) - MOST_GONE
    return [*names, f"and {more:,} more"] if more > 0 else names


def _told(plan: TablePlan) -> Iterator[str]:
    """What a table is taken for: its kind, then its columns and words, set in."""
    kind = "left out" if plan.kind in (None, "", "-") else plan.kind
    yield f"{plan.source}: {', '.join(filter(None, (kind, plan.why)))}"
    for words in (*plan.notes, *map(_column_told, filter(_has_heading, plan.assigned.columns))):
        yield f"    {words}"
    for word in filter(_is_taken_for_another, plan.words[:MOST_WORDS]):
        yield f"    {word.field}: “{word.word}” → {word.taken_for or '∅'}"


def _has_heading(column: TableColumn) -> bool:
    return bool(column.heading)


def _is_taken_for_another(word: Word) -> bool:
    return word.taken_for not in (None, word.word)


def _column_told(column: TableColumn) -> str:
    if not column.field:
        return f"{column.heading} → not read"
    return f"{column.heading} → {column.field} {column.number or ''}".rstrip()


# --- what it is given


def _of_new_school(proposal: Proposal, school: School | None, urn: str) -> list[Question]:
    """What a new school is called, where no file and no answer says it."""
    tells_of_school = any(plan.kind == "school" for plan in proposal.plans)
    if school is not None or tells_of_school or proposal.answers.get(SCHOOL_NAME):
        return []
    return [ask_name(urn)]


def _row_of_school(school: School | None, urn: str, name: str) -> dict[str, str] | None:
    """The row of school.csv for a new school."""
    if school is not None:
        return None
    names = ("LAESTAB", "Headteacher", "Address", "Postcode", "Telephone", "Email")
    return {"URN": urn, "Name": name, **dict.fromkeys(names, "")}


def _answers_in(file: Path | None) -> Answers:
    """None in a file that is only going to be written."""
    return read_answers(file) if file and file.exists() else {}


def read_answers(path: Path) -> Answers:
    """Answers by id, from a plain object or from the file of questions that was filled in."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise CommandError(f"{path} is not a file of answers: {error}") from None
    if not isinstance(content, dict):
        raise CommandError(f"{path} is not a file of answers.")
    if isinstance(content.get("questions"), list):
        return content.get("answers", {}) | _filled_in(content["questions"])
    if not all(isinstance(answer, str) for answer in content.values()):
        raise CommandError(f"{path} is not a file of answers.")
    return content


def _filled_in(questions: list[dict[str, Any]]) -> Answers:
    return {
        question["id"]: question["answer"]
        for question in questions
        if isinstance(question.get("answer"), str)
    }


def _to_fill(questions: list[Question], given: Answers) -> dict[str, Any]:
    return {
        "how": "Put one of the choices (the left of each pair) into every “answer”.",
        "answers": given,
        "questions": [
            {
                "id": question.id,
                "file": question.source,
                "question": question.words,
                "choices": [list(choice) for choice in question.choices],
                "suggested": question.suggested,
                "answer": None,
            }
            for question in questions
        ],
    }
