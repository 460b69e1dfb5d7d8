"""Draws that `random.Random` does not offer, so that the demonstration needs no numpy."""

import math
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


def dice(*name: object) -> Random:
    """A generator of its own for each part, so that a change to one part leaves the others."""
    return Random(" ".join(map(str, name)))  # noqa: S311 - nothing is kept secret


def by_luck(rng: Random, share: float, things: Iterable[Thing]) -> Iterator[Thing]:
    """About so large a share of them; each is drawn for when its turn comes."""
    return (thing for thing in things if rng.random() < share)


def perhaps(rng: Random, share: float, words: str) -> str:
    """The words, or with the rest of the chance nothing."""
    return words if rng.random() < share else ""


def perhaps_one_of(rng: Random, share: float, words: Sequence[str]) -> str:
    return rng.choice(words) if rng.random() < share else ""


def poisson(rng: Random, mean: float) -> int:
    """How many of something that happens `mean` times on average."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def some(per_thousand: float, of: Sequence[object]) -> int:
    """So many of these; at least one, so that a small school has everything too."""
    return min(len(of), max(1, round(per_thousand * len(of) / 1000)))


def sample_weighted(
    rng: Random, things: Sequence[Thing], weights: Sequence[float], count: int
) -> list[Thing]:
    """`count` different things, the heavier the likelier."""
    order = sorted(
        range(len(things)), key=lambda n: math.log(1 - rng.random()) / max(weights[n], 1e-9)
    )
    return [things[n] for n in order[::-1][:count]]
