"""The queue of letters: which states stand together, in which order, in which words."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from interventions.models import Letter
from interventions.rules.letter_kinds import KINDS, Kind
from interventions.rules.letter_states import LetterState
from registers.models import School


@dataclass(frozen=True, slots=True)
class Queue:
    """States that one list shows together; `states` is also their order in it."""

    name: str
    title: str
    states: tuple[str, ...]
    empty_title: str
    empty: str


def _queue(name: str, title: str, *states: LetterState, empty_title: str, empty: str) -> Queue:
    return Queue(name, title, tuple(state.value for state in states), empty_title, empty)


WAITING = _queue(
    "waiting",
    "Waiting",
    LetterState.READY,
    LetterState.PROPOSED,
    LetterState.HELD,
    LetterState.FAILED,
    empty_title="No letters wait for you",
    empty="New ones are proposed each night, after the figures.",
)
QUEUES = (
    WAITING,
    _queue(
        "approved",
        "To send",
        LetterState.APPROVED,
        empty_title="Nothing to send",
        empty="A letter comes here when somebody has approved it.",
    ),
    _queue(
        "sent",
        "Sent",
        LetterState.SENT,
        LetterState.ANSWERED,
        empty_title="No letter has been sent",
        empty="What was sent stays here, as it was sent.",
    ),
    _queue(
        "dropped",
        "Dropped",
        LetterState.DROPPED,
        empty_title="No letter was dropped",
        empty="A dropped letter stays here with its reason, and is not proposed again that year.",
    ),
)
QUEUES_BY_NAME = {queue.name: queue for queue in QUEUES}


class StateWords(NamedTuple):
    """A state in a word, the kind of its tag, and the heading of the letters that are in it."""

    word: str
    tag: str
    heading: str = ""


LETTER_STATES: dict[str, StateWords] = {
    "proposed": StateWords("Being drawn", "", "Proposed, the PDF is being drawn"),
    "ready": StateWords("Ready", "good", "Ready to be looked at"),
    "approved": StateWords("Approved", "good", "Approved"),
    "sent": StateWords("Sent", "", "Sent"),
    "answered": StateWords("Answered", "good", "Answered"),
    "held": StateWords("Held", "bad", "Held"),
    "dropped": StateWords("Dropped", "quiet", "Dropped"),
    "failed": StateWords("Failed", "bad", "Could not be drawn or sent"),
}
COPY_STATES: dict[str, StateWords] = {
    "queued": StateWords("Waits for a worker", ""),
    "rendering": StateWords("Being drawn", ""),
    "rendered": StateWords("PDF ready", "good"),
    "failed": StateWords("Failed", "bad"),
    "sending": StateWords("Being sent", ""),
    "unsent": StateWords("Not sent", "bad"),
    "sent": StateWords("Sent", "good"),
    "left_out": StateWords("Left out", "quiet"),
}


def queue_of(letter: Letter) -> Queue:
    return next(queue for queue in QUEUES if letter.state in queue.states)


def in_queue_order(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """By state as the queue has them, then by the pupil's name."""
    ranks = {state: rank for queue in QUEUES for rank, state in enumerate(queue.states)}
    rank = Case(
        *(When(state=state, then=Value(rank)) for state, rank in ranks.items()),
        output_field=IntegerField(),
    )
    return letters.annotate(rank=rank).order_by(
        "rank", "enrolment__pupil__sort_key", "-as_at", "pk"
    )


Counts = dict[tuple[str, str], int]  # letters by their state and kind


def waiting_in(school: School, queue: Queue, kind: str) -> QuerySet[Letter]:
    """The letters of a queue in its order; of one kind, or of all where `kind` is empty."""
    letters = Letter.objects.filter(enrolment__school=school, state__in=queue.states)
    return in_queue_order(letters.filter(kind=kind) if kind else letters)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The letters before and after one in the order of its queue, by id; None at its ends."""

    before: int | None
    after: int | None

    @classmethod
    def of(cls, order: Sequence[int], letter_id: int) -> Self:
        """One that is not in the order stands in the place of the first."""
        at = order.index(letter_id) if letter_id in order else 0
        padded = [None, *order, None, None]
        return cls(padded[at], padded[at + 2])


def next_ready(order: Sequence[tuple[int, str]], letter_id: int) -> int | None:
    """The letter to look at after this one: the next that is ready, else the first. `order` has the
    letters that wait, each with its state."""
    ids = [pk for pk, _ in order]
    at = ids.index(letter_id) if letter_id in ids else 0
    following = [*order[at + 1 :], *order[:at]]
    return next((pk for pk, state in following if state == LetterState.READY.value), None)


def counts_of(school: School) -> Counts:
    letters = Letter.objects.filter(enrolment__school=school).order_by()
    counted = letters.values_list("state", "kind").annotate(Count("pk"))
    return {(state, kind): number for state, kind, number in counted}


def of_queue(counts: Counts, queue: Queue) -> int:
    return sum(number for (state, _), number in counts.items() if state in queue.states)


def kinds_among(counts: Counts, states: Collection[str]) -> list[tuple[Kind, int]]:
    """The kinds among letters in these states, each with how many, the gravest first."""
    by_kind = Counter[str]()
    for (state, kind), number in counts.items():
        by_kind[kind] += number * (state in states)
    by_gravity = sorted(KINDS.values(), key=lambda kind: -kind.rank)
    return [(kind, by_kind[kind.key]) for kind in by_gravity if by_kind[kind.key]]
