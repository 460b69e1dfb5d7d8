"""pupils.csv: who is on roll, from when until when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from registers.exchange.checks import corrected
from registers.exchange.checks.identity import settle_upns
from registers.exchange.checks.known import Known
from registers.exchange.checks.partial import fill_in, together, unsaid
from registers.exchange.layout.files import CHARACTERISTICS
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import ContactRow, Folder, PupilRow
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import FileRow, rows_of
from registers.exchange.layout.staged import StagedSpell
from registers.exchange.layout.values import read_email, read_year_group
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import LayoutFile, ProblemReason, because, line
from registers.rules.allowed_codes import PupilFacts
from registers.rules.pupils.upn import normalise, why_not_upn

# pupils.csv has no column for it: what the contact is to the pupil says whether they have it.
HAVE_RESPONSIBILITY = frozenset(
    {"mother", "father", "parent", "parents", "mother and father", "mum", "dad", "guardian"}
)
Pair = tuple[FileRow, PupilRow]
PUPILS = LayoutFile("pupils.csv")
PUPIL_UNKNOWN = because(ProblemKind.PUPIL_UNKNOWN, file=PUPILS)


def check_pupils(table: Table, folder: Folder, known: Known, findings: Findings) -> None:
    """Fills `folder.pupils`, `folder.spells` and `folder.waiting`, whose pupils are set aside."""
    pairs = [(row, _pupil(row, _upn_in(row, "UPN"))) for row in rows_of(table, findings)]
    settle_upns(pairs, folder, known, findings)
    pairs = together(pairs)
    fill_in(pairs, folder, known)
    rows: dict[str, list[tuple[FileRow, PupilRow | None]]] = defaultdict(list)
    for row, pupil in pairs:
        rows[pupil.upn if pupil else folder.upn_of(row.cells["UPN"])].append((row, pupil))
    for upn, pairs in rows.items():
        if first_wrong(pairs) is None:
            _compare(pairs, known.spells.get(upn, []))
        wrong = first_wrong(pairs)
        if wrong is None:
            folder.pupils.extend(pupil for _, pupil in pairs if pupil)
        else:
            folder.waiting[upn] = wrong
            let_wait(pairs, wrong)


def first_wrong(pairs: Sequence[tuple[FileRow, object]]) -> int | None:
    """The line of the first row of a pupil that is wrong."""
    return next((row.line for row, _ in pairs if not row.ok), None)


def let_wait(pairs: Sequence[tuple[FileRow, object]], wrong: int) -> None:
    """A pupil is taken as a whole: the good rows are set aside with the wrong one."""
    for row, _ in pairs:
        if row.ok:
            row.wrong("UPN", ProblemKind.PUPIL_WAITS, line=line(wrong))


def refuse_unknown(row: FileRow, upn: str, folder: Folder) -> None:
    """Where the row is about a pupil whose own row is wrong, or whom nobody knows."""
    if upn in folder.waiting:
        row.refuse("UPN", pupil_row_wrong(folder.waiting[upn]))
    elif upn not in folder.spells:
        row.refuse("UPN", PUPIL_UNKNOWN)


def read_upn(row: FileRow, folder: Folder) -> str:
    """The UPN of the pupil that another file's row names, by whatever number it does."""
    upn = folder.upn_of(row.cells["UPN"])
    if why := why_not_upn(upn):
        row.wrong("UPN", ProblemKind.NOT_A_UPN, why=why)
    return upn


def pupil_row_wrong(number: int) -> ProblemReason:
    return because(ProblemKind.PUPIL_ROW_WRONG, file=PUPILS, line=line(number, PUPILS.name))


def _upn_in(row: FileRow, column: str) -> str:
    """As it stands: an empty one may still be found by the admission number, or asked about."""
    upn = normalise(row.cells.get(column, ""))
    if upn and (why := why_not_upn(upn)):
        row.wrong(column, ProblemKind.NOT_A_UPN, why=why)
    return upn


def _pupil(row: FileRow, upn: str) -> PupilRow | None:
    starts_on = row.date("Date of entry", needed="Date of entry" in row.said)
    leaves_on = row.date("Date of leaving", needed=False)
    born_on = row.date("Date of birth", needed=False)
    if row.ok and starts_on:
        _refuse_days_against_entry(row, starts_on, leaves_on, born_on)
    pupil = PupilRow(
        row.line,
        upn,
        row.text("Surname", 100, needed="Surname" in row.said),
        row.text("Forename", 100, needed="Forename" in row.said),
        born_on,
        row.one_of("Sex", "FM"),
        row.value("Year group", read_year_group, empty=""),
        row.text("Registration group", 60),
        starts_on,
        leaves_on,
        {kind: row.one_of(kind, values) for kind, values in CHARACTERISTICS.items()},
        read_contact(row, upn),
        row.text_or_none("Preferred forename", 100),
        row.text_or_none("Medical alert", 60),
        row.text_or_none("Admission number", 20),
        _upn_in(row, "Former UPN"),
        unsaid(row),
    )
    return pupil if row.ok else None


def _refuse_days_against_entry(
    row: FileRow, starts_on: date, leaves_on: date | None, born_on: date | None
) -> None:
    entry = str(starts_on)
    if leaves_on and leaves_on < starts_on:
        row.wrong("Date of leaving", ProblemKind.LEAVES_BEFORE_ENTRY, date=entry)
    elif born_on and born_on >= starts_on:
        row.wrong("Date of birth", ProblemKind.BORN_AFTER_ENTRY, date=entry)


def read_contact(row: FileRow, upn: str) -> ContactRow | None:
    contact = ContactRow(
        row.line,
        upn,
        row.text("Contact name"),
        row.text("Contact relationship", 60),
        row.text("Contact address", 1000),
        row.text("Contact postcode", 10),
        row.value("Contact email", read_email, empty=""),
        row.text("Contact telephone", 40),
        unsaid=unsaid(row),
    )
    if not contact.name and (contact.address or contact.email or contact.telephone):
        row.wrong("Contact name", ProblemKind.CONTACT_NAMELESS)
    contact.responsibility = contact.kind.casefold() in HAVE_RESPONSIBILITY
    contact.may_be_written_to = contact.responsibility
    return contact if contact.name else None


def _compare(pairs: Sequence[Pair], there: list[StagedSpell]) -> None:
    """The rows of one pupil with each other, and with what Rollbook has."""
    _refuse_what_differs(pairs)
    corrected.match([pupil for _, pupil in pairs], there)
    _refuse_overlaps(pairs, there)


def _refuse_what_differs(pairs: Sequence[Pair]) -> None:
    first = pairs[0][1]
    starts: dict[date, int] = {}
    for row, pupil in pairs:
        if pupil.starts_on in starts:
            entered = line(starts[pupil.starts_on])
            row.wrong("Date of entry", ProblemKind.ENROLMENT_TWICE, line=entered)
        starts[pupil.starts_on] = row.line
        for column, field in (("Date of birth", "born_on"), ("Sex", "sex")):
            if column not in pupil.unsaid and getattr(pupil, field) != getattr(first, field):
                row.wrong(column, ProblemKind.DIFFERS_SAME_UPN, line=line(first.line))


def _refuse_overlaps(pairs: Sequence[Pair], there: list[StagedSpell]) -> None:
    """Times on the roll come one after another; what a row corrects does not count beside it."""
    ours = {day for _, pupil in pairs for day in (pupil.starts_on, pupil.corrects)}
    times = [(PupilFacts(None, pupil.starts_on, pupil.leaves_on), row) for row, pupil in pairs]
    times += [(spell.facts, None) for spell in there if spell.facts.starts_on not in ours]
    times.sort(key=lambda pair: pair[0].starts_on)
    for (facts, row), (next_facts, next_row) in pairwise(times):
        if facts.leaves_on is None or facts.leaves_on >= next_facts.starts_on:
            _refuse_overlap(facts, row, next_facts, next_row)


def _refuse_overlap(
    facts: PupilFacts, row: FileRow | None, next_facts: PupilFacts, next_row: FileRow | None
) -> None:
    kind = ProblemKind.ENROLMENTS_OVERLAP if row and next_row else ProblemKind.OVERLAPS_ROLLBOOK
    if wrong := next_row or row:
        wrong.wrong(
            "Date of entry",
            kind,
            starts_on=str(facts.starts_on),
            next_starts_on=str(next_facts.starts_on),
        )


def join_spells(folder: Folder, known: Known) -> None:
    """Every time on the roll that the marks may hang on: the file's, then Rollbook's others."""
    born, put_right = {}, {}
    for pupil in folder.pupils:
        born[pupil.upn] = pupil.born_on
        put_right[pupil.upn, pupil.corrects] = pupil.starts_on
        facts = PupilFacts(pupil.born_on, pupil.starts_on, pupil.leaves_on)
        folder.spells.setdefault(pupil.upn, []).append(StagedSpell(pupil.upn, facts))
    for upn, spells in known.spells.items():
        ours = {spell.facts.starts_on: spell for spell in folder.spells.get(upn, [])}
        for spell in spells:
            start = put_right.get((upn, spell.facts.starts_on), spell.facts.starts_on)
            if start in ours:
                ours[start].enrolment_id = spell.enrolment_id
            elif upn not in folder.waiting:
                facts = PupilFacts(
                    born.get(upn, spell.facts.born_on), spell.facts.starts_on, spell.facts.leaves_on
                )
                folder.spells.setdefault(upn, []).append(
                    StagedSpell(upn, facts, spell.enrolment_id)
                )
    for spells in folder.spells.values():
        spells.sort(key=lambda spell: spell.facts.starts_on)
