"""The seals of enrolments as the database keeps them, and the key that they are made with."""

from collections.abc import Iterable

from django.conf import settings

from registers.marks import seals
from registers.marks.actions import sql
from registers.marks.changes import MarkKey, MarkNow
from registers.marks.seals import Seal

Bytes = bytes | memoryview  # as one database or the other gives them


def key_of_the_register() -> bytes:
    """What every digest is keyed with."""
    return seals.derive_key(settings.REGISTER_KEY)


def seal_from_row(
    enrolment_id: int, marks: int | None, total: Bytes, amendments: int, head: Bytes
) -> Seal:
    """The seal as it was kept; that of an enrolment without marks where none was."""
    if marks is None:
        return Seal(enrolment_id)
    return Seal(enrolment_id, marks, int.from_bytes(total, "big"), amendments, bytes(head))


def digest_of(secret: bytes, key: MarkKey, mark: MarkNow) -> int:
    """The digest of a mark as it stands."""
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
