"""Which figures a letter states: tried with its own words."""

from datetime import date
from itertools import permutations

import pytest

from interventions.letters.content.stated import in_a_sentence, moved_figures
from interventions.letters.render import letter_html
from interventions.rules.letter_kinds import KINDS
from tests.documents import samples

RECENT = ("missed", "possible", "missed_before", "possible_before")

KEPT = {
    "missed": 8,
    "possible": 82,
    "to_spare": 3,
    "possible_by_year_end": 378,
    "year_median": 4,
    "first_on": "2026-09-03",
    "spells": [{"first_on": "2026-09-14"}],
}


def say(figures: dict) -> str:
    """A letter that states some of its figures."""
    return (
        f"{figures['missed']} of {figures['possible']} since {figures['first_on']}; half missed "
        f"{figures['year_median']}; {len(figures['spells'])} spells"
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({}, ""),
        ({"possible_by_year_end": 380}, ""),  # the calendar got a day: this letter does not say
        ({"to_spare": 4}, ""),
        ({"possible": 84}, "Possible sessions 82, now 84."),
        (
            {"missed": 9, "possible": 84, "to_spare": 2},
            "Sessions missed 8, now 9; possible sessions 82, now 84.",
        ),
        ({"first_on": "2026-09-07"}, "First day 3 September 2026, now 7 September 2026."),
        ({"spells": []}, "The dates of the absences."),
        ({"year_median": 3}, ""),  # half have missed 4 or fewer: still true
        ({"year_median": 5}, "Sessions that half of the year group missed 4, now 5."),
        ({"year_median": None}, "Sessions that half of the year group missed 4, now none."),
    ],
)
def test_a_figure_has_moved_where_the_letter_states_it(now, words):
    moved = moved_figures(KEPT, KEPT | now, say)
    said = in_a_sentence(moved).replace("\N{NO-BREAK SPACE}", " ") if moved else ""
    assert said == words


def test_figures_that_a_letter_never_kept_have_not_moved():
    kept = {"missed": 8}
    assert moved_figures(kept, KEPT | {"possible": 1}, lambda figures: str(figures)) == []


def test_figures_that_move_the_words_only_together_are_all_named():
    def both(figures: dict) -> str:
        return str(figures["missed"] == 9 and figures["possible"] == 84)

    moved = moved_figures(KEPT, KEPT | {"missed": 9, "possible": 84}, both)
    assert [one.key for one in moved] == ["missed", "possible"]


def _figures_of_four_letters() -> list[dict]:
    nothing = samples.figures(samples.marks({}))
    return [
        samples.figures(),
        samples.figures(samples.sixty_spells(), as_at=date(2027, 4, 1)),
        samples.figures(samples.marks(samples.days_of("O O")), year_group_absent=[]),
        nothing | {"recent": {**dict.fromkeys(RECENT, 0), "first_on": "2026-10-01"}},
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_figure_can_be_tried_by_itself(kind):
    """A letter's words hold for figures of which one alone is another's: none breaks them."""

    def say(figures: dict) -> str:
        return letter_html(kind, samples.context(figures, kind))

    for kept, now in permutations(_figures_of_four_letters(), 2):
        moved = moved_figures(kept, now, say)
        assert moved
        assert in_a_sentence(moved)
