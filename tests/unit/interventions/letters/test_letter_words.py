"""The words of letters with merge fields: what may stand in them, and how they are filled."""

import pytest

from interventions.letters.content import invented
from interventions.letters.content.files import LetterSchool
from interventions.letters.render import _Values, filled
from interventions.letters.wordings import merge_fields
from interventions.letters.wordings.merge_fields import (
    FIELDS,
    WrongWordsError,
    fields_of,
    fill,
    fill_line,
    read_words,
    wrong_in_body,
)
from interventions.letters.wordings.own_words import OWN_WORDS
from interventions.rules.letter_kinds import KINDS

SCHOOL = LetterSchool(
    "Ellerwick High School",
    "Mrs R. Adeyemi-Clarke",
    ["Saltergate Road", "EW4 7QT"],
    "01632 960417",
    "",
)


@pytest.mark.parametrize("kind", KINDS)
def test_rollbooks_own_words_are_what_a_school_could_have_written(kind):
    words = OWN_WORDS[kind]
    subject, body = read_words(kind, words.subject, words.body)
    assert subject == words.subject
    assert body == words.body.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_list_can_be_filled(kind):
    values = _Values(invented.context(kind, SCHOOL))
    assert set(values) == {field.name for field in FIELDS}
    for field in fields_of(kind):
        assert isinstance(values[field.name], str)


@pytest.mark.parametrize("kind", KINDS)
def test_an_invented_letter_leaves_no_field_and_no_empty_paragraph(kind):
    shown = filled(kind, invented.context(kind, SCHOOL))
    assert "{{" not in shown["heading"] + shown["body"]
    assert "<p></p>" not in shown["body"]
    assert "<li></li>" not in shown["body"]
    assert "Siyuan" in shown["heading"]
    assert shown["body"].startswith('<p class="lead">')


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "Write the letter"),
        ("<p>{{pupil.firstname}}</p>", "Did you mean {{pupil.first_name}}?"),
        ("<p>{{ pupil.First_Name }}</p>", "Did you mean {{pupil.first_name}}?"),
        ("<p>{{zzzzzzzzzz}}</p>", "choose one of the list"),
        ("<p>{{missed</p>", "no partner"),
        ("<p>missed}}</p>", "no partner"),
        ("<p>{{missed|safe}}</p>", "There is no field {{missed|safe}}"),
        ("<p>{% load x %}{{ settings.SECRET_KEY }}</p>", "There is no field"),
        ("<p>{{meeting.when}}</p>", "belongs to other letters"),
        ("<p>See {{dates}} below</p>", "put it in a paragraph of its own"),
        ("<ul><li>{{dates}}</li></ul>", "put it in a paragraph of its own"),
        ('<p><img src="http://192.0.2.1/a.png"></p>', "cannot hold <img>"),
        ("<p>x</p><script>alert(1)</script>", "cannot hold <script>"),
        ('<p style="color:red">x</p>', "take out style on <p>"),
        ('<p onclick="x()">x</p>', "take out onclick on <p>"),
        ('<a href="https://example.org">x</a>', "cannot hold <a>"),
        ("<style>p{}</style><p>x</p>", "cannot hold <style>"),
        ("<table><tr><td>x</td></tr></table>", "cannot hold <table>"),
        ("<p>" + "x" * 8_001 + "</p>", "characters"),
    ],
)
def test_what_cannot_be_a_letter_is_said(body, problem):
    assert any(problem in words for words in wrong_in_body("first_concern", body))
    with pytest.raises(WrongWordsError):
        read_words("first_concern", "Attendance", body)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(WrongWordsError) as wrong:
        read_words("first_concern", "<b>{{nme}}</b>", "<p>{{mised}}</p><img><table></table>")
    assert len(wrong.value.problems) == 5


def test_words_without_tags_become_paragraphs():
    _, body = read_words("first_concern", "x", "One\nline.\n\nTwo & three.")
    assert body == "<p>One line.</p>\n<p>Two &amp; three.</p>"


def test_what_is_kept_is_sanitised_whatever_was_checked():
    html = merge_fields.clean(
        '<p onclick="x">a<script>b</script><img src=x><a href="//x">c</a></p>'
    )
    assert html == "<p>ac</p>"


def test_an_empty_sentence_goes_with_its_paragraph_and_an_empty_list_too():
    values = {"a": "", "b": "words", "dates": "<table></table>"}
    body = "<p>{{a}}</p><ul><li>{{ a }}</li></ul><p><strong>{{a}}</strong></p><p>{{b}} {{a}}</p>"
    assert fill(body, values) == '<p class="lead">words </p>'
    assert fill("<p>{{dates}}</p>", values) == "<table></table>"


def test_a_value_is_never_read_as_a_field_or_cleaned_away():
    values = {"name": "{{secret}} &lt;b&gt;", "secret": "not shown"}
    assert fill("<p>{{name}}</p>", values) == '<p class="lead">{{secret}} &lt;b&gt;</p>'
    assert fill_line("About {{name}} & <b>", values) == "About {{secret}} &lt;b&gt; &amp; &lt;b&gt;"
