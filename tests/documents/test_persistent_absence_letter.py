"""The letter about persistent absence, read back from its PDF."""

import multiprocessing
import os
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from celery.signals import worker_process_shutdown
from weasyprint import HTML

from interventions.letters import render
from interventions.letters.content.files import LetterPupil, Recipient
from registers.web.documents import pdf as documents
from registers.web.documents import weasy
from tests.documents import samples
from tests.documents.reading import Paper

LONG_PUPIL = LetterPupil(samples.LONG_FORENAME, "Featherstonehaugh-Cholmondeley", "10", "10S", "F")
ONE_WORD = "Maximilianakonstantinopolitaoluwaseunanastasiawilhelminarosa"
LONG_RECIPIENT = Recipient(
    "Professor Anastasia-Wilhelmina Featherstonehaugh-Cholmondeley", samples.SIX_LINES, "en"
)
LONG_SCHOOL = replace(
    samples.SCHOOL,
    name="The Blessed Margaret of Ellerwick and Saint Cuthbert’s Academy Trust School",
    headteacher="Dr Konstantina Papadimitriou-Featherstonehaugh (Executive Headteacher)",
)
ARABIC = {
    "pupil": LetterPupil("ليلى", "الحداد", "10", "10S", ""),
    "recipient": Recipient("يوسف الحداد", ["7 Weavers’ Row", "Ellerwick", "EW4 3HN"], "ar"),
}
NOBODY_TO_CALL = {
    "school": replace(samples.SCHOOL, telephone="", email="", headteacher=""),
    "reference": "",
    "signatory_name": "",
}


def sixty_spells():
    return samples.figures(samples.sixty_spells(), as_at=date(2027, 4, 1))


def one_half_day():
    made = samples.marks({"09-07": "I ."}, samples.school_days()[:5])
    return samples.figures(made, as_at=date(2026, 9, 9), year_group_absent=[1] * 5)


def many_reasons():
    """Every row on two lines, every note under the table, no way out: the fullest letter."""
    absences = samples.days_of("U M", every=2) | {"09-04": "Y4 Y4"}
    return samples.figures(samples.marks(absences))


CASES = {
    "usual": {},
    "sixty spells": {"made": sixty_spells},
    "one half day": {"made": one_half_day},
    "many reasons": {"made": many_reasons},
    "long names": {"pupil": LONG_PUPIL, "recipient": LONG_RECIPIENT, "school": LONG_SCHOOL},
    "everything long": {
        "made": sixty_spells,
        "pupil": LONG_PUPIL,
        "recipient": LONG_RECIPIENT,
        "school": LONG_SCHOOL,
    },
    "no space in the name": {"pupil": replace(LONG_PUPIL, forename=ONE_WORD)},
    "Arabic": ARABIC,
    "nobody to call": NOBODY_TO_CALL,
}


def letter(made=None, **changed) -> Paper:
    return Paper(pdf(made, **changed))


@cache
def letter_of(case: str) -> Paper:
    """The letter of a case, for tests that only read it."""
    return letter(**CASES[case])


def pdf(made=None, **changed) -> bytes:
    return render.render_letter("persistent_absence", samples.context(made and made(), **changed))


@pytest.fixture(scope="module")
def usual():
    return letter_of("usual")


def test_it_says_what_was_missed_since_when_and_what_is_left(usual):
    assert "Siyuan has missed 12 days of school" in usual.text
    assert "missed 12 of the 52 school days from 3 September to 20 November." in usual.text
    assert "Half of the pupils in Year 10 have missed 2 days or fewer." in usual.text
    assert "Most of these days were for illness; where you let us know, thank you." in usual.text
    assert "if Siyuan misses no more than 6½ days more by 20 July, he will end" in usual.text
    assert "Mon 14 to Wed 16 Sep 3 days Ill" in usual.text
    assert "Mon 19 Oct afternoon No reason given" in usual.text
    assert "Mrs R. Adeyemi-Clarke Headteacher" in usual.text


def test_it_has_no_percentage(usual):
    assert "%" not in usual.text


@pytest.mark.parametrize("case", CASES)
def test_it_is_one_page(case):
    assert letter_of(case).pages == 1


@pytest.mark.parametrize("case", CASES)
def test_the_window_shows_the_address_and_nothing_else(case):
    """An envelope may show 10 to 110 mm across and 44 to 92 mm down; see print.css."""
    shown = [box for box in letter_of(case).boxes() if box[1] < 112 and box[4] > 43 and box[2] < 93]
    assert shown
    for text, left, top, right, bottom in shown:
        assert left >= 22, text
        assert top >= 54, text
        assert right <= 100, text
        assert bottom <= 80, text
    assert "EW4" in " ".join(text for text, *_ in shown)


@pytest.mark.parametrize("case", CASES)
def test_nothing_runs_off_the_sheet(case):
    for text, left, top, right, bottom in letter_of(case).boxes():
        assert left >= 20, text
        assert right <= 192, text
        assert 12 <= top <= bottom <= 288, text


def test_it_declares_what_a_screen_reader_needs(usual):
    root = usual.file.Root
    metadata = bytes(root.Metadata.read_bytes())
    assert b'pdfuaid:part="1"' in metadata
    assert str(root.Lang) == "en-GB"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(usual.file.docinfo.Title).startswith("Letter about persistent absence: Siyuan Chen")
    assert str(usual.file.docinfo.Author) == "Ellerwick High School"


@pytest.mark.parametrize("case", CASES)
def test_every_picture_has_its_words_and_every_heading_its_scope(case):
    paper = letter_of(case)
    assert [bool(str(tag.get("/Alt", ""))) for tag in paper.tagged("/Figure")] == [True, True]
    scopes = [str(tag.A.Scope) for tag in paper.tagged("/TH")]
    assert sorted(set(scopes)) == ["/Column", "/Row"]
    assert scopes.count("/Column") == 3
    assert len(paper.tagged("/H1")) == 1


@pytest.mark.parametrize("case", ["usual", "Arabic"])
def test_fonts_are_inside_and_only_the_letters_used(case):
    paper = letter_of(case)
    assert any("Source-Sans-3" in name for name in paper.fonts())
    for name, descriptor in paper.fonts().items():
        assert name[7] == "+", f"{name} is not a subset"
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    assert len(paper.pdf) < 60_000


def test_arabic_and_chinese_names_are_read_back():
    assert "陈美玲" in letter_of("usual").text
    greeting = letter_of("Arabic").text
    assert any(word in greeting for word in ("يوسف", "ﻳﻮﺳﻒ"))


@pytest.mark.parametrize(
    ("telephone", "email", "words"),
    [
        ("01632 960417", "a@ellerwick.example", "Please call 01632 960417 or write to a@"),
        ("01632 960417", "", "Please call 01632 960417 to find a time"),
        ("", "a@ellerwick.example", "Please write to a@ellerwick.example to find a time"),
        ("", "", "Please ask at the school office to find a time"),
    ],
)
def test_it_offers_only_the_ways_of_answering_that_there_are(telephone, email, words):
    school = replace(samples.SCHOOL, telephone=telephone, email=email)
    text = letter(school=school).text
    assert words in text
    assert ("Call 01632 960417 and say which" in text) is bool(telephone)


def test_what_is_not_known_is_left_out():
    text = letter_of("nobody to call").text
    assert "Our reference" not in text
    assert "Headteacher:" not in text
    assert "None" not in text


def test_where_the_line_is_passed_for_the_year_it_says_so():
    text = letter(lambda: samples.figures(possible_by_year_end=240)).text
    assert "Even without another day missed, Siyuan will end the year in persistent absence" in text
    assert "time to turn this round" not in text


def test_one_half_day_is_said_as_such():
    text = letter_of("one half day").text
    assert "Siyuan has missed half a day of school" in text
    assert "half a day of the 5 school days from 3 September to 9 September." in text
    assert "½ of 5" in text
    assert "Half of" not in text


def test_notes_say_what_a_parent_could_not_guess():
    text = letter_of("many reasons").text
    assert "Arriving after the register has closed counts as that half day missed." in text
    assert "A further day, when Siyuan could not be expected here, is in neither number." in text


@pytest.mark.parametrize(
    "name",
    [
        '<img src="http://192.0.2.1/a.png">',
        "<script>x</script>",
        "Ms </p>&amp; Smith",
        "{{ school }}",
    ],
)
def test_a_name_is_only_text(name):
    recipient = replace(samples.RECIPIENT, name=name)
    pupil = replace(samples.PUPIL, forename=name)
    context = samples.context(recipient=recipient, pupil=pupil)
    html = render.letter_html("persistent_absence", context)
    assert "<img" not in html
    assert "<script" not in html
    shown = letter(recipient=recipient, pupil=pupil).text
    assert name.replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1/a.png",
        "https://example.org/a.css",
        "file:///etc/passwd",
        "file://192.0.2.1/share/a.png",
        weasy.DOCUMENTS.as_uri() + "/../../manage.py",
        weasy.DOCUMENTS.as_uri() + "/%2e%2e/%2e%2e/manage.py",
        "data:text/css,p{color:red}",
        "ftp://192.0.2.1/a",
    ],
)
def test_the_fetcher_refuses_every_other_address(address):
    with pytest.raises(ValueError, match="only use the files of static/documents"):
        weasy.DocumentFilesOnly().fetch(address)


def test_the_fetcher_serves_our_own_files():
    response = weasy.DocumentFilesOnly().fetch((weasy.DOCUMENTS / "folds.svg").as_uri())
    assert response.content_type == "image/svg+xml"
    assert response.read().startswith(b"<svg")


def test_a_picture_from_elsewhere_is_not_fetched(monkeypatch):
    asked = []
    fetch = weasy.DocumentFilesOnly.fetch

    def watched(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(weasy.DocumentFilesOnly, "fetch", watched)
    page = '<p>Text</p><img src="http://192.0.2.1/a.png" alt="a"><img src="/etc/passwd" alt="b">'
    fetcher = weasy.DocumentFilesOnly()
    drawn = HTML(string=page, base_url=weasy.DOCUMENTS.as_uri(), url_fetcher=fetcher).render()
    assert asked == ["http://192.0.2.1/a.png", "file:///etc/passwd"]
    assert len(drawn.pages) == 1


def test_the_same_context_gives_the_same_bytes():
    assert pdf() == pdf()


def test_a_missing_font_is_an_error_and_not_another_font(monkeypatch, tmp_path):
    monkeypatch.setattr(weasy, "DOCUMENTS", tmp_path)
    with pytest.raises(FileNotFoundError):
        weasy.PdfRenderer()


def _drawn_in_a_fork(queue):
    queue.put((os.getpid(), pdf(), sorted(documents._renderers)))


def test_a_fork_makes_its_own_renderer_and_leaves_its_parent_s_alone():
    before, parents = pdf(), documents.pdf_renderer()
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    child = fork.Process(target=_drawn_in_a_fork, args=(queue,))
    child.start()
    number, drawn, renderers = queue.get(timeout=60)
    child.join(timeout=60)
    assert drawn == before
    assert number in renderers
    assert documents.pdf_renderer() is parents
    assert pdf() == before


def _drawn_by_a_worker(folder: Path):
    tempfile.tempdir = str(folder)
    pdf()
    had_files = any(folder.iterdir())
    worker_process_shutdown.send(sender=None, pid=os.getpid(), exitcode=0)
    os._exit(0 if had_files else 1)


def test_a_worker_s_process_takes_its_font_files_away_and_no_others(tmp_path):
    before = pdf()
    child = multiprocessing.get_context("fork").Process(target=_drawn_by_a_worker, args=(tmp_path,))
    child.start()
    child.join(timeout=60)
    assert child.exitcode == 0
    assert not list(tmp_path.iterdir())
    assert pdf() == before
