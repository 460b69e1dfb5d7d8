"""Packs, certificates and nights by hand: asked for on a page, done by a worker, kept."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from absence.models import Standing
from interventions import tasks
from interventions.models import Letter, Night, Pack
from interventions.night.actions import by_hand
from interventions.packs import render
from interventions.panels.actions import packs as packs_actions
from interventions.panels.actions import panels
from interventions.panels.actions.panels import Meeting
from registers.models import Job
from registers.policies import Refused
from registers.web.jobs import actions as jobs_actions
from tests import factories
from tests.documents.reading import Paper
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
AS_AT = date(2025, 9, 12)


@pytest.fixture(autouse=True)
def _monday_in_term() -> Iterator[None]:
    with time_machine.travel("2025-09-15 10:00:00+00:00", tick=False):
        yield


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What goes to the workers: they are called by hand here."""
    found: list[tuple] = []
    monkeypatch.setattr(jobs_actions, "_send", lambda job: found.append((job.kind, str(job.pk))))
    return found


@pytest.fixture
def room():
    room = make_class(2)
    for number in range(2):
        marks_of(room, "O" * (8 - 2 * number) + "V" * (12 + 2 * number), pupil=number)
    return room


@pytest.fixture
def panel(room):
    meeting = Meeting(date(2025, 9, 26), time(9, 0), 20, "Room 4", None, "")
    pupils = [one.pk for one in room.enrolments]
    return panels.call_panel(
        school=room.school, meeting=meeting, enrolments=pupils, by=room.officer
    )


def address(name: str, panel, **words) -> str:
    return reverse(
        f"interventions:{name}", kwargs={"urn": panel.school.urn, "panel_id": panel.pk, **words}
    )


def asked_for(panel, **more) -> Pack:
    values = {
        "cases": [case.pk for case in panel.cases.all()],
        "for_family": False,
        "as_at": AS_AT,
        "by": panel.made_by,
    }
    return packs_actions.ask_for_pack(panel=panel, **values | more)


# --- packs


def test_a_pack_from_the_press_to_the_download(
    client, room, panel, sent, django_capture_on_commit_callbacks
):
    client.force_login(room.officer)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address("pack_new", panel), {"who": "panel", "as_at": "2025-09-12"})
    job = Job.objects.get()
    assert answer.url == reverse("registers:job", args=[room.school.urn, job.pk])
    assert sent == [("interventions.tasks.build_pack", str(job.pk))]
    assert "Waits for a worker" in client.get(answer.url).content.decode()
    tasks.build_pack(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.total) == ("done", 3)
    page = client.get(answer.url).content.decode()
    assert "pages for 2 pupils" in page
    assert address("panel", panel) in page
    file = client.get(reverse("registers:job_file", args=[room.school.urn, job.pk]))
    paper = Paper(file.content)
    assert paper.pages == Pack.objects.get().pages
    assert 'filename="panel-pack-2025-09-26.pdf"' in file.headers["Content-Disposition"]
    assert "Open the PDF" in client.get(address("panel", panel)).content.decode()


def test_progress_moves_with_each_pupil(room, panel):
    said = []
    pack = asked_for(panel)
    packs_actions.build_pack(pack.job, lambda *what: said.append(what))
    names = [f"{one.pupil.forename} {one.pupil.surname}" for one in room.enrolments]
    assert said == [
        (0, 3, "Reading the marks."),
        (0, 3, f"Writing the pages of {names[0]}."),
        (1, 3, f"Writing the pages of {names[1]}."),
        (2, 3, "Putting the pages together."),
    ]


def test_a_pack_whose_worker_died_is_built_by_the_next(room, panel, sent, monkeypatch):
    pack = asked_for(panel)
    monkeypatch.setattr(render, "draw_pack", _die)
    with pytest.raises(KeyboardInterrupt):
        tasks.build_pack(str(pack.job_id))
    job = Job.objects.get()
    assert job.state == "running"
    monkeypatch.undo()
    monkeypatch.setattr(jobs_actions, "_send", lambda one: sent.append(one.kind))
    jobs_actions.sweep(now=timezone.now() + timedelta(minutes=10))
    tasks.build_pack(str(pack.job_id))
    job.refresh_from_db()
    assert job.state == "done"
    assert Pack.objects.count() == 1


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_pack_is_for_those_who_hold_panels(client, room, panel):
    pack = asked_for(panel)
    tasks.build_pack(str(pack.job_id))
    file = reverse("registers:job_file", args=[room.school.urn, pack.job_id])
    for role, status in (("office", 403), ("teacher", 403), ("slt", 200), ("administrator", 403)):
        person = factories.AppointmentFactory(school=room.school, role=role).user
        client.force_login(person)
        assert client.get(file).status_code == status, role
    client.force_login(make_class(1).officer)
    assert client.get(file).status_code == 404


def test_a_familys_copy_is_about_one_pupil(client, room, panel):
    with pytest.raises(Refused, match="about one pupil"):
        asked_for(panel, for_family=True)
    with pytest.raises(Refused, match="at least one"):
        asked_for(panel, cases=[])
    client.force_login(room.officer)
    case = panel.cases.order_by("at").first()
    sent = {"who": str(case.pk), "as_at": "2025-09-12"}
    client.post(address("pack_new", panel), sent)
    pack = Pack.objects.get()
    assert pack.for_family
    assert list(pack.cases.all()) == [case]
    assert pack.job.filename == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"who": ""}, "Say for whom the pack is"),
        ({"who": "99999"}, "Choose from the list"),
        ({"as_at": ""}, "Give the day to which"),
        ({"as_at": "2025-09-16"}, "No mark lies in the future"),
        ({"as_at": "x"}, "Write the day as a date"),
    ],
)
def test_a_wrong_wish_for_a_pack_is_said(client, room, panel, wrong, words):
    client.force_login(room.officer)
    sent = {"who": "panel", "as_at": "2025-09-12"} | wrong
    assert words in client.post(address("pack_new", panel), sent).content.decode()
    assert not Pack.objects.exists()


def test_a_pack_before_the_first_day_of_the_calendar_fails_in_words(room, panel):
    pack = asked_for(panel, as_at=date(2025, 8, 1))
    tasks.build_pack(str(pack.job_id))
    job = Job.objects.get()
    assert job.state == "failed"
    assert "no academic year that had begun" in job.said


# --- certificates


def certificate_url(room, number: int = 0) -> str:
    pupil = room.enrolments[number].pupil_id
    return reverse("interventions:certificate", args=[room.school.urn, pupil])


@pytest.fixture
def administrator(room):
    return factories.AppointmentFactory(school=room.school, role="administrator").user


def test_a_certificate_from_the_form_to_the_file(client, room, administrator):
    client.force_login(administrator)
    page = client.get(certificate_url(room)).content.decode()
    assert "School year 2025/26" in page
    answer = client.post(certificate_url(room), {"period": f"y{room.year.pk}"})
    job = Job.objects.get()
    assert answer.url == reverse("registers:job", args=[room.school.urn, job.pk])
    tasks.make_certificate(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done"
    file = client.get(reverse("registers:job_file", args=[room.school.urn, job.pk]))
    assert "Unauthorised absence 8" in Paper(file.content).text
    assert room.enrolments[0].pupil.surname not in job.filename


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"period": ""}, "Choose a period"),
        ({"period": "y0"}, "Choose a period from the list"),
        ({"period": "own"}, "Give the first day"),
        ({"period": "own", "first": "2025-09-05", "last": "2025-09-02"}, "before the first"),
        ({"period": "own", "first": "2025-09-05", "last": "2025-09-30"}, "in the future"),
        ({"period": "own", "first": "2025-08-05", "last": "2025-09-05"}, "within one"),
        ({"period": "own", "first": "x", "last": "2025-09-05"}, "Write the day as a date"),
    ],
)
def test_a_wrong_period_is_said(client, room, administrator, given, words):
    client.force_login(administrator)
    assert words in client.post(certificate_url(room), given).content.decode()
    assert not Job.objects.exists()


def test_a_pupil_who_was_not_here_then_gets_no_certificate(client, room, administrator):
    enrolment = room.enrolments[0]
    enrolment.starts_on = date(2025, 9, 8)
    enrolment.save()
    client.force_login(administrator)
    sent = {"period": "own", "first": "2025-09-01", "last": "2025-09-05"}
    page = client.post(certificate_url(room), sent).content.decode()
    assert "not on the roll in this period" in page


def test_an_earlier_spell_has_its_own_certificate(client, room, administrator):
    pupil = room.enrolments[0].pupil
    earlier = factories.EnrolmentFactory(
        pupil=pupil, starts_on=date(2024, 9, 2), leaves_on=date(2024, 12, 20)
    )
    factories.AcademicYearFactory(
        school=room.school, name="2024/25", starts_on=date(2024, 9, 2), ends_on=date(2025, 7, 22)
    )
    client.force_login(administrator)
    page = client.get(certificate_url(room), {"enrolment": earlier.pk}).content.decode()
    assert "School year 2024/25" in page
    assert "School year 2025/26" not in page


def test_a_pupil_who_was_never_on_roll_has_no_certificate(client, room, administrator):
    pupil = factories.PupilFactory(school=room.school)
    client.force_login(administrator)
    found = client.get(reverse("interventions:certificate", args=[room.school.urn, pupil.pk]))
    assert found.status_code == 404


def test_the_form_of_a_certificate_costs_few_statements(
    client, room, administrator, django_assert_max_num_queries
):
    client.force_login(administrator)
    with django_assert_max_num_queries(7):
        client.get(certificate_url(room))


# --- the nights


def nights_url(room, name: str = "nights") -> str:
    return reverse(f"interventions:{name}", args=[room.school.urn])


def test_a_night_by_hand_from_the_press_to_what_it_did(
    client, room, sent, django_capture_on_commit_callbacks
):
    client.force_login(room.officer)
    assert "Run the first night" in client.get(nights_url(room)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(nights_url(room, "run_night")).url == nights_url(room)
    job = Job.objects.get()
    assert sent == [(by_hand.KIND, str(job.pk))]
    page = read_page(client.get(nights_url(room)))
    assert "it waits for a worker" in page.text
    assert "Run the" not in page.text
    assert page.looks_again == ["every 2s"]
    part = read_page(client.get(nights_url(room), headers={"HX-Request": "true"}))
    assert not part.is_whole
    tasks.run_night_by_hand(str(job.pk))
    night = Night.objects.get()
    assert (night.state, night.started_by) == ("done", room.officer)
    page = read_page(client.get(nights_url(room), {"night": night.pk}))
    assert "The last night did everything" in page.text
    assert "2 pupils moved" in page.text
    proposed = Letter.objects.count()
    assert f"{proposed} letter{'' if proposed == 1 else 's'} proposed" in page.text
    pupil = reverse("interventions:pupil", args=[room.school.urn, room.enrolments[0].pupil_id])
    assert any(address.startswith(pupil) for address in page.addresses)
    assert not page.looks_again


def test_a_night_is_not_asked_for_twice_or_beside_one_that_runs(client, room):
    by_hand.ask_for_night(school=room.school, by=room.officer)
    client.force_login(room.officer)
    answer = client.post(nights_url(room, "run_night"))
    assert "asked for already" in str(next(iter(get_messages(answer.wsgi_request))))
    Job.objects.update(state="done")
    factories.NightFactory(school=room.school, started_at=timezone.now())
    with pytest.raises(Refused, match="running now"):
        by_hand.ask_for_night(school=room.school, by=room.officer)


def test_a_night_that_meets_another_fails_in_words(client, room):
    job = by_hand.ask_for_night(school=room.school, by=room.officer)
    factories.NightFactory(school=room.school, started_at=timezone.now())
    tasks.run_night_by_hand(str(job.pk))
    job.refresh_from_db()
    assert job.state == "failed"
    assert "is running already" in job.said
    Night.objects.update(started_at=timezone.now() - timedelta(hours=2))
    client.force_login(room.officer)
    page = client.get(nights_url(room)).content.decode()
    assert "was not run" in page
    assert "is running already" in page


def test_the_office_sees_the_nights_and_runs_none(client, room):
    office = factories.AppointmentFactory(school=room.school, role="office").user
    factories.NightFactory(school=room.school, state="done")
    client.force_login(office)
    assert "Run the night" not in client.get(nights_url(room)).content.decode()
    assert client.post(nights_url(room, "run_night")).status_code == 403


@pytest.mark.parametrize("count", [1, 40])
def test_the_nights_cost_the_same_for_one_and_for_forty(
    client, room, count, django_assert_max_num_queries
):
    at = timezone.now() - timedelta(days=1)
    for n in range(count):
        night = factories.NightFactory(
            school=room.school, state="done", started_at=at - timedelta(hours=n),
            finished_at=at - timedelta(hours=n, minutes=-5),
        )  # fmt: skip
    enrolments = [factories.EnrolmentFactory(pupil__school=room.school) for _ in range(count)]
    Standing.objects.bulk_create(
        factories.StandingFactory.build(
            enrolment=one, academic_year=room.year, known_at=night.started_at
        )
        for one in enrolments
    )
    client.force_login(room.officer)
    with django_assert_max_num_queries(7):
        client.get(nights_url(room))
    with django_assert_max_num_queries(11):
        page = client.get(nights_url(room), {"night": night.pk}).content.decode()
    assert f"{count} pupil{'s' if count > 1 else ''} moved" in page
