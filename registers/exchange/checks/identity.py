"""Whose row a row of pupils.csv is: settles its UPN before anything else is compared.

What is certain is done and told in a warning; a name with its date of birth is a question to a
person, and until it is answered the row is a wrong row: a child is neither doubled nor mixed up.
"""

from collections.abc import Sequence

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PupilRow, Renumbered
from registers.exchange.layout.rows import FileRow
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import ProblemReason, because
from registers.exchange.questions import Question
from registers.rules.allowed_codes import day_in_words
from registers.rules.pupils.upn import is_temporary
from registers.rules.pupils.who_is_who import MatchedBy, NamedChild, RegisterMatch, WhoIsWho

SAME, ANOTHER = "same", "another"
Pair = tuple[FileRow, PupilRow | None]


def settle_upns(pairs: Sequence[Pair], folder: Folder, known: Known, findings: Findings) -> None:
    """Give each good row the UPN under which the pupil stands in Rollbook from now on.

    Fills `folder.renumbered`, `folder.also_had` and `folder.also_known_as`; a row that a person
    must decide on turns wrong.
    """
    listed = {pupil.upn for _, pupil in pairs if pupil}
    settle = _Settle(folder, known, findings, listed)
    for row, pupil in pairs:
        if pupil is not None and row.ok:
            settle.row(row, pupil)
    _refuse_shared_numbers(pairs, folder, known)
    _warn_of_doubles(_good(pairs), folder, findings)
    _know_other_numbers(folder, known, {pupil.upn for _, pupil in pairs if pupil})


def _good(pairs: Sequence[Pair]) -> list[PupilRow]:
    return [pupil for row, pupil in pairs if pupil and row.ok]


class _Settle:
    def __init__(self, folder: Folder, known: Known, findings: Findings, listed: set[str]):
        self.folder, self.known, self.findings, self.listed = folder, known, findings, listed
        self.found: dict[NamedChild, RegisterMatch] = {}

    def row(self, row: FileRow, pupil: PupilRow) -> None:
        child = pupil.child
        found = self.found.get(child)
        if found is None:
            found = self.known.who.find(child, former_upn=pupil.former_upn, listed=self.listed)
            if found.how is MatchedBy.ASK:
                found = self._answered(row, child, found)
            self.found[child] = found
            self._note(row, child, found)
        if found.how is MatchedBy.ASK:
            row.refuse("UPN", _perhaps_the_same(child, found.child))
        elif found.how is MatchedBy.NEW and not child.upn:
            row.wrong("UPN", ProblemKind.PUPIL_NAMELESS)
        elif found.child is not None and found.how is not MatchedBy.RENUMBERED:
            _call(pupil, found.child.upn)

    def _answered(self, row: FileRow, child: NamedChild, found: RegisterMatch) -> RegisterMatch:
        question = _question(row, child, found.child)
        answer = self.findings.answers.get(question.id)
        if answer == ANOTHER:
            return RegisterMatch(MatchedBy.NEW)
        if answer != SAME:
            self.findings.ask(question)
            return found
        if not child.upn:
            return RegisterMatch(MatchedBy.BY_ADMISSION_NUMBER, found.child)
        if is_temporary(child.upn) and not is_temporary(found.child.upn):
            self.folder.also_had.append(Renumbered(child.upn, found.child.upn, row.line))
            return RegisterMatch(MatchedBy.BY_FORMER_UPN, found.child)
        return RegisterMatch(MatchedBy.RENUMBERED, found.child)

    def _note(self, row: FileRow, child: NamedChild, found: RegisterMatch) -> None:
        where = f"pupils.csv, line {row.line}"
        if found.how is MatchedBy.RENUMBERED:
            before = found.child.upn
            self.folder.renumbered.append(Renumbered(before, child.upn, row.line))
            self.folder.also_known_as[before] = child.upn
            self.known.renumber(before, child.upn)
            self.findings.warn(f"{child.upn} takes the place of the UPN {before}", where)
        elif found.how is MatchedBy.BY_FORMER_UPN:
            self.folder.also_known_as[child.upn] = found.child.upn
            words = f"the former UPN {child.upn} is read as {found.child.upn}"
            self.findings.warn(words, where)


def _call(pupil: PupilRow, upn: str) -> None:
    pupil.upn = upn
    if pupil.contact is not None:
        pupil.contact.upn = upn


def _question(row: FileRow, child: NamedChild, known: NamedChild) -> Question:
    of = child.upn or f"{child.admission_number}/{child.surname}/{child.forename}/{child.born_on}"
    return Question(
        id=f"same-pupil:{of}:{known.upn}",
        source=f"{row.file}, line {row.line}",
        about="UPN",
        words=f"{_told(child)}. {_stands(known)}. Is this the same child?",
        choices=(
            (SAME, "Yes, the same child: one pupil, and the other number is kept as a former one"),
            (ANOTHER, "No, this is another child"),
        ),
    )


def _perhaps_the_same(child: NamedChild, known: NamedChild) -> ProblemReason:
    stands = _stands(known)
    return because(
        ProblemKind.PERHAPS_THE_SAME, child=_told(child), known=stands[0].lower() + stands[1:]
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
    good = [(row, pupil) for row, pupil in pairs if pupil and row.ok]
    holders = _holders({pupil.upn: pupil for _, pupil in good}, folder, known)
    for row, pupil in good:
        if row.ok and pupil.admission_number:
            holder = holders.setdefault(pupil.admission_number, pupil.upn)
            if holder != pupil.upn:
                row.wrong("Admission number", ProblemKind.NUMBER_OF_ANOTHER, upn=holder)


def _holders(here: dict[str, PupilRow], folder: Folder, known: Known) -> dict[str, str]:
    """Whose the admission numbers of Rollbook are, but for those that the file gives up."""
    now = {change.before: change.upn for change in folder.renumbered}
    holders = {
        number: now.get(child.upn, child.upn) for number, child in known.who.by_number.items()
    }
    return {number: upn for number, upn in holders.items() if _keeps(here.get(upn), number)}


def _keeps(pupil: PupilRow | None, number: str) -> bool:
    return pupil is None or pupil.admission_number in (None, number)


def _warn_of_doubles(rows: Sequence[PupilRow], folder: Folder, findings: Findings) -> None:
    """Two in one file with a name and a date of birth are two for the school's system."""
    seen: dict[tuple, PupilRow] = {}
    for row in rows:
        if row.born_on is None:
            continue
        first = seen.setdefault((row.child.name, row.born_on), row)
        if first.upn != row.upn:
            findings.warn(
                "two pupils have one name and date of birth: if they are one child, merge them on "
                "the page of the admission register",
                f"pupils.csv, lines {first.line} and {row.line}",
            )


def _know_other_numbers(folder: Folder, known: Known, listed: set[str]) -> None:
    """The other numbers by which other files may name a pupil: former UPNs, admission numbers."""
    who: WhoIsWho = known.who
    now = {change.before: change.upn for change in folder.renumbered}
    others = {child.admission_number: upn for upn, child in who.by_upn.items()} | who.former
    others |= {row.admission_number: row.upn for row in folder.pupils if row.admission_number}
    for number, upn in others.items():
        if number and number not in listed:
            key = "".join(number.split()).upper()
            folder.also_known_as.setdefault(key, now.get(upn, upn))
