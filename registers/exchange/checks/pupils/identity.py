"""Whose row a row of pupils.csv is: settles its UPN before anything else is compared.

What is certain is done and told in a warning; a name with its date of birth is a question to a
person, and until it is answered the row is a wrong row: a child is neither doubled nor mixed up.
"""

from collections.abc import Sequence
from datetime import date

from registers.exchange.checks.known import Known
from registers.exchange.layout.folder import Folder, PupilRow, Renumbered
from registers.exchange.layout.rows import FileRow
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.warnings import WarningKind
from registers.exchange.questions import Question
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils.upn import is_temporary, normalise
from registers.rules.pupils.who_is_who import MatchedBy, NamedChild, RegisterMatch

SAME, ANOTHER = "same", "another"
Pair = tuple[FileRow, PupilRow]


def settle_upns(pairs: Sequence[Pair], folder: Folder, known: Known) -> None:
    """Give each row the UPN under which the pupil stands in Rollbook from now on.

    Fills `folder.renumbered`, `folder.also_had` and `folder.also_known_as`; a row that a person
    must decide on turns wrong.
    """
    listed = {pupil.upn for _, pupil in pairs}
    settle = _Settle(folder, known, listed)
    for row, pupil in pairs:
        settle.row(row, pupil)
    _refuse_shared_numbers(_good(pairs), folder, known)
    _warn_of_doubles(_good(pairs))
    _know_other_numbers([pupil for _, pupil in pairs], folder, known)


def _good(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair[0].ok]


class _Settle:
    def __init__(self, folder: Folder, known: Known, listed: set[str]):
        self.folder, self.known, self.listed = folder, known, listed
        self.matches: dict[NamedChild, RegisterMatch] = {}

    def row(self, row: FileRow, pupil: PupilRow) -> None:
        child = pupil.child
        if child not in self.matches:
            self.matches[child] = self._match(row, pupil)
            self._note(row, child, self.matches[child])
        _apply(self.matches[child], row, pupil)

    def _match(self, row: FileRow, pupil: PupilRow) -> RegisterMatch:
        child = pupil.child
        match = self.known.who.find(child, former_upn=pupil.former_upn, listed=self.listed)
        if match.how is not MatchedBy.ASK or match.child is None:
            return match
        question = _question(row, child, match.child)
        answer = row.findings.answers.get(question.id)
        if answer == ANOTHER:
            return RegisterMatch(MatchedBy.NEW)
        if answer == SAME:
            return RegisterMatch(self._same(row, child, match.child), match.child)
        row.findings.ask(question)
        return match

    def _same(self, row: FileRow, child: NamedChild, known: NamedChild) -> MatchedBy:
        """Which number stands where a person has said that the two are one child."""
        if not child.upn:
            return MatchedBy.BY_ADMISSION_NUMBER
        if is_temporary(child.upn) and not is_temporary(known.upn):
            self.folder.also_had.append(Renumbered(child.upn, known.upn, row.line))
            return MatchedBy.BY_FORMER_UPN
        return MatchedBy.RENUMBERED

    def _note(self, row: FileRow, child: NamedChild, match: RegisterMatch) -> None:
        if match.child is None:
            return
        known = match.child.upn
        if match.how is MatchedBy.RENUMBERED:
            self.folder.renumbered.append(Renumbered(known, child.upn, row.line))
            self.folder.also_known_as[known] = child.upn
            self.known.renumber(known, child.upn)
            row.warn(WarningKind.RENUMBERED, upn=child.upn, before=known)
        elif match.how is MatchedBy.BY_FORMER_UPN:
            self.folder.also_known_as[child.upn] = known
            row.warn(WarningKind.FORMER_UPN, former=child.upn, upn=known)


def _apply(match: RegisterMatch, row: FileRow, pupil: PupilRow) -> None:
    if match.child is None:
        row.wrong_if(not pupil.upn, "UPN", ProblemKind.PUPIL_NAMELESS)
    elif match.how is MatchedBy.ASK:
        child, known = _told(pupil.child), _stands(match.child)
        known = known[0].lower() + known[1:]
        row.wrong("UPN", ProblemKind.PERHAPS_THE_SAME, child=child, known=known)
    elif match.how is not MatchedBy.RENUMBERED:
        pupil.call(match.child.upn)


def _question(row: FileRow, child: NamedChild, known: NamedChild) -> Question:
    of = child.upn or f"{child.admission_number}/{child.surname}/{child.forename}/{child.born_on}"
    return Question(
        id=f"same-pupil:{of}:{known.upn}",
        source=str(row.place),
        about="UPN",
        words=f"{_told(child)}. {_stands(known)}. Is this the same child?",
        choices=(
            (SAME, "Yes, the same child: one pupil, and the other number is kept as a former one"),
            (ANOTHER, "No, this is another child"),
        ),
    )


def _told(child: NamedChild) -> str:
    born = f", born {day_in_words(child.born_on)}," if child.born_on else ""
    number = f"the UPN {child.upn}" if child.upn else "no UPN"
    return f"The file has {child.forename} {child.surname}{born} with {number}"


def _stands(known: NamedChild) -> str:
    number = f", admission number {known.admission_number}" if known.admission_number else ""
    return f"Rollbook has {known.forename} {known.surname} with the UPN {known.upn}{number}"


def _refuse_shared_numbers(pairs: Sequence[Pair], folder: Folder, known: Known) -> None:
    """An admission number is one pupil's, in the file and in Rollbook."""
    holders = _holders({pupil.upn: pupil for _, pupil in pairs}, folder, known)
    for row, pupil in pairs:
        if number := pupil.admission_number:
            holder = holders.setdefault(number, pupil.upn)
            row.wrong_if(
                holder != pupil.upn, "Admission number", ProblemKind.NUMBER_OF_ANOTHER, upn=holder
            )


def _holders(here: dict[str, PupilRow], folder: Folder, known: Known) -> dict[str, str]:
    """Whose the admission numbers of Rollbook are, but for those that the file gives up."""
    now = folder.numbers_now
    holders = {
        number: now.get(child.upn, child.upn) for number, child in known.who.by_number.items()
    }
    return {number: upn for number, upn in holders.items() if _keeps(here.get(upn), number)}


def _keeps(pupil: PupilRow | None, number: str) -> bool:
    return pupil is None or pupil.admission_number in (None, number)


def _warn_of_doubles(pairs: Sequence[Pair]) -> None:
    """Two in one file with a name and a date of birth are two for the school's system."""
    seen: dict[tuple[tuple[str, str], date], PupilRow] = {}
    for row, pupil in pairs:
        if pupil.born_on is None:
            continue
        first = seen.setdefault((pupil.child.name, pupil.born_on), pupil)
        if first.upn != pupil.upn:
            lines = (first.line, pupil.line)
            row.findings.warn(WarningKind.NAMESAKES, FilePlace(row.file, lines))


def _know_other_numbers(pupils: Sequence[PupilRow], folder: Folder, known: Known) -> None:
    """The other numbers by which other files may name a pupil: former UPNs, admission numbers."""
    now, who = folder.numbers_now, known.who
    listed = {pupil.upn for pupil in pupils}
    there = {number: child.upn for number, child in who.by_number.items()}
    for number, upn in (there | who.former | _admission_numbers(pupils)).items():
        if number not in listed:
            folder.also_known_as.setdefault(normalise(number), now.get(upn, upn))


def _admission_numbers(pupils: Sequence[PupilRow]) -> dict[str, str]:
    """Those that the file says, of pupils whose UPN is settled."""
    numbers = ((pupil.admission_number, pupil.upn) for pupil in pupils)
    return {number: upn for number, upn in numbers if number and upn}
