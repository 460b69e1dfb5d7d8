"""Several processes at once, each with works that take turns; their times, round by round.

Yardstick and candidate take turns within each process, so that both meet the same crowd.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from multiprocessing import get_context
from statistics import median
from typing import Any

from django.db import connections

from benchmarks.timing import percentile, seconds

ROUNDS, WARM = 3, 5
PATIENCE = 300  # seconds until the slowest process must be done

Works = Mapping[str, Iterator[Callable[[], object]]]  # by kind, each made ready before it is timed
Turns = Mapping[str, tuple[tuple[str, ...], int]]  # parts of a round: kinds by turns, how often
Times = dict[tuple[str, str], list[list[float]]]  # by part and kind, the times of each round


def measure(hands: Sequence[Any], turns: Turns, works_of: Callable[[Any], Works]) -> Times:
    """A process for each hand, whose works `works_of` makes there; the times of all together."""
    fork = get_context("fork")
    barrier, answers = fork.Barrier(len(hands)), fork.Queue()
    connections.close_all()
    processes = [
        fork.Process(target=_work, args=(hand, turns, works_of, barrier, answers), daemon=True)
        for hand in hands
    ]
    for process in processes:
        process.start()
    given = [answers.get(timeout=PATIENCE) for _ in processes]
    for process in processes:
        process.join()
    for answer in given:
        if isinstance(answer, BaseException):
            raise answer
    return {
        what: [[*chain(*(times[what][n] for times in given))] for n in range(ROUNDS)]
        for what in given[0]
    }


def _work(hand: Any, turns: Turns, works_of: Callable[[Any], Works], barrier, answers) -> None:
    try:
        answers.put(_rounds(works_of(hand), turns, barrier))
    except BaseException as failure:
        barrier.abort()
        answers.put(failure)
    finally:
        connections.close_all()


def _rounds(works: Works, turns: Turns, barrier) -> Times:
    times: Times = {(part, kind): [] for part, (kinds, _) in turns.items() for kind in kinds}
    for kind in {kind for _, kind in times}:
        for work in islice(works[kind], WARM):
            work()
    gc.collect()
    for _ in range(ROUNDS):
        for part, (kinds, count) in turns.items():
            barrier.wait(timeout=PATIENCE)
            taken = [[seconds(next(works[kind])) for kind in kinds] for _ in range(count)]
            for kind, of_kind in zip(kinds, zip(*taken, strict=True), strict=True):
                times[part, kind].append(list(of_kind))
    return times


def of_rounds(rounds: list[list[float]], share: float) -> float:
    """The median of the rounds' percentiles, so that one noisy minute does not speak for all."""
    return median(percentile(times, share) for times in rounds)
