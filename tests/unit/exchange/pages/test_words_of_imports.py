"""What an import counts, and what is wrong with its rows, in words."""

import pytest

from registers.exchange.pages.layout_files import layout_file_lines
from registers.exchange.pages.stages import UploadStage, progress_in_words
from registers.exchange.pages.words import (
    RunState,
    count_lines,
    how_often,
    run_state,
    what_changed,
    wrong_rows,
)
from registers.models import Import, Job


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, [""]),
        ({"unchanged pupils": 4}, [""]),
        ({"new pupils": 3}, ["Pupils: 3 new"]),
        (
            {"new pupils": 1200, "changed pupils": 2, "removed sessions": 1},
            ["Sessions of the calendar: 1 taken out;", "Pupils: 1,200 new, 2 changed"],
        ),
    ],
)
def test_what_an_import_changed_is_told_by_kind(counts, said):
    assert what_changed(counts) == said


@pytest.mark.parametrize(("unchanged", "shown"), [(0, "–"), (1035, "1,035")])
def test_what_stayed_is_a_number_or_a_dash(unchanged, shown):
    (line,) = count_lines({"new pupils": 1, "unchanged pupils": unchanged})
    assert (line.unchanged_shown, line.changes) == (shown, 1)


@pytest.mark.parametrize(("times", "said"), [(1, "once"), (2, "2 times"), (1200, "1,200 times")])
def test_how_often_files_came_in(times, said):
    assert how_often(times) == said


@pytest.mark.parametrize(
    ("state", "is_stopped", "tag"),
    [
        (Import.State.DONE, False, RunState("Done", "good")),
        (Import.State.STOPPED, False, RunState("Broken off", "bad")),
        (Import.State.WRITING, True, RunState("Broken off", "bad")),
        (Import.State.WRITING, False, RunState("At work")),
    ],
)
def test_an_import_says_how_it_ended(state, is_stopped, tag):
    run = Import(pk=1, state=state)
    assert run_state(run, stopped=run if is_stopped else None) == tag


EMPTY = {"file": "p.csv", "column": "Surname", "code": "empty", "values": {}}


@pytest.mark.parametrize(
    ("kept", "where", "what", "how"),
    [
        (EMPTY | {"lines": [7], "rows": 1}, "p.csv, line 7", "Surname is empty", "Fill in this"),
        (EMPTY | {"lines": [7, 9], "rows": 2}, "p.csv, lines 7 and 9", "Surname is", "Fill in"),
        (EMPTY | {"lines": [7, 9], "rows": 40}, "p.csv, lines 7, 9 and 38 more", "Surname", "Fill"),
        (
            {"file": "p.csv", "column": "", "code": "file_missing", "values": {}}
            | {"lines": [0], "rows": 1},
            "p.csv",
            "The file is missing",
            "Add this file",
        ),
        (["p.csv", [3], "UPN", "kept by an old version", 1], "p.csv, line 3", "Kept", "Correct"),
    ],
)
def test_a_group_of_problems_is_a_line_of_the_page(kept, where, what, how):
    (row,) = wrong_rows([kept])
    assert row.where == where
    assert row.what.startswith(what)
    assert row.how.startswith(how)


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (Job(state="queued", said="No."), "Waits for a worker."),
        (Job(state="running"), "At work."),
        (Job(state="running", said="Writing:", done=5, total=1200), "Writing: 5 of 1,200."),
    ],
)
def test_how_far_a_job_is_in_words(job, said):
    assert progress_in_words(job) == said


@pytest.mark.parametrize("stage", UploadStage)
def test_a_stage_that_is_at_work_shows_that_and_no_other(stage):
    assert stage.is_at_work == stage.template.endswith("_working.html")


def test_columns_that_every_row_fills_are_bold():
    lines = {line.file: line for line in layout_file_lines()}
    assert "<strong>UPN</strong>, <strong>Date</strong>" in lines["marks.csv"].columns
    assert "<strong>Comment" not in lines["marks.csv"].columns
    assert all(line.about for line in lines.values())
