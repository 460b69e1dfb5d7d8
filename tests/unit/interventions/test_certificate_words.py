"""The statements of a certificate read as one sentence."""

import pytest

from interventions.certificates.document import numbered


@pytest.mark.parametrize(
    ("statements", "items"),
    [
        (["a"], ["a."]),
        (["a", "b"], ["a; and", "b."]),
        (["a", "b", "c", "d"], ["a;", "b;", "c; and", "d."]),
    ],
)
def test_each_statement_ends_as_its_place_asks_for(statements, items):
    assert numbered(statements) == items
