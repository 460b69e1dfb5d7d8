"""The admission register knows a child by more than the UPN of today."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from registers.models import FormerUpn, Pupil
from registers.roll.actions import pupils
from registers.roll.actions.pupils import Details
from registers.roll.actions.wrong_fields import WrongFields
from registers.rules.admission import Spell
from tests import factories
from tests.factories.classes import make_class
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2026, 11, 16), date(2026, 11, 24)
BORN = date(2012, 3, 4)
TEMPORARY, PERMANENT = "H33020002100A", factories.make_upn(77_001)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def room(db):
    room = make_class(2, first=FIRST, days=15)
    pupil = room.enrolments[0].pupil
    Pupil.objects.filter(pk=pupil.pk).update(
        upn=TEMPORARY, surname="Nowak", forename="Ola", born_on=BORN, admission_number="0417"
    )
    pupil.refresh_from_db()
    return room


def url(name, room, **kwargs):
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **kwargs})


def edit(room):
    return url("pupil_edit", room, pupil_id=room.enrolments[0].pupil_id)


def typed(**changed):
    return {
        "forename": "Ola",
        "surname": "Nowak",
        "upn": PERMANENT,
        "admission_number": "",
        "born_on": "2012-03-04",
        "sex": "F",
        "language": "",
        **changed,
    }


def test_a_upn_that_is_changed_by_hand_stays_as_a_former_one_and_is_found(client, room):
    client.force_login(room.officer)
    sent = typed(admission_number="0417", reason="The permanent UPN has come")
    page = client.post(edit(room), sent, follow=True)
    former = FormerUpn.objects.get()
    assert (former.upn, former.pupil.upn, former.by) == (TEMPORARY, PERMANENT, room.officer)
    assert read_page(page).has_heading("Former UPNs")
    assert [one.upn for one in page.context["page"].former_upns] == [TEMPORARY]
    for asked in (TEMPORARY, PERMANENT, "0417", TEMPORARY.lower()):
        found = client.get(url("roll", room), {"q": asked}).context["page"]
        assert [row.pupil_id for row in found] == [former.pupil_id], asked


def test_a_upn_that_is_taken_back_is_no_former_one(room):
    pupil = room.enrolments[0].pupil
    for upn in (PERMANENT, TEMPORARY):
        given = Details(upn, "Nowak", "Ola", BORN, "F", admission_number="0417")
        pupils.change_pupil(pupil=pupil, details=given, reason="Mistyped", by=room.officer)
    assert list(FormerUpn.objects.values_list("upn", flat=True)) == [PERMANENT]


def test_another_pupil_with_the_name_and_date_of_birth_is_asked_about(client, room):
    client.force_login(room.officer)
    sent = typed(starts_on="2026-11-24", kind="main", year_group="", group="", forename="OLA")
    page = client.post(url("pupil_new", room), sent)
    assert f"Ola Nowak, UPN {TEMPORARY}, has this name and date of birth" in page.text
    assert "another_child" in page.text
    assert Pupil.objects.filter(school=room.school).count() == 2
    assert client.post(url("pupil_new", room), sent | {"another_child": "on"}).status_code == 302
    assert Pupil.objects.filter(school=room.school).count() == 3


def test_a_child_nobody_shares_a_birth_with_is_not_asked_about(client, room):
    client.force_login(room.officer)
    assert "another_child" not in client.get(url("pupil_new", room)).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"admission_number": " 0417 "}, "Ola Nowak has this admission number"),
        ({"upn": "L33020002100C"}, "had this UPN before"),
        ({"admission_number": "1" * 21}, "at most 20 characters"),
    ],
)
def test_a_number_that_is_anothers_is_refused_by_name(client, room, changed, words):
    client.force_login(room.officer)
    FormerUpn.objects.create(pupil=room.enrolments[0].pupil, upn="L33020002100C", reason="Mistyped")
    sent = typed(surname="Li", starts_on="2026-11-24", kind="main", year_group="", group="")
    page = client.post(url("pupil_new", room), sent | changed)
    assert page.status_code == 200
    assert words in page.text


def test_the_action_asks_too(room):
    given = Details(PERMANENT, "Nowak", "Ola", BORN)
    with pytest.raises(WrongFields) as refused:
        pupils.admit_pupil(school=room.school, details=given, spell=Spell(TODAY), by=room.officer)
    assert list(refused.value.fields) == ["another_child"]
