"""The one place where marks are written.

Every save, amendment and import comes through `write_marks`: lock the enrolments in order, see
what is there, sort out what is stale or refused, record amendments, write the marks by version,
re-derive the weekly totals, move the seals. One transaction, and a number of statements that does
not grow with the marks.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from registers.marks import seals
from registers.marks.actions import papers, sql
from registers.marks.actions.tallies import recompute_tallies
from registers.marks.seals import ChainLink, Seal
from registers.models import Amendment
from registers.rules.allowed_codes import PupilFacts
from registers.rules.calendar import monday_of, sunday_of
from registers.rules.codes import NEED_PAPER

WHILE_OPEN = "Changed while the register was open."


class MarkKey(NamedTuple):
    enrolment_id: int
    date: date
    half: int


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What somebody wants a mark to be, and the version of it that they saw (0: no mark)."""

    key: MarkKey
    code: str
    seen: int
    minutes_late: int | None = None
    comment: str | None = None  # None leaves the comment as it is
    reason: str = ""
    paper: str | None = None  # what was written down beside a code that needs a paper

    def agrees_with(self, mark: "MarkNow") -> bool:
        """Whether the mark is so already, whatever is written down beside it."""
        return (mark.code, mark.minutes_late) == (self.code, self.minutes_late)


class MarkNow(NamedTuple):
    """A mark as it stands."""

    code: str
    version: int
    minutes_late: int | None
    source: int
    made_by_id: int | None
    made_at: datetime
    arrived_at: datetime | None = None  # where it had waited on a device


# What stands in a session that nobody has marked: its version is what a first save has seen.
NO_MARK = MarkNow("", 0, None, 0, None, datetime.min)


@dataclass(frozen=True, slots=True)
class LockedEnrolment:
    """An enrolment that this transaction holds: its facts, its seal, the database's clock.

    `ended_with` is the version with which the mark of the one session was taken back that
    `lock_class` reads (0: none was); None where marks were not read with it.
    """

    school_id: int
    facts: PupilFacts
    seal: Seal
    now: datetime
    ended_with: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, as the register must name them: SI 2024/208 asks for name and position."""

    user_id: int | None
    name: str
    position: str


class HowMade(NamedTuple):
    """How the marks of one call came to be, as the register keeps it beside each."""

    source: int
    by_id: int | None
    at: datetime
    arrived_at: datetime | None


@dataclass(slots=True)
class WriteResult:
    """What became of each change: exactly one of the first four."""

    saved: dict[MarkKey, int] = field(default_factory=dict)  # the version now
    unchanged: dict[MarkKey, int] = field(default_factory=dict)  # it was so already
    conflicts: dict[MarkKey, MarkNow | None] = field(default_factory=dict)  # as it stands
    refused: dict[MarkKey, str] = field(default_factory=dict)  # why, in words fit to show
    papers: dict[MarkKey, bool] = field(default_factory=dict)  # whether the paper it needs is held
    advice: dict[MarkKey, list[str]] = field(default_factory=dict)  # where a caller asked for it

    def stands(self, change: MarkChange) -> bool:
        """Whether the mark says now what the change asked for."""
        return change.key in self.saved or change.key in self.unchanged

    @property
    def advice_by_enrolment(self) -> dict[int, list[str]]:
        """Each sentence once for each pupil, however many sessions it is about."""
        found: dict[int, dict[str, None]] = {}
        for key, sentences in self.advice.items():
            found.setdefault(key.enrolment_id, {}).update(dict.fromkeys(sentences))
        return {enrolment: list(sentences) for enrolment, sentences in found.items()}


Bytes = bytes | memoryview  # as one database or the other gives them
Check = Callable[[MarkChange, LockedEnrolment, MarkNow | None], str | None]


def key_of_the_register() -> bytes:
    return seals.derive_key(settings.REGISTER_KEY)


def lock_enrolments(
    enrolments: Collection[int], *, group: int | None = None, on: date | None = None
) -> dict[int, LockedEnrolment]:
    """Hold these enrolments until the transaction ends, in order, so that nobody deadlocks; only
    those who are in the group on the day, where one is given.

    Held first and read by a second statement: one that had to wait for the lock would still see
    what stood when it began, and the seal of a save that came between would be lost.
    """
    held = sql.lock_rows(enrolments, group=group, on=on)
    return {row[0]: _locked(row) for row in sql.facts_and_seals(held)}


def lock_class(
    enrolments: Collection[int], *, group: int, on: date, half: int
) -> tuple[dict[int, LockedEnrolment], dict[MarkKey, MarkNow]]:
    """The same for one session of a group, with the marks that stand in it: a statement less."""
    held = sql.lock_rows(enrolments, group=group, on=on)
    rows = sql.facts_seals_and_marks(held, on, half)
    there = {MarkKey(row[0], on, half): MarkNow(*row[10:17]) for row in rows if row[10] is not None}
    return {row[0]: _locked(row, row[17] or 0) for row in rows}, there


def _locked(row: tuple, ended_with: int | None = None) -> LockedEnrolment:
    return LockedEnrolment(
        ended_with=ended_with,
        school_id=row[1],
        facts=PupilFacts(row[2], row[3], row[4]),
        seal=seal_from_row(row[0], row[5], row[6], row[7], row[8]),
        now=row[9],
    )


def seal_from_row(
    enrolment_id: int, marks: int | None, total: Bytes, amendments: int, head: Bytes
) -> Seal:
    if marks is None:
        return Seal(enrolment_id)
    return Seal(enrolment_id, marks, int.from_bytes(total, "big"), amendments, bytes(head))


def marks_now(keys: Collection[MarkKey]) -> dict[MarkKey, MarkNow]:
    """The marks at these keys as they stand, in one statement."""
    wanted = set(keys)
    rows = sql.marks_between(
        {key.enrolment_id for key in wanted},
        min(key.date for key in wanted),
        max(key.date for key in wanted),
        {key.half for key in wanted},
    )
    found = {MarkKey(*row[:3]): MarkNow(*row[3:]) for row in rows}
    return {key: found[key] for key in wanted & found.keys()}


@transaction.atomic(savepoint=False)
def write_marks(
    changes: Sequence[MarkChange],
    *,
    by: Author,
    source: int,
    made_at: datetime,
    check: Check,
    locked: Mapping[int, LockedEnrolment] | None = None,
    there: Mapping[MarkKey, MarkNow] | None = None,
    ended: Collection[MarkKey] = (),
    arrived_at: datetime | None = None,
    each_made: Mapping[MarkKey, HowMade] | None = None,
) -> WriteResult:
    """Write these marks, or say for each why not. At most one change for each mark.

    `check` gives words fit to show where a change may not be. `there` are the marks as they stand,
    for a caller who read them once the enrolments were `locked`; else they are read. `ended` are
    the keys whose register has ended: a new mark there is a late entry and gets its amendment.
    `arrived_at` is when marks came in that had waited on a device since `made_at`. `each_made` says
    how those marks came to be that `by` only lets in.
    Raises nothing of its own: what is stale or refused comes back in the answer, the rest is
    written.
    """
    written = WriteResult()
    if not changes:
        return written
    keys = [change.key for change in changes]
    locked = lock_enrolments({key.enrolment_id for key in keys}) if locked is None else locked
    there = marks_now(keys) if there is None else there
    accepted = [
        change
        for change in sorted(changes, key=lambda change: change.key)
        if _accepted(change, locked.get(change.key.enrolment_id), there, check, written)
    ]
    if accepted:
        how = HowMade(source, by.user_id, made_at, arrived_at)
        made = {change.key: how for change in accepted} | dict(each_made or {})
        written.saved = _next_versions(accepted, locked)
        _write(accepted, by, made, locked, there, ended, written.saved)
    _write_comments(changes, written)
    written.papers = _list_papers(
        _with_papers(changes, written, locked, there, check), there, by.user_id
    )
    return written


def _write_comments(changes: Iterable[MarkChange], written: WriteResult) -> None:
    """The comments beside the marks that stand as they were asked for."""
    beside = [change for change in changes if change.comment is not None and written.stands(change)]
    sql.upsert_comments((*change.key, change.comment) for change in beside)


def _with_papers(
    changes: Iterable[MarkChange],
    written: WriteResult,
    locked: Mapping[int, LockedEnrolment],
    there: Mapping[MarkKey, MarkNow],
    check: Check,
) -> list[MarkChange]:
    """Those that were saved, and those that bring a paper to a mark that stood so already."""

    def brings_a_paper(change: MarkChange) -> bool:
        if not change.paper or change.key not in written.unchanged:
            return False
        return check(change, locked[change.key.enrolment_id], there.get(change.key)) is None

    return [change for change in changes if change.key in written.saved or brings_a_paper(change)]


def _list_papers(
    changes: Sequence[MarkChange], there: Mapping[MarkKey, MarkNow], by_id: int | None
) -> dict[MarkKey, bool]:
    """List what these changes need; whether it is held. No statement where they need nothing."""
    needing = [change for change in changes if change.code in NEED_PAPER]
    fewer = [change.key for change in changes if _needs_no_more(change, there.get(change.key))]
    keys = [*fewer, *(change.key for change in needing)]
    if not keys:
        return {}
    days = [key.date for key in keys]
    listed = papers.list_papers(
        sorted({key.enrolment_id for key in keys}),
        first=min(days),
        last=max(days),
        said=[_said(change) for change in needing if change.paper],
        by_id=by_id,
        fewer=bool(fewer),
    )
    return _held_papers(needing, listed)


def _held_papers(needing: Iterable[MarkChange], listed: papers.Listed) -> dict[MarkKey, bool]:
    found = {
        change.key: papers.paper_on(listed, change.key.enrolment_id, change.code, change.key.date)
        for change in needing
    }
    return {key: paper.completed_at is not None for key, paper in found.items() if paper}


def _needs_no_more(change: MarkChange, mark: MarkNow | None) -> bool:
    """Whether the mark needed a paper as it was, and by another code no longer does."""
    return mark is not None and mark.code in NEED_PAPER and mark.code != change.code


def _said(change: MarkChange) -> papers.PaperDetails:
    return papers.PaperDetails(
        change.key.enrolment_id, change.code, change.key.date, change.paper or ""
    )


def _accepted(
    change: MarkChange,
    enrolment: LockedEnrolment | None,
    there: Mapping[MarkKey, MarkNow],
    check: Check,
    written: WriteResult,
) -> bool:
    mark = there.get(change.key)
    if enrolment is None:
        written.refused[change.key] = "This pupil is not in this register."
    elif mark and change.agrees_with(mark):
        written.unchanged[change.key] = mark.version
    elif (mark.version if mark else 0) != change.seen:
        written.conflicts[change.key] = mark
    elif (why := check(change, enrolment, mark)) is not None:
        written.refused[change.key] = why
    else:
        return True
    return False


def _next_versions(
    accepted: Sequence[MarkChange], locked: Mapping[int, LockedEnrolment]
) -> dict[MarkKey, int]:
    """The version that each change makes: one more than was seen, and where a mark was taken back
    before, one more than it ended with.
    """
    new = [change.key for change in accepted if not change.seen]
    ended_with = {key: locked[key.enrolment_id].ended_with for key in new}
    taken_back = _taken_back([key for key, version in ended_with.items() if version is None])
    gone = {key: version or taken_back.get(key, 0) for key, version in ended_with.items()}
    return {change.key: gone.get(change.key, change.seen) + 1 for change in accepted}


def _taken_back(keys: Collection[MarkKey]) -> Mapping[tuple[int, date, int], int]:
    """The versions with which marks at these keys were taken back; no statement without a key."""
    if not keys:
        return {}
    days = [key.date for key in keys]
    return sql.versions_taken_back({key.enrolment_id for key in keys}, min(days), max(days))


def _write(
    accepted: Sequence[MarkChange],
    by: Author,
    made: Mapping[MarkKey, HowMade],
    locked: Mapping[int, LockedEnrolment],
    there: Mapping[MarkKey, MarkNow],
    ended: Collection[MarkKey],
    versions: Mapping[MarkKey, int],
) -> None:
    secret = key_of_the_register()
    moved = {pk: locked[pk].seal for pk in {change.key.enrolment_id for change in accepted}}
    amended = [change for change in accepted if _is_amended(change, there.get(change.key), ended)]
    _record_amendments(amended, by, locked, there, versions, moved, secret)
    rows = [
        (*change.key, change.code, versions[change.key], change.minutes_late, *made[change.key])
        for change in accepted
    ]
    sql.upsert_marks(rows)
    recompute_tallies(
        moved,
        monday=monday_of(min(change.key.date for change in accepted)),
        sunday=sunday_of(max(change.key.date for change in accepted)),
    )
    for row in rows:
        key = MarkKey(*row[:3])
        mark = there.get(key)
        moved[key.enrolment_id] = moved[key.enrolment_id].moved(
            taken=[digest_of(secret, key, mark)] if mark else (),
            added=[seals.mark_digest(secret, *row)],
            new_marks=0 if mark else 1,
        )
    store_seals(moved.values(), secret)


def _record_amendments(
    amended: Sequence[MarkChange],
    by: Author,
    locked: Mapping[int, LockedEnrolment],
    there: Mapping[MarkKey, MarkNow],
    versions: Mapping[MarkKey, int],
    moved: dict[int, Seal],
    secret: bytes,
) -> None:
    """An amendment for each of these changes; the seals in `moved` go on with each."""
    amendments = []
    for change in amended:
        pk, mark = change.key.enrolment_id, there.get(change.key)
        version = versions[change.key]
        amendment = amendment_of(change, version, mark, by, moved[pk], locked[pk].now, secret)
        amendments.append(amendment)
        moved[pk] = moved[pk].linked(bytes(amendment.digest))
    if amendments:
        Amendment.objects.bulk_create(amendments)


def digest_of(secret: bytes, key: MarkKey, mark: MarkNow) -> int:
    return seals.mark_digest(
        secret,
        key.enrolment_id,
        key.date,
        key.half,
        mark.code,
        mark.version,
        mark.minutes_late,
        mark.source,
        mark.made_by_id,
        mark.made_at,
        mark.arrived_at,
    )


def _is_amended(change: MarkChange, mark: MarkNow | None, ended: Collection[MarkKey]) -> bool:
    """Whether the past must say how it was. Minutes that are put right while the register is open,
    by whoever takes it, are part of taking it.
    """
    if change.key in ended:
        return True
    return mark is not None and (mark.code != change.code or bool(change.reason))


def amendment_of(
    change: MarkChange,
    version: int,
    mark: MarkNow | None,
    by: Author,
    seal: Seal,
    now: datetime,
    secret: bytes,
) -> Amendment:
    link = ChainLink(
        enrolment_id=change.key.enrolment_id,
        sequence=seal.amendments + 1,
        on=change.key.date,
        half=change.key.half,
        version=version,
        code_before=mark.code if mark else "",
        code_after=change.code,
        reason=change.reason or WHILE_OPEN,
        at=now,
        by_id=by.user_id,
        by_name=by.name,
        by_position=by.position,
        minutes_before=mark.minutes_late if mark else None,
        minutes_after=change.minutes_late,
    )
    return Amendment(
        enrolment_id=link.enrolment_id,
        date=link.on,
        half=link.half,
        version=link.version,
        code_before=link.code_before,
        code_after=link.code_after,
        minutes_before=link.minutes_before,
        minutes_after=link.minutes_after,
        reason=link.reason,
        at=link.at,
        by_id=link.by_id,
        by_name=link.by_name,
        by_position=link.by_position,
        sequence=link.sequence,
        digest=link.digest(secret, seal.head),
    )


def store_seals(moved: Iterable[Seal], secret: bytes) -> None:
    """Keep these seals, in the order of their enrolments."""
    sql.upsert_seals(
        [
            (
                seal.enrolment_id,
                seal.marks,
                seal.total_bytes,
                seal.amendments,
                seal.head,
                seal.mac(secret),
            )
            for seal in sorted(moved, key=lambda seal: seal.enrolment_id)
        ]
    )
