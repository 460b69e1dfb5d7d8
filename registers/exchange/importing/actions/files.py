"""Files of any kind into Rollbook: proposed first, then checked and written as a folder is.

The same files with the same answers give the same proposal and the same import.
"""

from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from django.utils import timezone

from registers.exchange.actions.marks import Progress
from registers.exchange.checks.files import FilesCheck
from registers.exchange.importing.actions.run import ImportResult, carry_out
from registers.exchange.layout.findings import Findings
from registers.exchange.proposal.look import AboutSchool
from registers.exchange.proposal.upload import Proposal, propose
from registers.exchange.questions import Answers, Question
from registers.exchange.read import read_files
from registers.models import AcademicYear, FormerUpn, Group, Pupil, School, Session
from registers.models.school.staff import User

SCHOOL_NAME = "school-name"


def about_school(school: School | None, today: date) -> AboutSchool:
    """What a proposal goes by: numbers of pupils, names of groups, the present year."""
    if school is None:
        return AboutSchool(today, has_calendar=False)
    numbers = Pupil.objects.filter(school=school).values_list("upn", "admission_number")
    former = FormerUpn.objects.filter(pupil__school=school).values_list("upn")
    groups = Group.objects.filter(school=school, kind="registration")
    years = AcademicYear.objects.filter(school=school, ends_on__gte=today).order_by("starts_on")
    return AboutSchool(
        today,
        frozenset(filter(None, chain.from_iterable((*numbers, *former)))),
        frozenset(groups.values_list("name", flat=True)),
        Session.objects.filter(school=school).exists(),
        years.values_list("starts_on", flat=True).first(),
    )


def propose_files(
    paths: Sequence[Path],
    *,
    school: School | None,
    answers: Answers | None = None,
    dates: str | None = None,
    today: date | None = None,
) -> Proposal:
    """What Rollbook takes these files, folders and ZIPs for, and what it must ask.

    `school` is None for one that is new to Rollbook. Nothing is raised for a file that cannot be
    read: it is among the proposal's problems. Nothing is written.
    """
    numbers = {"urn": school.urn, "laestab": school.laestab} if school else {}
    reading = read_files(paths, answers=answers, **numbers)
    about = about_school(school, today or timezone.localdate())
    return propose(reading, about, answers, dates=dates)


def import_files(
    proposal: Proposal,
    *,
    school: School | None,
    by: User | None = None,
    place: Path | None = None,
    new_school: dict[str, str] | None = None,
    today: date | None = None,
    skip_wrong_rows: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Read in what a proposal has made of its files. Raises what `import_school` raises.

    `place` is where the files lie, for the log of imports. `new_school` has the cells of
    school.csv for a school that is new and comes without that file.
    """
    today = today or timezone.localdate()

    def check(findings: Findings) -> FilesCheck:
        return FilesCheck(
            proposal,
            findings,
            path=place or Path(),
            today=today,
            school=school,
            new_school=new_school,
        )

    return carry_out(
        check,
        by=by,
        today=today,
        skip_wrong_rows=skip_wrong_rows,
        dry_run=dry_run,
        progress=progress,
        answers=proposal.answers,
    )


def ask_name(urn: str) -> Question:
    """For a school that Rollbook does not know, where no file tells of it."""
    return Question(
        SCHOOL_NAME,
        "",
        "school",
        f"Rollbook has no school with the URN {urn}. What is the new school called?",
    )
