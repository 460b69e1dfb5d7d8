"""The questions of a proposal as a form, and a proposal as the page shows it: plain values."""

import pytest
from django.http import QueryDict

from registers.exchange.pages.forms import ASKED_ANEW, QuestionsForm
from registers.exchange.pages.proposed_tables import tables_shown
from registers.exchange.pages.stages import UploadStage, UploadStanding, head_of

ORDER = {
    "id": "order:dob",
    "source": "pupils.csv",
    "about": "DOB",
    "words": "Which comes first in DOB?",
    "choices": [["dmy", "The day: 4 March"], ["mdy", "The month: 3 April"]],
    "suggested": "dmy",
    "answer": None,
    "must": True,
    "open": True,
}
CODE = {
    "id": "code:ZZ",
    "source": "marks.csv",
    "about": "ZZ",
    "words": "What is ZZ?",
    "choices": [[str(number), f"Code {number}"] for number in range(9)],
    "suggested": None,
    "answer": None,
}
ENTRY = {
    "id": "entry",
    "source": "pupils.csv",
    "about": "",
    "words": "On which day do they come?",
    "choices": [],
    "suggested": "2025-09-01",
    "answer": None,
}


def sent(form: QuestionsForm, **answers: str) -> QuestionsForm:
    data = QueryDict(mutable=True)
    data.update({"seen": form.digest} | answers)
    return QuestionsForm(data, questions=form.questions)


def test_questions_stand_by_their_table_in_the_order_of_the_files():
    form = QuestionsForm(questions=[ORDER, CODE, ENTRY])
    by_source = [(one.source, [field.name for field in one.fields]) for one in form.by_source]
    assert by_source == [("pupils.csv", ["q0", "q2"]), ("marks.csv", ["q1"])]


@pytest.mark.parametrize(
    ("question", "widget"),
    [(ORDER, "radioselect"), (CODE, "select"), (ENTRY, "text")],
    ids=["few choices", "many", "none"],
)
def test_few_choices_stand_open(question, widget):
    assert QuestionsForm(questions=[question])["q0"].widget_type == widget


@pytest.mark.parametrize(
    ("question", "start"),
    [(ORDER, "dmy"), (ORDER | {"answer": "mdy"}, "mdy"), (CODE, None)],
    ids=["suggested", "answered before", "neither"],
)
def test_a_question_starts_with_what_was_answered_or_is_suggested(question, start):
    assert QuestionsForm(questions=[question])["q0"].initial == start


def test_answers_are_by_the_id_of_their_question():
    form = sent(QuestionsForm(questions=[ORDER, CODE]), q0="mdy", q1="3")
    assert form.is_valid()
    assert form.answers == {"order:dob": "mdy", "code:ZZ": "3"}


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"q0": "dmy"}, {"q1": ["Answer what is asked about ZZ"]}),
        ({"q0": "ymd", "q1": "1"}, {"q0": ["Choose one of the list"]}),
        ({"q0": "dmy", "q1": ""}, {"q1": ["Answer what is asked about ZZ"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_question(answers, wrong):
    assert sent(QuestionsForm(questions=[ORDER, CODE]), **answers).errors == wrong


def test_answers_to_other_questions_than_those_that_stand_now_are_not_taken():
    form = sent(QuestionsForm(questions=[ORDER]), q0="dmy")
    form = QuestionsForm(form.data, questions=[CODE, ORDER])
    assert ASKED_ANEW in form.non_field_errors()


def test_a_question_s_words_are_never_taken_for_a_template():
    form = QuestionsForm(questions=[ORDER | {"words": "{{ 7 }}{% now %}<b>"}])
    assert "{{ 7 }}{% now %}&lt;b&gt;" in str(form["q0"].label_tag())


def test_what_rollbook_knows_by_itself_is_an_answer_only_where_it_is_changed():
    known = ORDER | {"must": False, "open": False}
    before = known | {"answer": "mdy"}
    assert answered(known, "dmy") == {}
    assert answered(known, "") == {}
    assert answered(known, "mdy") == {"order:dob": "mdy"}
    assert answered(before, "dmy") == {"order:dob": "dmy"}  # taken back


def answered(question: dict, value: str) -> dict[str, str]:
    form = sent(QuestionsForm(questions=[question]), q0=value)
    assert form.is_valid(), form.errors
    return form.answers


TABLE = {
    "id": "1",
    "source": "pupils.xlsx, sheet Year 7",
    "kind": "pupils.csv",
    "why": "by its columns",
    "rows": 1,
    "notes": ["2 title lines above the headings were left out"],
    "problems": [],
    "columns": [
        {"heading": "Surname", "field": "Surname", "sure": "known", "samples": ["Haddad"]},
        {"heading": "House", "field": None, "sure": "left out", "samples": ["Red"]},
    ],
    "words": [
        {"field": "Sex", "word": "Female", "taken_for": "F", "count": 1},
        {"field": "Sex", "word": "M", "taken_for": "M", "count": 1},
    ],
    "previews": [
        {
            "file": "pupils.csv",
            "columns": ["UPN", "Surname", "FSM", "Date of birth"],
            "rows": [[4, ["", "Haddad", "", ""], {"Date of birth": "“x” is no date"}]],
        }
    ],
}


def test_rows_show_the_columns_that_have_something_and_what_is_wrong():
    [shown] = tables_shown({"tables": [TABLE]})
    [preview] = shown.previews
    assert preview.headings == ["Surname", "Date of birth"]
    wrong = '<strong class="become-wrong">“x” is no date</strong>'
    assert preview.rows == [(4, ["Haddad", wrong])]
    assert shown.said == "is read as pupils, 1 row: by its columns"
    assert shown.columns_said == "1 of 2 columns are read"


def test_words_that_stay_as_they_are_need_no_telling():
    [shown] = tables_shown({"tables": [TABLE]})
    assert [word["word"] for word in shown.words] == ["Female"]


@pytest.mark.parametrize(
    ("why", "said"), [("", "is not known yet"), ("as you said", "is not read")]
)
def test_a_table_that_is_not_read_says_so(why, said):
    [shown] = tables_shown({"tables": [TABLE | {"kind": None, "why": why}]})
    assert shown.said == said


@pytest.mark.parametrize(
    ("stage", "answer", "changes", "said"),
    [
        (UploadStage.ASKS, {}, 0, "Rollbook needs 2 things of you; all else it has found out."),
        (UploadStage.CHECKED, {}, 3, "Every row is good. Nothing is written yet."),
        (UploadStage.CHECKED, {"wrong_rows": 1}, 3, "1 row is wrong; all the others are good."),
        (UploadStage.CHECKED, {"wrong_rows": 1200}, 0, "1,200 rows are wrong; all the others"),
        (
            UploadStage.CHECKED,
            {},
            0,
            "Rollbook has all of this already: the files would change nothing",
        ),
        (UploadStage.IN, {}, 3, "Every row came in."),
        (UploadStage.IN, {"counts": {"new pupils": 1}}, 3, "Every row came in. 1 pupil is new."),
        (
            UploadStage.IN,
            {"counts": {"new pupils": 412, "new contacts": 780, "new marks": 156000}},
            3,
            "Every row came in. 412 pupils, 780 contacts and 156,000 marks are new.",
        ),
        (UploadStage.IN, {"wrong_rows": 2}, 3, "2 rows were left out and wait to be mended."),
        (UploadStage.IN, {}, 0, "Rollbook had all of this already."),
        (
            UploadStage.REFUSED,
            {"problem_count": 1},
            0,
            "Nothing was written. 1 thing must be put right",
        ),
    ],
)
def test_the_page_says_first_how_it_stands(stage, answer, changes, said):
    head = head_of(stage, UploadStanding(answer, questions=2, changes=changes))
    assert f"{head.lead}{head.rest}".startswith(said)


@pytest.mark.parametrize("stage", UploadStage)
def test_every_stage_has_its_head(stage):
    assert head_of(stage, UploadStanding({}, questions=1, changes=1)).heading
