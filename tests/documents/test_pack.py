"""A pack and a certificate, read back from their PDFs: numbers, pages, what is left out."""

import re
from datetime import date, datetime, time

import pikepdf
import pytest
from django.utils import timezone

from interventions.certificates import document as certificate
from interventions.certificates.queries import certificate as read_certificate
from interventions.packs import render
from interventions.packs.queries import papers
from interventions.packs.words import CasePaper, PanelPaper
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Mark, PlannedAbsence
from registers.web.documents.merging import headings
from tests import factories
from tests.documents.reading import Paper
from tests.factories.classes import amend_mark, make_class
from tests.factories.drawn_schools import marks_of, write_all

pytestmark = pytest.mark.django_db
AS_AT = date(2025, 9, 12)
STOOD_AT = datetime(2025, 9, 15, 9, 30)
PANEL = PanelPaper(
    date(2025, 9, 26),
    time(14, 0),
    "Garden Room",
    ["Ms P. Raman, Deputy Headteacher"],
    "Ms P. Raman",
)
FIRST = "/\\" * 2 + "OO" + "I\\" + "/\\" + "L\\" + "NN" + "U\\" + "/\\" * 2
SECOND = "/\\" * 6 + "GG" + "X\\" + "/\\" * 2
ATTENDED, AUTHORISED, UNAUTHORISED = set("/\\LV"), set("IMC"), set("OGNU")


def counted(codes: str) -> tuple[int, int, int]:
    """Plain counting: possible, authorised, unauthorised."""
    authorised = sum(code in AUTHORISED for code in codes)
    unauthorised = sum(code in UNAUTHORISED for code in codes)
    return (
        sum(code in ATTENDED for code in codes) + authorised + unauthorised,
        authorised,
        unauthorised,
    )


@pytest.fixture
def room():
    room = make_class(2)
    room.enrolments[0].pupil.forename, room.enrolments[0].pupil.surname = "Siyuan", "Chen (陈思远)"
    room.enrolments[1].pupil.forename, room.enrolments[1].pupil.surname = "Amal", "Haddad"
    for enrolment in room.enrolments:
        enrolment.pupil.save()
    marks_of(room, FIRST, pupil=0)
    marks_of(room, SECOND, pupil=1)
    return room


def draw(room, *, for_family: bool = False, pupils: int = 2) -> tuple[Paper, bytes]:
    ids = [one.pk for one in room.enrolments[:pupils]]
    year, files = papers(room.school, ids, as_at=AS_AT, for_family=for_family)
    cases = [CasePaper(time(14, 20 * n), files[pk]) for n, pk in enumerate(ids)]
    pdf, pages = render.draw_pack(
        PANEL, cases, year, for_family=for_family, stood_at=STOOD_AT, tell=lambda *_: None
    )
    paper = Paper(pdf)
    assert paper.pages == pages
    return paper, pdf


_standard: list[tuple[Paper, bytes]] = []


@pytest.fixture
def standard(request) -> tuple[Paper, bytes]:
    """The pack of both pupils, drawn once for all tests that only read it."""
    if not _standard:
        _standard.append(draw(request.getfixturevalue("room")))
    return _standard[0]


def page_text(paper: Paper, page: int) -> str:
    return " ".join(paper.drawn[page].get_textpage().get_text_bounded().split())


def test_every_number_of_the_summary_is_what_plain_counting_gives(standard):
    paper, _ = standard
    for codes, name in ((FIRST, "Siyuan"), (SECOND, "Amal")):
        possible, authorised, unauthorised = counted(codes)
        missed = authorised + unauthorised
        said = f"{name} has missed {missed} of {possible} possible sessions"
        assert said in paper.text
        assert f": {authorised} authorised, {unauthorised} unauthorised." in paper.text


def test_the_contents_name_the_right_pages_and_their_links_lead_there(standard):
    paper, pdf = standard
    contents = page_text(paper, 1)
    for heading in headings(pdf):
        if heading.depth == 1 and heading.page > 1:
            assert re.search(rf"{re.escape(heading.words)}[ .]* {heading.page + 1}\b", contents), (
                heading
            )
    links = [note for note in paper.file.pages[1].Annots if "/Dest" in note]
    pages = [page.objgen for page in (one.obj for one in paper.file.pages)]
    targets = [pages.index(note.Dest[0].objgen) for note in links]
    assert targets == sorted(targets)
    assert set(targets) == {heading.page for heading in headings(pdf) if heading.page > 1}


def test_each_page_has_its_number_of_the_whole(standard):
    paper, _ = standard
    for page in range(paper.pages):
        assert f"Page {page + 1} of {paper.pages}" in page_text(paper, page)


def test_bookmarks_lead_to_each_pupil(standard):
    _, pdf = standard
    names = [heading.words for heading in headings(pdf) if heading.depth == 0]
    assert names == ["Attendance panel pack", "Siyuan Chen (陈思远)", "Amal Haddad"]


def test_the_whole_stays_tagged_and_names_its_language_and_title(standard):
    paper, _ = standard
    root = paper.file.Root
    assert str(root.Lang) == "en-GB"
    assert root.MarkInfo.Marked
    assert "26 September 2025" in str(paper.file.docinfo["/Title"]).replace("\xa0", " ")
    numbers = root.StructTreeRoot.ParentTree.Nums
    keys = [int(key) for key in numbers[::2]]
    assert keys == sorted(set(keys))
    for page in paper.file.pages:
        assert keys.index(int(page.StructParents)) >= 0
    known = {page.obj.objgen for page in paper.file.pages}
    tags = list(paper.tags())
    assert not [tag for tag in tags if "/Pg" in tag and tag.Pg.objgen not in known]
    kinds = [str(tag.get("/S", "")) for tag in tags]
    assert kinds.count("/H2") >= 2
    scopes = [str(tag.A.Scope) for tag in tags if tag.get("/S") == "/TH"]
    assert set(scopes) == {"/Row", "/Column"}


def test_a_changed_mark_shows_both_entries_with_reason_time_and_person(room):
    key = MarkKey(room.enrolments[0].pk, room.sessions[12].date, room.sessions[12].half)
    amend_mark(change=MarkChange(key, "M", 1, reason="Appointment card shown"), by=room.officer)
    paper, _ = draw(room)
    assert "N→M" in paper.text.replace(" → ", "→").replace(" →", "→").replace("→ ", "→")
    assert "Appointment card shown" in paper.text
    assert "Attendance Officer" in paper.text
    assert "first and final entries" in paper.text


@pytest.mark.parametrize("for_family", [False, True])
def test_sensitive_notes_are_never_in_a_pack(room, for_family):
    factories.InterventionFactory(
        enrolment=room.enrolments[0],
        is_sensitive=True,
        note="Quagmire at home",
        outcome="Quagmire",
        next_step="Quagmire call",
        next_step_on=AS_AT,
        next_step_owner=room.officer,
    )
    paper, pdf = draw(room, for_family=for_family, pupils=1)
    assert "Quagmire" not in paper.text
    assert b"Quagmire" not in pdf
    if not for_family:
        assert "1 note is left out" in paper.text


def test_a_familys_copy_has_nobody_elses_contacts_siblings_or_agencies(room):
    first, second = (one.pupil for one in room.enrolments)
    mother = factories.RelationshipFactory(pupil=first, person__telephone="07700 900417")
    factories.RelationshipFactory(pupil=second, person=mother.person)
    factories.RelationshipFactory(
        pupil=first, person__name="Mr Elsewhere", person__telephone="07700 900418", kind="father"
    )
    factories.InterventionFactory(
        enrolment=room.enrolments[0], kind="multi_agency", with_whom="Early Help", done_on=AS_AT
    )
    factories.InterventionFactory(
        enrolment=room.enrolments[0], kind="home_visit", with_whom="", note="At home", done_on=AS_AT
    )
    factories.FollowUpFactory(
        enrolment=room.enrolments[0], person=mother.person, outcome="concern", note="Passed on"
    )
    school, _ = draw(room, pupils=1)
    for words in ("07700 900417", "Mr Elsewhere", "Amal Haddad", "Early Help", "Passed on"):
        assert words in school.text
    family, _ = draw(room, for_family=True, pupils=1)
    assert "Copy for the family of Siyuan" in family.text
    for words in ("07700", "Elsewhere", "Amal", "Early Help", "Passed on", "Meiling"):
        assert words not in family.text
    assert "Home visit" in family.text


def test_a_confidential_telephone_is_not_printed(room):
    factories.RelationshipFactory(
        pupil=room.enrolments[0].pupil, person__telephone="07700 900417", address_confidential=True
    )
    paper, _ = draw(room, pupils=1)
    assert "07700" not in paper.text
    assert "Confidential" in paper.text


def test_what_was_read_does_not_grow_with_the_pupils(room, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        papers(room.school, [room.enrolments[0].pk], as_at=AS_AT)
    more = make_class(1)
    factories.RelationshipFactory(pupil=more.enrolments[0].pupil)
    with django_assert_max_num_queries(24):
        papers(room.school, [one.pk for one in room.enrolments], as_at=AS_AT)


def test_a_pupil_without_marks_and_one_who_left_have_their_pages():
    room = make_class(2)
    room.enrolments[1].leaves_on = room.sessions[5].date
    room.enrolments[1].save()
    marks_of(room, "/\\" * 2 + "I", pupil=1)
    paper, _ = draw(room)
    assert "There is no possible session" in paper.text
    assert "No mark has been made yet" in paper.text
    assert "missed 1 of 5 possible sessions" in paper.text


# --- the certificate


def certificate_of(room, *, pupil: int = 0, first: date | None = None, last: date = AS_AT) -> Paper:
    found = read_certificate(
        room.enrolments[pupil], first=first or room.sessions[0].date, last=last
    )
    pdf, pages = certificate.draw(found, reference="AC-TEST", made_at=STOOD_AT)
    paper = Paper(pdf)
    assert paper.pages == pages
    return paper


def test_the_certificates_totals_are_what_plain_counting_gives(room):
    text = certificate_of(room).text
    possible, authorised, unauthorised = counted(FIRST)
    assert f"School open while on the roll {len(FIRST)}" in text
    assert f"Possible {possible}" in text
    assert f"of these, late before the register closed {FIRST.count('L')}" in text
    assert f"Authorised absence {authorised}" in text
    assert f"Unauthorised absence {unauthorised}" in text
    assert f"All absence {authorised + unauthorised}" in text
    assert "Statement of the headteacher" in text


def test_a_certificate_counts_only_its_period(room):
    first, last = room.sessions[4].date, room.sessions[7].date
    text = certificate_of(room, first=first, last=last).text
    assert "School open while on the roll 4" in text
    assert "Unauthorised absence 2" in text
    assert "Authorised absence 1" in text


def test_a_certificate_lists_every_amendment_with_both_entries(room):
    for n in (12, 13):
        key = MarkKey(room.enrolments[0].pk, room.sessions[n].date, room.sessions[n].half)
        amend_mark(change=MarkChange(key, "M", 1, reason="Appointment card shown"), by=room.officer)
    paper = certificate_of(room)
    assert "AM, PM N M Appointment card shown" in paper.text
    assert "every mark of the period that was changed" in paper.text
    assert "No mark of this period was changed" in certificate_of(room, pupil=1).text


def plain(paper: Paper) -> str:
    return paper.text.replace("\xa0", " ")


def test_a_certificate_names_the_marks_that_came_with_the_schools_files(room):
    assert "brought in" not in certificate_of(room).text
    other = make_class(1)
    marks_of(other, ".." + "/")
    keys = [MarkKey(other.enrolments[0].pk, one.date, one.half) for one in other.sessions[:2]]
    write_all([MarkChange(key, "O", 0) for key in keys], source=Mark.Source.IMPORT)
    text = plain(certificate_of(other))
    assert "2 of its 3 marks (on 1 September) were" in text
    assert "brought in from the school’s earlier files" in text
    assert "whether they were changed before, is not known here" in text


def test_a_certificate_looks_leave_up_before_it_denies_it(room):
    none = "no leave of absence is in our records for a session shown as unauthorised"
    assert none in plain(certificate_of(room))
    key = next(n for n, code in enumerate(FIRST) if code in "GNOU")
    session = room.sessions[key]
    plan = PlannedAbsence.objects.create(
        enrolment=room.enrolments[0],
        kind="leave",
        code_id="C",
        from_on=session.date,
        until_on=session.date,
        agreed_with="Ms Chen",
        made_at=timezone.now(),
    )
    text = plain(certificate_of(room))
    assert none not in text
    assert "leave of absence was at some time granted" in text
    half = "afternoon" if session.half else "morning"
    assert f"{session.date.day} September 2025, {half}" in text
    plan.withdrawn_at, plan.withdrawn_by = timezone.now(), room.officer
    plan.save()
    assert none in plain(certificate_of(room))


def test_a_certificate_of_somebody_without_marks_says_so():
    room = make_class(1)
    text = certificate_of(room).text
    assert "No mark made 20" in text
    assert "No mark was made in the period" in text
    assert "none possible" in text


def test_a_certificate_of_who_came_late_and_left_counts_the_days_on_the_roll(room):
    enrolment = room.enrolments[0]
    enrolment.leaves_on = room.sessions[15].date
    enrolment.save()
    text = certificate_of(room).text
    assert "School open while on the roll 16" in text
    assert f"to {enrolment.leaves_on.day} September 2025" in text.replace("\xa0", " ")


def test_long_and_foreign_names_stay_on_the_page(room):
    pupil = room.enrolments[0].pupil
    pupil.forename = "Anastasia-Wilhelmina-Oluwaseun-Maximiliana-Konstantinopolita"
    pupil.surname = "فاطمة الزهراء"
    pupil.save()
    paper, _ = draw(room, pupils=1)
    for page in range(paper.pages):
        words = paper.drawn[page].get_textpage()
        width = paper.drawn[page].get_size()[0]
        for n in range(words.count_rects()):
            assert words.get_rect(n)[2] <= width - 36  # half an inch of margin
    assert isinstance(paper.file, pikepdf.Pdf)
