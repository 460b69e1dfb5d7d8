"""Long work: claimed once, moved on, finished or failed in words, found again when it was lost."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from registers.models import Job
from registers.web.documents.storage import read_pdf
from registers.web.jobs import actions as jobs_actions
from registers.web.jobs import messages
from registers.web.jobs.actions import JobProblem, Outcome, run_job
from tests import factories
from tests.html_page import read_page

pytestmark = pytest.mark.django_db


def make_job(**words) -> Job:
    officer = factories.AppointmentFactory()
    return factories.JobFactory(
        school=officer.school, started_by=officer.user, **({"state": "queued"} | words)
    )


def page_of(job: Job, name: str = "registers:job") -> str:
    return reverse(name, kwargs={"urn": job.school.urn, "job_id": job.pk})


def pack(job, report):
    for done in range(3):
        report(done, 3, f"Pupil {done + 1}")
    return Outcome("3 pupils.", {"url": "/"}, b"%PDF-1.7 pack", "pack.pdf")


def test_a_job_is_done_with_its_file_and_its_words():
    job = run_job(str(make_job().pk), pack)
    assert (job.state, job.done, job.total, job.said) == ("done", 3, 3, "3 pupils.")
    assert read_pdf(job.file.name) == b"%PDF-1.7 pack"
    assert job.finished_at is not None


def test_a_message_that_comes_twice_does_the_work_once():
    job, done = make_job(), []
    first = run_job(str(job.pk), lambda *_: done.append(1) or Outcome("ok"))
    assert run_job(str(job.pk), lambda *_: done.append(2) or Outcome("ok")) is None
    assert (first.state, done) == ("done", [1])


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (JobProblem("Nobody was chosen."), "Nobody was chosen."),
        (ValueError("secret"), "ValueError"),
    ],
)
def test_a_failure_is_kept_in_words_that_say_nothing_of_a_child(problem, said):
    def work(job, report):
        raise problem

    job = run_job(str(make_job().pk), work)
    assert job.state == "failed"
    assert said in job.said
    assert "secret" not in job.said


def test_who_is_no_longer_the_worker_stops_and_changes_nothing():
    job = make_job()

    def work(running, report):
        Job.objects.filter(pk=job.pk).update(tries=7)  # another worker has claimed it since
        report(1, 2, "mine")
        raise AssertionError("not reached")

    assert run_job(str(job.pk), work) is None
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 0)


@pytest.mark.parametrize(
    ("state", "tries", "minutes", "left", "becomes"),
    [
        ("running", 1, 4, 1, "queued"),
        ("running", 1, 2, 0, "running"),
        ("running", 3, 4, 0, "failed"),
        ("queued", 0, 4, 1, "queued"),
        ("queued", 0, 2, 0, "queued"),
        ("done", 1, 60, 0, "done"),
    ],
)
def test_the_sweep_finds_what_was_lost(monkeypatch, state, tries, minutes, left, becomes):
    sent = []
    monkeypatch.setattr(jobs_actions, "_send", sent.append)
    long_ago = timezone.now() - timedelta(minutes=minutes)
    alive = long_ago if state == "running" else None
    job = make_job(state=state, tries=tries, alive_at=alive, started_at=long_ago)
    assert jobs_actions.sweep() == left == len(sent)
    job.refresh_from_db()
    assert job.state == becomes


def test_a_job_is_sent_after_the_commit_and_a_broker_that_is_down_does_no_harm(
    monkeypatch, django_capture_on_commit_callbacks
):
    def down(*_):
        raise OSError("no broker")

    monkeypatch.setattr(messages.current_app, "send_task", down)
    held = factories.AppointmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs_actions.start_job(
            school=held.school,
            kind="interventions.tasks.build_pack",
            action="hold_panel",
            title="Pack",
            by=held.user,
            asked={},
        )
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_the_page_moves_and_stops_moving(client):
    job = make_job(state="running", done=2, total=5, said="Siyuan")
    client.force_login(job.started_by)
    page = read_page(client.get(page_of(job)))
    assert page.all_of("progress", value="2", max="5")
    assert page.looks_again == ["every 1s"]
    assert page.all_of("meta", http_equiv="refresh")
    part = read_page(client.get(page_of(job), headers={"HX-Request": "true"}))
    assert not part.is_whole
    assert "2 of 5" in part.text
    run_job(str(make_job().pk), pack)
    Job.objects.filter(pk=job.pk).update(state="done", said="Ready")
    page = read_page(client.get(page_of(job)))
    assert not page.looks_again
    assert not page.all_of("meta", http_equiv="refresh")


def test_a_file_is_for_those_who_may_do_what_made_it(client):
    job = make_job(action="hold_panel")
    run_job(str(job.pk), pack)
    client.force_login(job.started_by)
    response = client.get(page_of(job, "registers:job_file"))
    assert response.content == b"%PDF-1.7 pack"
    assert "no-store" in response["Cache-Control"]
    office = factories.AppointmentFactory(school=job.school, role="office").user
    client.force_login(office)
    assert client.get(page_of(job, "registers:job_file")).status_code == 403
    assert client.get(page_of(job)).status_code == 403


def test_a_file_that_is_another_than_the_one_made_is_not_given_out(client):
    job = run_job(str(make_job().pk), pack)
    with open(default_storage.path(job.file.name), "wb") as file:
        file.write(b"%PDF another")
    client.force_login(job.started_by)
    assert client.get(page_of(job, "registers:job_file")).status_code == 404
