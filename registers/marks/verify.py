"""Has anybody changed the register behind the actions' back? Recompute every seal and compare.

Reads only. A mark or an amendment that was changed, made or taken away past the guards makes the
seal of its enrolment wrong for good, since saves move seals and never recompute them.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db.models import QuerySet

from registers.marks import seals
from registers.marks.actions.sealing import Bytes, key_of_the_register, seal_from_row
from registers.marks.seals import NO_LINK, ChainLink, Seal
from registers.models import Amendment, Enrolment, Mark, School

# The number of links, the digest of the last one, the first that is wrong.
Chain = tuple[int, bytes, int | None]
MARK_FIELDS = (
    "enrolment_id",
    "date",
    "half",
    "code_id",
    "version",
    "minutes_late",
    "source",
    "made_by_id",
    "made_at",
    "arrived_at",
)
LINK_FIELDS = (
    "enrolment_id",
    "sequence",
    "date",
    "half",
    "version",
    "code_before",
    "code_after",
    "reason",
    "at",
    "by_id",
    "by_name",
    "by_position",
    "minutes_before",
    "minutes_after",
)


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """An enrolment whose register was tampered with, and what shows it, without names."""

    enrolment_id: int
    problems: tuple[str, ...]


def broken_seals(
    school: School, *, enrolments: Collection[int] | None = None
) -> Iterator[BrokenSeal]:
    """Every enrolment of the school (or of those named) whose seal is wrong, in order."""
    secret = key_of_the_register()
    scope = Enrolment.objects.filter(school=school)
    if enrolments is not None:
        scope = scope.filter(pk__in=enrolments)
    sums = _sums(scope, secret)
    chains = _chains(scope, secret)
    stored = scope.order_by("pk").values_list(
        "pk", "seal__marks", "seal__total", "seal__amendments", "seal__head", "seal__mac"
    )
    for pk, marks, total, amendments, head, mac in stored:
        kept = seal_from_row(pk, marks, total, amendments, head)
        problems = tuple(_problems(kept, mac, sums.get(pk, (0, 0)), chains.get(pk)))
        if problems:
            yield BrokenSeal(pk, problems)


def _problems(
    kept: Seal, mac: Bytes | None, marks: tuple[int, int], chain: Chain | None
) -> Iterator[str]:
    links, head, broken = chain or (0, NO_LINK, None)
    if mac is None:
        if marks[0] or links:
            yield "its marks have no seal"
        return
    if not seals.same(bytes(mac), kept.mac(key_of_the_register())):
        yield "the seal itself was changed"
    yield from _problems_of_marks(kept, *marks)
    if broken is not None:
        yield f"amendment {broken} is not as it was written"
    elif links != kept.amendments:
        yield f"the history holds {links} amendments where the seal counts {kept.amendments}"
    elif head != kept.head:
        yield "the last amendment is not the one that was sealed"


def _problems_of_marks(kept: Seal, count: int, total: int) -> Iterator[str]:
    if count != kept.marks:
        yield f"the register holds {count} marks where the seal counts {kept.marks}"
    elif total != kept.total:
        yield "a mark was changed without a save"


def _sums(scope: QuerySet[Enrolment], secret: bytes) -> dict[int, tuple[int, int]]:
    """For each enrolment the number of its marks and the sum of their digests."""
    rows = Mark.objects.filter(enrolment__in=scope).order_by("enrolment_id")
    found = {}
    for pk, marks in groupby(
        rows.values_list(*MARK_FIELDS).iterator(chunk_size=20_000), itemgetter(0)
    ):
        digests = [seals.mark_digest(secret, *mark) for mark in marks]
        found[pk] = (len(digests), sum(digests) % seals.SIZE)
    return found


def _chains(scope: QuerySet[Enrolment], secret: bytes) -> dict[int, Chain]:
    rows = Amendment.objects.filter(enrolment__in=scope).order_by("enrolment_id", "sequence")
    found = {}
    for pk, amendments in groupby(
        rows.values_list(*LINK_FIELDS, "digest").iterator(chunk_size=20_000), itemgetter(0)
    ):
        head, broken, number = NO_LINK, None, 0
        for number, (*link, digest) in enumerate(amendments, start=1):
            expected = ChainLink(*link).digest(secret, head)
            if broken is None and (link[1] != number or not seals.same(expected, digest)):
                broken = number
            head = bytes(digest)
        found[pk] = (number, head, broken)
    return found
