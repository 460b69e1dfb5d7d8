"""The ruler of `benchmarks/house` measures what it says, and its limits lead to the goals only."""

import ast
import json
from pathlib import Path

import pytest

from benchmarks.house import __main__ as program
from benchmarks.house import files, limits, night, python_code, unused
from benchmarks.house.python_code import Module

ROOT = Path(__file__).resolve().parents[2]
SOURCE = """
class Sheet:
    def rows(self, marks: list) -> list:
        found = [mark for mark in marks if mark]
        def newest(mark):
            return mark and mark.at or None
        return sorted(found, key=newest)
"""


@pytest.fixture
def module() -> Module:
    return Module(Path("absence/sheet.py"), SOURCE)


def test_methods_and_closures_are_functions_of_their_own(module):
    assert python_code.complexities([module]) == {
        "absence/sheet.py:3 rows": 3,  # itself, the comprehension and its condition
        "absence/sheet.py:5 newest": 3,
    }
    assert list(python_code.lengths([module]).values()) == [5, 2]
    assert [python_code.is_typed(function) for function in module.functions()] == [True, False]
    assert python_code.variables_saying_nothing(module) == 2


def test_a_public_class_name_is_shared_between_modules_only(module):
    other = Module(Path("absence/other.py"), "class Sheet: ...\nclass Command: ...")
    third = Module(Path("absence/third.py"), "class _Row: ...\nclass Command: ...")
    assert list(python_code.shared_class_names([module, other, third])) == ["Sheet"]


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("assert 'Two pupils' in page", True),
        ("assert '<b>' not in page", True),
        ("assert 'ready' in states", False),
        ("assert page.title == 'Two pupils'", False),
    ],
)
def test_an_assertion_on_prose_looks_for_words_or_html_in_a_text(source, asks):
    (assertion,) = ast.parse(source).body
    assert files.asks_for_prose(assertion) is asks


def test_logic_and_long_lines_of_templates(tmp_path):
    folder = tmp_path / "templates"
    folder.mkdir()
    line = "{% if a %}{% include 'b' %}{% else %}{% endif %}\n"
    (folder / "a.html").write_text(line + "x" * 161 + "\n" + "<path " + "x" * 200 + "\n\n")
    assert files.logic_by_template(tmp_path) == {"templates/a.html": 50}
    assert files.long_lines_by_template(tmp_path) == {"templates/a.html": 1}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('render(request, "absence/lists/pupils.html")', True),
        ('render(f"absence/lists/{part}.html") if part == "pupils"', True),
        ('render("absence/lists/_row.html"), ("pupil",)', False),
        ('{% include "interventions/pupils.html" %}', False),
    ],
)
def test_a_template_is_named_by_its_path_or_by_folder_and_name(text, named):
    template, other = Path("templates/absence/lists/pupils.html"), Path("absence/views.py")
    assert unused.is_named(template, {other: text, template: "absence/lists/pupils.html"}) is named


def test_statements_of_a_night_belong_to_the_step_whose_files_were_run():
    assert night.step_of(["/x/absence/standings/actions.py", "/x/night.py"]) == "standings"
    assert night.step_of(["/x/letters/drawing.py"]) == "drawing of PDFs"
    assert night.step_of(["/x/night.py"]) == "the night itself"


def test_a_figure_over_its_limit_is_told_with_the_limit():
    assert limits.over({"a": 3, "b": 2}, {"a": 2, "b": 2}) == {"a": 2}


def test_what_is_allowed_for_now_is_above_a_goal():
    for_now = limits.for_now(ROOT)
    assert all(limit > limits.GOALS[name] for name, limit in for_now.items())


def test_the_figures_before_have_the_names_of_those_now():
    before = json.loads(program.BEFORE.read_text())["figures"]
    assert set(before) == set(program.LABELS)
