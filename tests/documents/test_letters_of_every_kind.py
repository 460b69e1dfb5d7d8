"""Each kind of letter read back from its PDF: one page, the window, its numbers, its sentences."""

from datetime import date
from functools import cache

import pytest

from interventions.letters import render
from interventions.letters.wordings.merge_fields import fill, wrong_in_body
from interventions.rules.letter_kinds import KINDS
from tests.documents import samples
from tests.documents.reading import Paper
from tests.documents.test_persistent_absence_letter import (
    ARABIC,
    LONG_PUPIL,
    LONG_RECIPIENT,
    LONG_SCHOOL,
    NOBODY_TO_CALL,
)

MEETING = {
    "on": "2026-12-10",
    "at": "14:40",
    "minutes": 30,
    "place": "the Garden Room",
    "members": ["Ms Priya Raman, Deputy Headteacher", "Mr Daniel Osei, Head of Year 10"],
    "words": "We met on 14 October.\n\nSince then much has changed.",
}
LIGHT = {"09-14": "I I", "10-02": ". N", "10-12": "I I", "11-16": "N N"}
THURSDAYS = {f"{d:%m-%d}": "O O" for d in samples.school_days() if d.weekday() in (3, 4)}
EARLY = {f"{d:%m-%d}": "I I" for d in samples.school_days()[2:14]} | {"11-10": "M ."}
HALF = samples.days_of("I I", every=2) | {"09-04": "O O", "09-08": "O O"}
ABSENCES = {
    "first_concern": LIGHT,
    "at_risk": LIGHT | {"10-06": "M .", "11-12": "I I"},
    "persistent_absence": samples.ABSENCES,
    "severe_absence": HALF,
    "meeting_invitation": samples.ABSENCES,
    "panel_invitation": THURSDAYS,
    "going_well": EARLY,
}
RECENT_FROM = date(2026, 10, 19)


def usual(kind: str) -> dict:
    return samples.figures(samples.marks(ABSENCES[kind]), recent_from=RECENT_FROM)


def sixty_spells() -> dict:
    return samples.figures(
        samples.sixty_spells(),
        as_at=date(2027, 4, 1),
        recent_from=date(2027, 3, 1),
    )


def nothing_missed() -> dict:
    return samples.figures(samples.marks({}), recent_from=RECENT_FROM)


CASES = {
    "usual": {},
    "long": {"pupil": LONG_PUPIL, "recipient": LONG_RECIPIENT, "school": LONG_SCHOOL},
    "Arabic": ARABIC,
    "nobody to call": NOBODY_TO_CALL,
}


def letter(kind: str, case: str = "usual", made: dict | None = None, **changed) -> Paper:
    figures = made or (sixty_spells() if case == "long" else usual(kind))
    given = {"details": MEETING if KINDS[kind].is_meeting else {}, **CASES[case], **changed}
    return Paper(render.render_letter(kind, samples.context(figures, kind, **given)))


@cache
def letter_of(kind: str, case: str = "usual") -> Paper:
    """The letter of a case, for tests that only read it."""
    return letter(kind, case)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_one_page_and_nothing_but_the_address_in_the_window(kind, case):
    paper = letter_of(kind, case)
    assert paper.pages == 1
    shown = [box for box in paper.boxes() if box[1] < 112 and box[4] > 43 and box[2] < 93]
    for text, left, top, right, bottom in shown:
        assert left >= 22, text
        assert top >= 54, text
        assert right <= 100, text
        assert bottom <= 80, text
    for text, left, top, right, bottom in paper.boxes():
        assert left >= 20, text
        assert right <= 192, text
        assert 12 <= top <= bottom <= 288, text


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_screen_reader_needs(kind):
    paper = letter_of(kind)
    root = paper.file.Root
    assert b'pdfuaid:part="1"' in bytes(root.Metadata.read_bytes())
    assert str(root.Lang) == "en-GB"
    assert root.MarkInfo.Marked
    assert "Siyuan Chen" in str(paper.file.docinfo.Title)
    assert len(paper.tagged("/H1")) == 1
    assert all(str(tag.get("/Alt", "")) for tag in paper.tagged("/Figure"))
    assert all("/Scope" in tag.A for tag in paper.tagged("/TH"))
    assert "%" not in paper.text
    assert "None" not in paper.text


SAID = {
    "first_concern": [
        "Siyuan’s attendance: can we help?",
        "Siyuan has missed 3½ days of school since 3 September.",
        "Tell us the reason for 2 October and 16 November, even if it seems late.",
        "Fri 2 Oct afternoon No reason given",
    ],
    "at_risk": [
        "Siyuan has missed 5 of the 52 school days from 3 September to 20 November.",
        "Siyuan is near that line and has not crossed it.",
    ],
    "persistent_absence": ["Siyuan has missed 12 of the 52 school days"],
    "severe_absence": ["Siyuan has missed 28 of the 52 school days", "half of the time or more"],
    "meeting_invitation": [
        "Please come and meet us on Thursday 10 December at 2.40pm, the Garden Room,",
        "We met on 14 October. Since then much has changed.",
        "You will meet Ms Priya Raman (Deputy Headteacher) and Mr Daniel Osei (Head of Year 10).",
        "Please tell us by Monday 30 November if you can come,",
        "Siyuan has missed 12 of the 52 school days",
    ],
    "panel_invitation": [
        "Please come to an attendance panel on Thursday 10 December at 2.40pm",
        "Siyuan has missed 22 of the 52 school days",
        "For these we had no reason that the school could accept.",
    ],
    "going_well": [
        "Siyuan has missed half a day in the last 20 school days.",
        "In the 32 school days before that, he missed 12 days.",
    ],
}


@pytest.mark.parametrize(("kind", "sentences"), SAID.items())
def test_it_says_its_numbers(kind, sentences):
    text = letter_of(kind).text
    for sentence in sentences:
        assert sentence in text


@pytest.mark.parametrize("kind", ["first_concern", "at_risk", "meeting_invitation", "going_well"])
def test_the_law_is_only_where_it_is_needed(kind):
    assert "by law" not in letter_of(kind).text


@pytest.mark.parametrize("kind", ["meeting_invitation", "panel_invitation"])
def test_an_invitation_needs_no_absence_and_no_details(kind):
    text = letter(kind, made=nothing_missed()).text
    assert "has missed" not in text
    bare = letter(kind, details={"on": "2026-11-25", "at": "9:00", "place": "Room 4"}).text
    assert "on Wednesday 25 November at 9am, Room 4." in bare or "Room 4" in bare
    assert "You will meet" not in bare
    assert "Please tell us if you can come," in bare  # too near to ask for a day


def test_no_reasons_asked_for_where_all_are_known():
    made = samples.figures(samples.marks({"09-14": "I I", "09-21": "M ."}))
    text = letter("first_concern", made=made).text
    assert "Tell us the reason" not in text
    assert "You need do nothing about the days for which you told us the reason." in text


def test_many_open_days_are_not_all_listed():
    made = samples.figures(samples.marks(samples.days_of("N .", every=5)))
    assert "the days without one, the latest of them" in letter("first_concern", made=made).text


def test_no_letter_calls_weekdays_a_pattern_that_nobody_has_tested():
    text = letter_of("panel_invitation").text
    assert "Thursdays" not in text
    assert "Most of these days" not in text


def test_kept_words_that_named_a_pattern_still_make_a_letter():
    kept = "<p>{{pattern}}</p><p>Please come, {{pupil.first_name}} too.</p>"
    made = {"recipient": {"language": ""}, "pupil.first_name": "Siyuan"}
    assert fill(kept, made) == '<p class="lead">Please come, Siyuan too.</p>'
    (problem,) = wrong_in_body("panel_invitation", kept)
    assert "{{pattern}} was taken out of letters" in problem


def test_figures_from_before_the_charts_were_kept_still_make_a_letter():
    made = usual("first_concern")
    for name in ("days", "weeks", "recent"):
        made.pop(name)
    paper = letter("first_concern", made=made)
    assert paper.pages == 1
    assert "The days missed" in paper.text


@pytest.mark.parametrize("name", ["{{ school }}", "{{secret}}", "<b>x</b>", "{% load x %}"])
def test_what_people_typed_is_only_text(name):
    context = samples.context(
        usual("meeting_invitation"),
        "meeting_invitation",
        details={**MEETING, "words": name, "place": name, "members": [name]},
        pupil=samples.LetterPupil(name, "Chen", "10", "10S", ""),
    )
    text = Paper(render.render_letter("meeting_invitation", context)).text
    assert text.replace(" ", "").count(name.replace(" ", "")) >= 5
