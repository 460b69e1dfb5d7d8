"""The seals and amendments of a whole trust, as the actions would have left them, on all cores.

The words of a mark's digest are put together in advance for each session and code, and the keyed
state of the hash is copied instead of made; `verify_registers` says whether it came out the same.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from multiprocessing import get_context

from benchmarks.trust import SESSIONS, SYMBOLS, TEACHER, Trust, made_at, minutes_late
from registers.marks import seals
from registers.marks.seals import ChainLink, Seal

REASON = "The parent telephoned."
NAME, POSITION = "Tom Brannigan", "Attendance Officer"
PIECE = 250  # pupils


def sealed(trust: Trust, key: bytes) -> Iterator[tuple[Seal, list[tuple[ChainLink, bytes]]]]:
    """Each enrolment's seal and its amendments with their digests, in order."""
    words = _words()
    starts = range(0, trust.pupils, PIECE)
    pieces = (
        (s, trust.codes[s : s + PIECE], trust.before[s : s + PIECE], trust.amended[s : s + PIECE])
        for s in starts
    )
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        for answers in pool.map(partial(_piece, words, key), pieces):
            yield from answers


def _words() -> list[list[bytes]]:
    """What the digest of a mark covers after the enrolment: by session, then code and version."""
    return [
        [
            f"|{day}|{half}|{symbol}|{version}|{minutes_late(code)}|1|{TEACHER}"
            f"|{seals.microseconds(made_at(day, half))}".encode()
            for version in (1, 2)
            for code, symbol in enumerate(SYMBOLS)
        ]
        for day, half in SESSIONS
    ]


def _piece(words, key: bytes, piece) -> list[tuple[Seal, list]]:
    start, codes, before, amended = piece
    return [
        _one(start + row + 1, words, key, codes[row], before[row], amended[row])
        for row in range(len(codes))
    ]


def _one(enrolment: int, words, key: bytes, codes, before, amended) -> tuple[Seal, list]:
    state = blake2b(str(enrolment).encode(), key=key, digest_size=16, person=b"rollbook-mark")
    total = 0
    places = codes.astype(int) + amended * len(SYMBOLS)
    for of_session, place in zip(words, places.tolist(), strict=True):
        digest = state.copy()
        digest.update(of_session[place])
        total += int.from_bytes(digest.digest(), "big")
    seal, links = Seal(enrolment, len(words), total % seals.SIZE), []
    for session in amended.nonzero()[0].tolist():
        link = _link(seal, session, SYMBOLS[before[session]], SYMBOLS[codes[session]])
        links.append((link, link.digest(key, seal.head)))
        seal = seal.linked(links[-1][1])
    return seal, links


def _link(seal: Seal, session: int, code_before: str, code_after: str) -> ChainLink:
    day, half = SESSIONS[session]
    return ChainLink(
        enrolment_id=seal.enrolment_id,
        sequence=seal.amendments + 1,
        on=day,
        half=half,
        version=2,
        code_before=code_before,
        code_after=code_after,
        reason=REASON,
        at=made_at(day, half) + timedelta(hours=2),
        by_id=TEACHER,
        by_name=NAME,
        by_position=POSITION,
    )
