"""The keyed seal over an enrolment's marks and amendments. No Django in this module.

Whoever can write to the database past its guards still does not hold the key, so what they change
shows. Each mark has a keyed digest; an enrolment's seal holds the sum of its marks' digests, the
last link of its amendments' chain and a code over both. A save moves the sum by what it replaces
and what it writes, and never reads the other marks again: a mark changed behind the actions' back
stays out of step for good, whatever is saved after it.

What a seal cannot show: all the rows of an enrolment put back together to an earlier state, or
taken away together. For that the seals themselves are kept elsewhere (`verify_registers --heads`).
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SIZE = 1 << 128
NO_LINK = bytes(32)


def derive_key(secret: str) -> bytes:
    """The key of every digest, from the setting of any length."""
    return blake2b(secret.encode(), digest_size=32, person=b"rollbook-key").digest()


def microseconds(at: datetime) -> int:
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def mark_digest(
    key: bytes,
    enrolment_id: int,
    on: date,
    half: int,
    code: str,
    version: int,
    minutes_late: int | None,
    source: int,
    made_by_id: int | None,
    made_at: datetime,
    arrived_at: datetime | None = None,
) -> int:
    """The keyed digest of one mark as a number below 2**128."""
    words = (
        f"{enrolment_id}|{on}|{half}|{code}|{version}|{minutes_late}|{source}|{made_by_id}"
        f"|{microseconds(made_at)}"
    )
    if arrived_at is not None:  # only a mark that had waited on a device has it
        words += f"|{microseconds(arrived_at)}"
    digest = blake2b(words.encode(), key=key, digest_size=16, person=b"rollbook-mark")
    return int.from_bytes(digest.digest(), "big")


@dataclass(frozen=True, slots=True)
class ChainLink:
    """What the chain covers of one amendment."""

    enrolment_id: int
    sequence: int
    on: date
    half: int
    version: int
    code_before: str
    code_after: str
    reason: str
    at: datetime
    by_id: int | None
    by_name: str
    by_position: str
    minutes_before: int | None = None
    minutes_after: int | None = None

    def digest(self, key: bytes, head: bytes) -> bytes:
        parts = [
            head.hex(),
            self.enrolment_id,
            self.sequence,
            str(self.on),
            self.half,
            self.version,
            self.code_before,
            self.code_after,
            self.reason,
            microseconds(self.at),
            self.by_id,
            self.by_name,
            self.by_position,
        ]
        minutes = [self.minutes_before, self.minutes_after]
        if minutes != [None, None]:  # most entries have none
            parts += minutes
        words = json.dumps(parts)
        return blake2b(words.encode(), key=key, digest_size=32, person=b"rollbook-link").digest()


@dataclass(frozen=True, slots=True)
class Seal:
    """The state of one enrolment's seal; every change gives a new one."""

    enrolment_id: int
    marks: int = 0
    total: int = 0
    amendments: int = 0
    head: bytes = NO_LINK

    def moved(
        self, *, taken: Iterable[int] = (), added: Iterable[int] = (), new_marks: int = 0
    ) -> "Seal":
        """The seal after marks with the digests `taken` gave way to those with `added`."""
        total = (self.total + sum(added) - sum(taken)) % SIZE
        return Seal(self.enrolment_id, self.marks + new_marks, total, self.amendments, self.head)

    def linked(self, digest: bytes) -> "Seal":
        """The seal after one more amendment, whose link has this digest."""
        return Seal(self.enrolment_id, self.marks, self.total, self.amendments + 1, digest)

    @property
    def total_bytes(self) -> bytes:
        return self.total.to_bytes(16, "big")

    def mac(self, key: bytes) -> bytes:
        words = f"{self.enrolment_id}|{self.marks}|{self.total}|{self.amendments}|{self.head.hex()}"
        return blake2b(words.encode(), key=key, digest_size=32, person=b"rollbook-seal").digest()


def same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(bytes(one), bytes(other))
