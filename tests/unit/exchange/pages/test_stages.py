"""What the page of an upload shows at each of its stages: steps, alerts, notes, links."""

from uuid import UUID

import pytest

from registers.exchange.pages.links import UploadFacts, download_of, links_of
from registers.exchange.pages.stages import (
    STEPS,
    UploadStage,
    alerts_of,
    named_files_of,
    notes_of,
    steps_at,
)
from registers.models import Job, School

HINTS = '<ul class="setup-hints"><li>a &amp; b</li></ul>'
CHANGE = "Change what columns and words mean"


def job(*, file: str = "", **answer) -> Job:
    return Job(pk=UUID(int=7), school=School(urn="900123"), file=file, answer=answer)


@pytest.mark.parametrize("step", range(5))
def test_what_is_done_is_told_apart_from_what_is_at_hand(step):
    steps = steps_at(step)
    assert tuple(one.words for one in steps) == STEPS
    assert [one.attrs for one in steps] == (
        [' class="is-done"'] * step + [' aria-current="step"'] + [""] * 3
    )[:4]


@pytest.mark.parametrize(
    ("stage", "problems", "alerts"),
    [
        (UploadStage.FAILED, [], ["It &lt;broke&gt;"]),
        (UploadStage.BROKEN_OFF, ["a & b"], ["It &lt;broke&gt;", HINTS]),
        (UploadStage.REFUSED, ["a & b"], [HINTS]),
        (UploadStage.GONE, [], []),
    ],
)
def test_alerts_say_why_an_upload_goes_no_further(stage, problems, alerts):
    assert alerts_of(stage, "It <broke>", problems) == alerts


@pytest.mark.parametrize("stage", UploadStage)
def test_notes_are_an_aside_where_the_files_go_on(stage):
    is_aside = 'class="setup-hints muted"' in notes_of(stage, ["read as text"])
    assert is_aside == stage.goes_on
    assert not notes_of(stage, [])


@pytest.mark.parametrize(
    ("stage", "problems", "said"),
    [
        (UploadStage.NO_TABLE, [], '<p class="setup-after long-words">a.csv, b.csv</p>'),
        (UploadStage.NO_TABLE, ["a.csv is empty"], ""),
        (UploadStage.LACKS, [], ""),
    ],
)
def test_files_without_a_table_are_named_once(stage, problems, said):
    assert named_files_of(stage, ["a.csv", "b.csv"], problems) == said


@pytest.mark.parametrize(
    ("stage", "facts", "words"),
    [
        (UploadStage.BROKEN_OFF, UploadFacts(job()), ["Go to the imports"]),
        (UploadStage.GONE, UploadFacts(job(), has_questions=True), ["Choose files"]),
        (UploadStage.LACKS, UploadFacts(job(), has_questions=True), ["Choose files", CHANGE]),
        (UploadStage.CHECKED, UploadFacts(job()), ["Back to the imports"]),
        (UploadStage.CHECKED, UploadFacts(job(), has_changes=True), []),
        (
            UploadStage.CHECKED,
            UploadFacts(job(wrong_rows=2), has_questions=True),
            [CHANGE, "Choose mended files instead"],
        ),
        (UploadStage.IN, UploadFacts(job()), ["See the pupils", "Bring in more files"]),
        (
            UploadStage.IN,
            UploadFacts(job(file="rows.zip"), is_set_up=False),
            [
                "Go on with the set-up",
                "See the pupils",
                "Download the rows that were left out",
                "Bring in more files",
            ],
        ),
    ],
)
def test_every_stage_leads_on(stage, facts, words):
    links = links_of(stage, facts)
    assert [link.words for link in links] == words
    assert sum("btn-primary" in link.attrs for link in links) <= 1


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (UploadStage.CHECKED, "Download the wrong rows"),
        (UploadStage.REFUSED, "Download the list"),
        (UploadStage.IN, ""),
    ],
)
def test_wrong_rows_can_be_downloaded_below_them(stage, words):
    assert words in download_of(stage, UploadFacts(job(file="rows.zip")))
    assert not download_of(stage, UploadFacts(job()))
