"""The seals of all enrolments, written down to be kept elsewhere, and compared with later.

A seal cannot show that all the rows of an enrolment, seal and all, were put back to an earlier
state or taken away. A list of seals from before can: since then an enrolment's amendments may only
have been added to, and its marks may not have become fewer.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from registers.models import Amendment, Enrolment, FormerUpn, RegisterSeal

HEADER = ["URN", "UPN", "Date of entry", "Marks", "Amendments", "Head", "Seal"]


class AnchorMismatch(Exception):
    """This is no file of seals; the message is fit to show."""


def write_heads(path: Path, urns: list[str]) -> int:
    """Raises OSError."""
    rows = RegisterSeal.objects.filter(enrolment__school__urn__in=urns)
    rows = rows.select_related("enrolment__pupil", "enrolment__school").order_by("enrolment_id")
    number = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for number, seal in enumerate(rows.iterator(chunk_size=5_000), start=1):  # noqa: B007 (the count)
            of = seal.enrolment
            head, mac = bytes(seal.head).hex(), bytes(seal.mac).hex()
            writer.writerow(
                [of.school.urn, of.pupil.upn, of.starts_on, seal.marks, seal.amendments, head, mac]
            )
    return number


def compare_heads(path: Path, urns: list[str]) -> Iterator[str]:
    """A sentence for each enrolment that is not a continuation of what was kept."""
    now = _known_by_every_upn(urns)
    for row in _read(path):
        key = (row["URN"], row["UPN"], row["Date of entry"])
        if row["URN"] not in urns:
            continue
        problems = [_problem(of, row) for of in now.get(key, [None])]
        if problem := all(problems) and problems[-1]:
            yield f"{row['UPN']}, on roll from {row['Date of entry']}: {problem}"


def _known_by_every_upn(urns: list[str]) -> dict[tuple[str, str, str], list[Enrolment]]:
    """A pupil may have another UPN since, or have been merged with another; a time on the roll that
    the merge made begins on the same day as those that it was made of.
    """
    former: dict[int, list[str]] = defaultdict(list)
    for pk, upn in FormerUpn.objects.values_list("pupil", "upn"):
        former[pk].append(upn)
    found: dict[tuple[str, str, str], list[Enrolment]] = defaultdict(list)
    rows = Enrolment.objects.filter(school__urn__in=urns)
    for of in rows.select_related("school", "pupil", "seal").order_by("pk"):
        for upn in (of.pupil.upn, *former[of.pupil_id]):
            found[of.school.urn, upn, str(of.starts_on)].append(of)
    return found


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames != HEADER:
            raise AnchorMismatch(f"{path} is not a file that --heads wrote.")
        yield from reader


def _problem(enrolment: Enrolment | None, kept: dict[str, str]) -> str:
    seal = getattr(enrolment, "seal", None)
    if seal is None:
        return "its register, kept before, is no longer there"
    marks, amendments = int(kept["Marks"]), int(kept["Amendments"])
    if seal.marks < marks:
        return f"it has {seal.marks} marks and had {marks}: it was put back to an earlier state"
    if seal.amendments < amendments:
        return f"it has {seal.amendments} amendments and had {amendments}: it was put back"
    goes_on = not amendments or _head_at(seal, amendments) == kept["Head"]
    return "" if goes_on else "its history is not the one that was kept"


def _head_at(seal: RegisterSeal, amendments: int) -> str:
    rows = Amendment.objects.filter(enrolment=seal.enrolment_id, sequence=amendments)
    links = map(bytes, rows.values_list("digest", flat=True))
    return next(links, b"").hex()
