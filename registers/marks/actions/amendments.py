"""The amendment that a change of a mark leaves behind: a link of its enrolment's chain."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from registers.marks.changes import Author, LockedEnrolment, MarkChange, MarkKey, MarkNow
from registers.marks.seals import ChainLink, Seal
from registers.models import Amendment

WHILE_OPEN = "Changed while the register was open."


def record_amendments(
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
        amendment = _amendment_of(change, version, mark, by, moved[pk], locked[pk].now, secret)
        amendments.append(amendment)
        moved[pk] = moved[pk].linked(bytes(amendment.digest))
    if amendments:
        Amendment.objects.bulk_create(amendments)


def is_amended(change: MarkChange, mark: MarkNow | None, ended: Collection[MarkKey]) -> bool:
    """Whether the past must say how it was. Minutes that are put right while the register is open,
    by whoever takes it, are part of taking it.
    """
    if change.key in ended:
        return True
    return mark is not None and (mark.code != change.code or bool(change.reason))


def _amendment_of(
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
