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


# No copy goes any other way from here.
OVER = frozenset({LetterState.SENT, LetterState.ANSWERED, LetterState.DROPPED})


class CopyState(StrEnum):
    QUEUED = "queued"  # waits for a worker
    RENDERING = "rendering"  # a worker has claimed it
    RENDERED = "rendered"  # its PDF is stored with its digest
    FAILED = "failed"  # could not be drawn
    SENDING = "sending"  # a worker has claimed it for e-mail, so that nobody gets it twice
    UNSENT = "unsent"  # the e-mail did not go, or nobody knows whether it did; with the words why
    SENT = "sent"  # in the post or handed to the mail server: never drawn again
    LEFT_OUT = "left_out"  # this person does not get it, with the words why


# Those whose PDF is there, as it was looked at; and those that a letter still waits to send.
HAS_A_PDF = frozenset({CopyState.RENDERED, CopyState.SENDING, CopyState.UNSENT, CopyState.SENT})
NOT_SENT = frozenset(CopyState) - {CopyState.SENT, CopyState.SENDING, CopyState.LEFT_OUT}


def may_move(state: LetterState, to: LetterState) -> bool:
    return to in LETTER_MOVES[state]


def _that_may_become(to: LetterState) -> frozenset[LetterState]:
    return frozenset(state for state, moves in LETTER_MOVES.items() if to in moves)


# What a person may do with a letter, by its state; `change` is who gets it and how.
DECISIONS: dict[str, frozenset[LetterState]] = {
    "approve": _that_may_become(LetterState.APPROVED),
    "hold": _that_may_become(LetterState.HELD),
    "drop": _that_may_become(LetterState.DROPPED),
    "answer": _that_may_become(LetterState.ANSWERED),
    "release": frozenset({LetterState.HELD, LetterState.FAILED}),
    "draw": frozenset({LetterState.PROPOSED, LetterState.READY, LetterState.APPROVED}),
    "change": frozenset(
        {LetterState.PROPOSED, LetterState.READY, LetterState.APPROVED, LetterState.HELD}
    ),
}


def decisions_on(state: LetterState) -> dict[str, bool]:
    """Whether each of them is possible now."""
    return {name: state in states for name, states in DECISIONS.items()}
