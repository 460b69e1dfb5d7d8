"""The states of letters and their copies, and how they may move. No Django in this module."""

from enum import StrEnum


class LetterState(StrEnum):
    PROPOSED = "proposed"  # the night or a person proposes it; its figures are gathered
    READY = "ready"  # every copy has its PDF and waits to be looked at
    APPROVED = "approved"  # a person approved exactly these PDFs, by their digests
    SENT = "sent"
    ANSWERED = "answered"
    HELD = "held"  # not now, with a reason
    DROPPED = "dropped"  # not at all, with a reason; still counts as the letter of its period
    FAILED = "failed"  # could not be rendered or sent, with a reason; can be tried again


LETTER_MOVES: dict[LetterState, frozenset[LetterState]] = {
    LetterState.PROPOSED: frozenset(
        {LetterState.READY, LetterState.HELD, LetterState.DROPPED, LetterState.FAILED}
    ),
    LetterState.READY: frozenset(
        {LetterState.APPROVED, LetterState.PROPOSED, LetterState.HELD, LetterState.DROPPED}
    ),
    LetterState.APPROVED: frozenset(
        {LetterState.SENT, LetterState.PROPOSED, LetterState.HELD, LetterState.FAILED}
    ),
    LetterState.SENT: frozenset({LetterState.ANSWERED}),
    LetterState.ANSWERED: frozenset(),
    LetterState.HELD: frozenset({LetterState.PROPOSED, LetterState.DROPPED}),
    LetterState.DROPPED: frozenset(),
    LetterState.FAILED: frozenset({LetterState.PROPOSED, LetterState.DROPPED}),
}
NEEDS_A_REASON = frozenset({LetterState.HELD, LetterState.DROPPED, LetterState.FAILED})


class CopyState(StrEnum):
    QUEUED = "queued"  # waits for a worker
    RENDERING = "rendering"  # a worker has claimed it
    RENDERED = "rendered"  # its PDF is stored with its digest
    FAILED = "failed"


COPY_MOVES: dict[CopyState, frozenset[CopyState]] = {
    CopyState.QUEUED: frozenset({CopyState.RENDERING}),
    CopyState.RENDERING: frozenset({CopyState.RENDERED, CopyState.QUEUED, CopyState.FAILED}),
    CopyState.RENDERED: frozenset({CopyState.QUEUED}),
    CopyState.FAILED: frozenset({CopyState.QUEUED}),
}


def may_move(state: LetterState, to: LetterState) -> bool:
    return to in LETTER_MOVES[state]
