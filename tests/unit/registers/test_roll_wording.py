"""What the pages of the roll, of planned absences and of closures say in each state."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from registers.closures import wording as closures
from registers.models import Person, Pupil, Relationship
from registers.planned_absence import wording as plans
from registers.planned_absence.papers import wording as papers
from registers.planned_absence.papers.queries import PaperCounts
from registers.planned_absence.planning import wording as planning
from registers.planned_absence.queries import PlanCounts
from registers.roll.groups import wording as groups
from registers.roll.pupils import wording as pupils
from registers.roll.pupils.queries import RollCounts

DAY = date(2026, 11, 24)
MOMENT = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (PlanCounts(0, 0, 0, 0, 0), "Nobody has an absence planned for today or later."),
        (
            PlanCounts(0, 2, 0, 2, 0),
            "Nobody has an absence planned for today, "
            '<a href="?when=coming">2</a> for a later day.',
        ),
        (
            PlanCounts(1, 0, 1, 1, 0),
            '<strong>1 pupil</strong> has an absence planned for <a href="?when=today">today</a>; '
            '<strong><a href="?when=reviews">1 review is due</a></strong>.',
        ),
        (
            PlanCounts(3, 0, 0, 3, 0),
            "<strong>3 pupils</strong> have an absence planned for "
            '<a href="?when=today">today</a>.',
        ),
    ],
)
def test_the_first_sentence_of_the_plans(counts, said):
    assert plans.list_lede(counts) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (PaperCounts(0, 0, 0), "No paper is asked for."),
        (PaperCounts(0, 0, 1), "Every paper is held: 1 is complete."),
        (PaperCounts(2, 1, 3), "<strong>2 papers</strong> of 1 pupil are still to be completed, 3"),
    ],
)
def test_the_first_sentence_of_the_papers(counts, said):
    assert papers.papers_lede(counts).startswith(said)


def plan_page(*, withdrawn_at=None, is_over=False, review_is_due=False):
    plan = SimpleNamespace(withdrawn_at=withdrawn_at, withdrawn_by="Ms Roy", review_on=DAY)
    return SimpleNamespace(plan=plan, is_over=is_over, review_is_due=review_is_due)


@pytest.mark.parametrize(
    ("page", "said", "heading"),
    [
        (
            plan_page(withdrawn_at=MOMENT),
            "Withdrawn on Tuesday 24 November 2026 by <bdi>Ms Roy</bdi>.",
            "Withdrawn",
        ),
        (plan_page(is_over=True), "It is over.", "Over"),
        (
            plan_page(review_is_due=True),
            "Its review was due on Tuesday 24 November 2026: give it a new day, or withdraw it.",
            "Over",
        ),
        (plan_page(), "", "Over"),
    ],
)
def test_how_a_plan_stands(page, said, heading):
    assert planning.plan_state(page) == said
    assert planning.why_no_change(page)[0] == heading


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (RollCounts(1, 0, 0, 0), "<strong>1 pupil</strong> is on the roll today."),
        (
            RollCounts(2, 1, 3, 1),
            "<strong>2 pupils</strong> are on the roll today, "
            '<a href="?state=coming">1 is still to come</a>, '
            '<a href="?state=left">3 have left</a>. '
            '<a href="?state=temporary">1 has a temporary UPN</a>.',
        ),
    ],
)
def test_the_first_sentence_of_the_roll(counts, said):
    assert pupils.roll_lede(counts) == said


def spell(starts_on, leaves_on=None, *, is_void=False):
    return SimpleNamespace(starts_on=starts_on, leaves_on=leaves_on, is_void=is_void)


@pytest.mark.parametrize(
    ("time", "said", "may_leave"),
    [
        (
            spell(date(2025, 9, 1)),
            "<strong>1 September 2025</strong> to <strong>today</strong>",
            True,
        ),
        (
            spell(date(2025, 9, 1), date(2026, 7, 20)),
            "<strong>1 September 2025</strong> to <strong>20 July 2026</strong>",
            False,
        ),
        (spell(date(2027, 1, 4)), "from <strong>4 January 2027</strong>", False),
        (
            spell(date(2025, 9, 1), date(1900, 1, 1), is_void=True),
            '<span class="muted">Entered by mistake: never on the roll.</span>',
            False,
        ),
    ],
)
def test_a_time_on_the_roll(time, said, may_leave):
    assert pupils.spell_days(time, DAY) == said
    assert pupils.may_leave(time, DAY) is may_leave


@pytest.mark.parametrize(
    ("registration", "without", "said"),
    [
        (0, 0, "A register is a group’s: every pupil needs a registration group."),
        (2, 0, "Every pupil on roll is in one."),
        (2, 1, "1 pupil on roll is in none, so no register has that pupil."),
        (2, 3, "3 pupils on roll are in none, so no register has them."),
    ],
)
def test_who_is_in_no_registration_group(registration, without, said):
    assert groups.groups_lede(registration, without).endswith(said)


@pytest.mark.parametrize(
    ("total", "without", "said"),
    [
        (0, 0, "<strong>0 pupils</strong> on roll in 2026/27."),
        (5, 0, "<strong>5 pupils</strong> on roll in 2026/27, every one with a year group."),
        (
            5,
            2,
            "<strong>5 pupils</strong> on roll in 2026/27, "
            "<strong>2 without a year group</strong>.",
        ),
    ],
)
def test_who_has_no_year_group(total, without, said):
    assert groups.year_groups_lede("2026/27", total, without) == said


def look(*, closing=(), begun=(), to_come=(), written=0):
    return SimpleNamespace(
        closing=closing,
        begun=begun,
        to_come=to_come,
        written=written,
        sessions=len([*closing, *begun, *to_come]),
        pupils=2,
        groups=[],
    )


@pytest.mark.parametrize(
    ("found", "terms", "label"),
    [
        (
            look(begun=["am"], written=3),
            ["Sessions", "For whom", "Code"],
            "Close and write 3 marks",
        ),
        (
            look(closing=["am"]),
            ["Sessions", "For whom", "Code", "Not due any more"],
            "Close",
        ),
        (look(to_come=["am"]), ["Sessions", "For whom", "Code", "To come"], "Close"),
    ],
)
def test_what_a_closure_would_do(found, terms, label):
    code = SimpleNamespace(symbol="Y4", meaning="Unexpected closure")
    wanted = SimpleNamespace(for_whom="The whole school")
    facts = closures.look_facts(found, wanted, code, "Wed 14 Jan 2026")
    assert [term for term, _ in facts] == terms
    none = "None: the sessions are not due any more"
    assert dict(facts)["Code"] == (none if found.closing else "Y4, Unexpected closure")
    assert closures.close_label(found) == label


@pytest.mark.parametrize(
    ("telephone", "email", "language", "said"),
    [
        (
            "01632 960 417",
            "",
            "en",
            ['<a class="tel" href="tel:01632960417">01632 960 417</a>'],
        ),
        (
            "",
            "a@example.org",
            "ur",
            [
                '<span class="muted">no telephone</span>',
                "<span>a@example.org</span>",
                '<span class="muted">speaks Urdu</span>',
            ],
        ),
        ("", "", "", ['<span class="muted">no telephone</span>']),
    ],
)
def test_a_contact_says_how_to_reach_them(telephone, email, language, said):
    person = Person(name="Ada Okafor", telephone=telephone, email=email, language=language)
    assert pupils.contact_reach(Relationship(person=person)) == said


@pytest.mark.parametrize(
    ("number", "born_on", "said"),
    [
        ("", None, "UPN A123456789012"),
        ("17", date(2012, 5, 3), "UPN A123456789012, admission number 17, born 3 May 2012"),
    ],
)
def test_a_pupil_to_merge_with_is_told_by_numbers_and_birth(number, born_on, said):
    pupil = Pupil(upn="A123456789012", admission_number=number, born_on=born_on)
    assert pupils.numbers_and_birth(pupil) == said
