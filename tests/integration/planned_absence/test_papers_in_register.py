"""The register's page asks for what a code needs, keeps what is written, and stops nobody."""

import pytest
import time_machine

from registers.models import HeldMark, Mark, Paper
from tests.html_page import words_of
from tests.integration.office.test_today import at, room_today
from tests.integration.register.test_register_marks import Tablet
from tests.integration.register.test_register_marks import at as tablet_at
from tests.integration.register.test_register_page import Visit, codes, plan

pytestmark = pytest.mark.django_db


def everyday(room, *more):
    room.school.everyday_codes = ["M", "I", *more]
    room.school.save()


def fields(visit) -> list:
    """Where what a code needs can be written."""
    return visit.page.root.xpath("//*[@data-paper-field]")


def needing_paper(visit, pupil: int) -> list[str]:
    """The codes of a pupil's row that ask for a paper."""
    return visit.row(pupil).xpath(".//option[@data-paper]/@value")


# ---------- who is asked


@pytest.mark.parametrize(
    ("who", "more", "asked"),
    [("officer", [], "K C2 B Y7 #"), ("teacher", [], ""), ("teacher", ["B", "K"], "K B")],
)
def test_who_may_set_such_a_code_is_asked_for_its_paper(client, who, more, asked):
    room = room_today(2)
    everyday(room, *more)
    visit = Visit(client, room, getattr(room, who))
    assert len(fields(visit)) == (2 if asked else 0)
    assert {code for pupil in (0, 1) for code in needing_paper(visit, pupil)} == set(asked.split())
    for code in asked.split():
        explained = visit.page.all_of("span", data_code=code)
        assert any(words_of(one).startswith(f"{code} the ") for one in explained)


def test_a_register_to_come_or_only_to_be_read_asks_for_nothing(client):
    room = room_today(1)
    assert not fields(Visit(client, room, room.officer, now=at(8)))
    assert not fields(Visit(client, room, room.teacher, now=at(10)))
    assert fields(Visit(client, room, room.officer, now=at(10)))  # its blanks


# ---------- saving


def test_what_is_written_is_kept_and_blank_stops_nothing(client):
    room = room_today(3)
    visit = Visit(client, room, room.officer)
    sent = {"other_0": "B", "paper_0": "  Swimming   gala ", "other_1": "C2", "code_2": "/"}
    assert visit.send(**sent).status_code == 302
    assert codes(room) == ["B", "C2", "/"]
    assert dict(Paper.objects.values_list("code_id", "note")) == {"B": "Swimming gala", "C2": ""}
    assert "3 marks saved. 1 paper is on the office’s list to complete." in visit.text
    assert visit.text.count("Paper on the office’s list") == 1
    assert len(visit.page.all_of("li", class_="is-paper-row")) == 1


def test_a_paper_that_is_held_is_not_asked_for_again(client):
    room = room_today(2)
    visit = Visit(client, room, room.officer)
    visit.send(other_0="B", paper_0="Swimming gala")
    assert "Paper held: B" in visit.text
    assert visit.row(0).xpath(".//option[@value='B'][@data-paper-held]")
    assert visit.row(0).xpath(".//*[@value='C2'][@data-kind='absent']")
    assert "B" in needing_paper(visit, 1)
    assert "Paper on the" not in visit.text
    assert "Swimming gala" not in visit.text  # for whoever plans absences alone


def test_the_paper_can_follow_the_mark(client):
    room = room_today(1)
    visit = Visit(client, room, room.officer)
    visit.send(other_0="B")
    assert "B the nature of the activity, where it is and who supervises it." in visit.text
    visit.send(paper_0="Swimming gala")
    assert Paper.objects.get().note == "Swimming gala"
    assert Mark.objects.get().version == 1


def test_a_teacher_completes_no_paper_of_a_code_that_is_not_theirs_to_set(client):
    room = room_today(1)
    plan(room, 0, "C2", agreed_with="")
    visit = Visit(client, room)
    assert "Paper on the office’s list" in visit.text
    visit.send(paper_0="Agreed, I am sure")
    assert Paper.objects.get().completed_at is None


def test_a_planned_code_with_its_paper_is_held_when_the_register_opens(client):
    room = room_today(2)
    plan(room, 0, "B", activity="College course", made_by=room.officer)
    plan(room, 1, "B", made_by=room.officer)
    visit = Visit(client, room, room.officer)
    assert codes(room) == ["B", "B"]
    assert visit.text.count("Paper held: B") == 1
    assert visit.text.count("Paper on the office’s list") == 1
    assert Visit(client, room, room.officer).text.count("Paper held: B") == 1


@pytest.mark.parametrize(
    ("sent", "said", "code"),
    [
        ({"other_0": "B", "paper_0": "x" * 501}, "Keep what the code needs to 500 characters", ""),
        ({"paper_0": "Gala <at> noon"}, "choose the code with it", ""),
    ],
)
def test_wrong_input_is_named_in_its_row_and_stays_typed(client, sent, said, code):
    room = room_today(2)
    visit = Visit(client, room, room.officer)
    assert visit.send(code_1="/", **sent).status_code == 200
    assert said in visit.text
    assert visit.fields[f"paper-{visit.pk(0)}"] == [sent["paper_0"]]
    assert visit.page.all_of("label", class_="has-text")
    assert codes(room) == [code, "/"]
    assert not Paper.objects.exists()


def test_words_for_a_code_that_needs_none_are_not_kept_and_that_is_said(client):
    room = room_today(1)
    visit = Visit(client, room, room.officer)
    assert visit.send(other_0="I", paper_0="Chickenpox").status_code == 302
    assert codes(room) == ["I"]
    assert "I needs no paper, so “Chickenpox” was not kept." in visit.text


def test_after_the_end_what_was_typed_is_shown_with_the_marks(client):
    room = room_today(1)
    visit = Visit(client, room, room.officer)
    visit.send(now=at(9, 15), other_0="B", paper_0="Swimming gala")
    assert "Nothing was saved" in visit.text
    assert visit.page.field(f"paper-{visit.pk(0)}").value == "Swimming gala"


def test_late_entries_ask_as_well(client):
    room = room_today(1)
    visit = Visit(client, room, room.officer, now=at(10))
    visit.send(other_0="K", paper_0="Hospital school", reason="Letter came")
    assert Paper.objects.complete().get().note == "Hospital school"


# ---------- from a device


@pytest.mark.parametrize(
    ("paper", "note", "held"),
    [
        ("Gala", "Gala", True),
        ("", "", False),
        (None, "", False),
        ("\t Gala\n day", "Gala day", True),
    ],
)
def test_a_device_sends_it_beside_the_code(paper, note, held):
    tablet = Tablet(1)
    tablet.person = tablet.room.officer
    tablet.client.force_login(tablet.person)
    kept = tablet.made(tablet_at(8, 50), (0, "B"))
    kept["changes"][0]["paper"] = paper
    answer = tablet.send(kept, tablet_at(8, 50))
    assert answer["saved"][0]["paper"] is held
    assert Paper.objects.get().note == note


def test_a_device_that_sends_too_much_is_told_in_its_row():
    tablet = Tablet(1)
    tablet.person = tablet.room.officer
    tablet.client.force_login(tablet.person)
    kept = tablet.made(tablet_at(8, 50), (0, "B"))
    kept["changes"][0]["paper"] = "x" * 501
    assert "500 characters" in tablet.send(kept, tablet_at(8, 50))["refused"][0]["why"]
    kept["changes"][0]["paper"] = ["no text"]
    tablet.send(kept, tablet_at(8, 50), status=400)


def test_a_mark_that_waits_for_the_office_keeps_its_paper_and_its_comment():
    tablet = Tablet(1)
    tablet.person = tablet.room.officer
    tablet.client.force_login(tablet.person)
    kept = tablet.made(tablet_at(8, 50), (0, "B"))
    kept["changes"][0] |= {"paper": "Swimming gala", "comment": "By bus"}
    assert tablet.send(kept, tablet_at(15))["held"]
    held = HeldMark.objects.get()
    assert (held.comment, held.paper) == ("By bus", "Swimming gala")
    assert not Paper.objects.exists()


# ---------- what it costs


@pytest.mark.parametrize("pupils", [10, 60])
def test_opening_costs_no_more_and_saving_four_at_most(
    client, django_assert_max_num_queries, pupils
):
    room = room_today(pupils)
    visit = Visit(client, room, room.officer)
    fields = {f"other-{visit.pk(n)}": ["B"] for n in range(pupils)}
    fields |= {f"comment-{visit.pk(n)}": ["Away"] for n in range(pupils)}
    fields |= {f"paper-{visit.pk(n)}": [f"Gala {n}"] for n in range(0, pupils, 2)}
    with time_machine.travel(at(8, 50), tick=False):
        with django_assert_max_num_queries(18):
            assert client.post(visit.url, visit.fields | fields).status_code == 302
        with django_assert_max_num_queries(8):
            assert client.get(visit.url).status_code == 200
    assert Paper.objects.complete().count() == pupils // 2
    visit.look()
    fields = {f"other-{visit.pk(n)}": ["C2"] for n in range(pupils)}
    with time_machine.travel(at(8, 50), tick=False), django_assert_max_num_queries(18):
        assert client.post(visit.url, visit.fields | fields).status_code == 302
