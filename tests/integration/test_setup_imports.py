"""A school's files through the browser: stored safely, checked, looked at, brought in."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registers import tasks
from registers.actions import importing
from registers.imports import upload
from registers.imports.mending import sentence, what_and_how
from registers.imports.upload import UploadRefused, receive
from registers.models import Enrolment, Import, Job, Mark, School
from registers.policies import NotAllowed
from registers.views.setup_imports import count_lines
from tests import factories
from tests.factories.school_files import AMIRA, BEN, DAYS, SchoolFiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    return SchoolFiles(tmp_path / "school")


@pytest.fixture
def school(client, monkeypatch) -> School:
    """Only its row is there; its administrator is signed in."""
    school = School.objects.create(urn="900123", name="Ellerwick School")
    client.force_login(factories.AppointmentFactory(school=school, role="administrator").user)
    monkeypatch.setattr("registers.actions.jobs._send", lambda job: None)
    return school


def packed(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def as_uploads(files: SchoolFiles, *names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, files.text(name).encode()) for name in names or files.rows]


def as_zip(files: SchoolFiles) -> SimpleUploadedFile:
    members = [(f"export/{name}", files.text(name).encode()) for name in files.rows]
    return SimpleUploadedFile("export.zip", packed(*members))


def address(name: str, school: School, **kwargs) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": school.urn, **kwargs})


def send(client, school, *uploads):
    return client.post(address("import_new", school), {"uploads": list(uploads)})


def checked(client, school, *uploads) -> Job:
    """The job of the check of these files, done by its task."""
    response = send(client, school, *uploads)
    assert response.status_code == 302, response.context["form"].errors
    job = Job.objects.get(kind=importing.CHECK, state=Job.State.QUEUED)
    tasks.check_import(str(job.pk))
    job.refresh_from_db()
    return job


def go_ahead(client, school, check: Job, **sent):
    return client.post(address("import_check", school, job_id=check.pk), sent)


def brought_in(client, school, check: Job, **sent) -> Job:
    response = go_ahead(client, school, check, **sent)
    assert response.status_code == 302, response.text
    job = Job.objects.get(kind=importing.BRING_IN, state=Job.State.QUEUED)
    tasks.bring_in(str(job.pk))
    job.refresh_from_db()
    return job


def stored() -> list[str]:
    root = upload.folder_of("00000000-0000-0000-0000-000000000000").parent
    return sorted(path.name for path in root.glob("*/*"))


# --- from the first file to the pupils


def test_a_first_import_into_an_empty_school(client, school, files):
    check = checked(client, school, as_zip(files))
    assert check.state == Job.State.DONE
    assert not Enrolment.objects.exists()
    page = client.get(address("import_check", school, job_id=check.pk))
    assert "Every row is good" in page.text
    lines = {line.what: line.new for line in page.context["lines"]}
    assert (lines["Pupils"], lines["Marks"]) == (3, 48)
    job = brought_in(client, school, check)
    assert job.state == Job.State.DONE
    assert Mark.objects.count() == 48
    assert (job.done, job.total) == (48, 48)
    page = client.get(address("import_check", school, job_id=job.pk))
    assert "Every row came in" in page.text
    assert "See the pupils" in page.text
    assert stored() == []  # children's data is kept no longer than it is needed
    listed = client.get(address("imports", school))
    assert "Pupils: 3 new" in listed.text
    assert Import.objects.get().by == check.started_by


def test_the_preview_is_what_is_written(client, school, files):
    check = checked(client, school, *as_uploads(files))
    job = brought_in(client, school, check)
    assert job.answer["counts"] == check.answer["counts"]


def test_a_page_of_work_shows_how_far_it_is_and_needs_no_script(client, school, files):
    send(client, school, as_zip(files))
    job = Job.objects.get()
    page = client.get(address("import_check", school, job_id=job.pk))
    assert "Waits for a worker" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text


def test_the_schools_own_details_stand_in_for_a_missing_school_file(client, school, files):
    uploads = as_uploads(files, "calendar.csv", "pupils.csv")
    check = checked(client, school, *uploads)
    assert "school.csv was not among the files" in check.answer["notes"][0]
    brought_in(client, school, check)
    school.refresh_from_db()
    assert school.name == "Ellerwick School"
    assert Enrolment.objects.count() == 3


def test_the_files_of_another_school_are_refused(client, school, files):
    files.change("school.csv", "900123", "900999")
    check = checked(client, school, as_zip(files))
    assert check.answer["refused"]
    page = client.get(address("import_check", school, job_id=check.pk))
    text = " ".join(page.text.split())
    assert "URN is 900999, and this is Ellerwick School, 900123" in text
    assert School.objects.count() == 1
    assert go_ahead(client, school, check, skip="on").status_code == 200


def test_the_same_files_again_change_nothing_and_say_so(client, school, files):
    brought_in(client, school, checked(client, school, as_zip(files)))
    check = checked(client, school, as_zip(files))
    page = client.get(address("import_check", school, job_id=check.pk))
    assert "the files would change nothing" in page.text


# --- wrong rows


def test_wrong_rows_are_shown_with_how_to_mend_them(client, school, files):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    check = checked(client, school, as_zip(files))
    assert check.answer["wrong_rows"] == 1
    page = client.get(address("import_check", school, job_id=check.pk))
    assert "marks.csv, line 2" in page.text
    assert "Put a national code there" in page.text
    refused = go_ahead(client, school, check)
    assert "Tick this to bring the good rows in" in refused.text
    assert not Job.objects.filter(kind=importing.BRING_IN).exists()


def test_the_good_rows_come_in_and_the_wrong_ones_follow_once_they_are_mended(
    client, school, files
):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    check = checked(client, school, as_zip(files))
    job = brought_in(client, school, check, skip="on")
    assert Mark.objects.count() == 47
    page = client.get(address("import_check", school, job_id=job.pk))
    assert "1 row was left out" in " ".join(page.text.split())
    wrong = client.get(address("job_file", school, job_id=job.pk))
    assert wrong["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(wrong.content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert set(members) == {"marks.csv", "school.csv", upload.REPORT}
    members["marks.csv"] = members["marks.csv"].replace(b"QQ", b"/")
    mended = SimpleUploadedFile("wrong-rows.zip", packed(*members.items()))
    again = checked(client, school, mended)
    assert again.answer["wrong_rows"] == 0
    brought_in(client, school, again)
    assert Mark.objects.count() == 48


def test_no_report_with_childrens_names_is_left_on_the_server(client, school, files, settings):
    files.mark(AMIRA, DAYS[0], "AM", "QQ,,")
    brought_in(client, school, checked(client, school, as_zip(files)), skip="on")
    assert not list((Path(settings.VAR) / "imports").rglob("*.csv"))


def test_a_file_that_is_wrong_as_a_whole_stops_everything(client, school, files):
    uploads = as_uploads(files)
    uploads[-1] = SimpleUploadedFile("marks.csv", b"UPN,Date\r\n")
    check = checked(client, school, *uploads)
    page = client.get(address("import_check", school, job_id=check.pk))
    assert "The files cannot come in as they are" in page.text
    assert "The file has no column Session" in page.text


@pytest.mark.parametrize(
    ("reason", "how"),
    [
        ("“2” is not a date as it must be written: write dates as 2025", "Write dates as 2025."),
        ("There is no code. Give one, or leave the session unmarked.", "Give one, or leave"),
        ("is empty", "Fill in this cell."),
        ("something new", "Correct the cell in the file"),
    ],
)
def test_every_reason_has_its_way_out(reason, how):
    assert what_and_how(reason)[1].startswith(how)


@pytest.mark.parametrize(
    ("reason", "column", "is_row", "said"),
    [
        ("is empty", "Surname", True, "Surname is empty"),
        ("has 5 cells where the header has 6", "", True, "The row has 5 cells where"),
        ("is missing", "", False, "The file is missing"),
        ("another row of this pupil is wrong", "UPN", True, "Another row of this pupil"),
    ],
)
def test_a_reason_is_a_sentence_on_the_page(reason, column, is_row, said):
    assert sentence(reason, column=column, is_row=is_row).startswith(said)


# --- broken off, and gone on with


def test_an_import_that_was_broken_off_can_go_on(client, school, files, monkeypatch):
    check = checked(client, school, as_zip(files))

    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("registers.imports.write_marks.write_marks", full)
    job = brought_in(client, school, check)
    assert job.state == Job.State.FAILED
    assert "The disk is full" in job.said
    page = client.get(address("import_check", school, job_id=job.pk))
    assert "can go on from there" in page.text
    monkeypatch.undo()
    monkeypatch.setattr("registers.actions.jobs._send", lambda job: None)
    stopped = Import.objects.get()
    listed = client.get(address("imports", school))
    assert "was broken off" in listed.text
    assert "Go on with it" in listed.text
    response = client.post(address("import_go_on", school, import_id=stopped.pk))
    job = Job.objects.get(kind=importing.BRING_IN, state=Job.State.QUEUED)
    assert response.url == address("import_check", school, job_id=job.pk)
    tasks.bring_in(str(job.pk))
    assert Mark.objects.count() == 48
    job.refresh_from_db()
    assert job.answer["finished"]
    assert "was broken off" not in client.get(address("imports", school)).text


def test_two_imports_of_a_school_are_not_at_work_at_once(client, school, files):
    check = checked(client, school, as_zip(files))
    assert go_ahead(client, school, check).status_code == 302
    assert "at work already" in go_ahead(client, school, check).text


def test_a_check_whose_files_are_gone_says_so(client, school, files):
    check = checked(client, school, as_zip(files))
    upload.forget(check.asked["upload"])
    page = client.get(address("import_check", school, job_id=check.pk))
    assert "no longer kept" in page.text
    assert "no longer kept" in go_ahead(client, school, check).text


def test_what_was_checked_and_left_is_offered_again(client, school, files):
    check = checked(client, school, as_zip(files))
    listed = client.get(address("imports", school)).text
    assert address("import_check", school, job_id=check.pk) in listed


def test_only_the_school_s_own_administrator_brings_files_in(school, files):
    officer = factories.AppointmentFactory(school=school).user
    with pytest.raises(NotAllowed):
        importing.start_check(school=school, uploads=as_uploads(files), by=officer)
    assert stored() == []


# --- what may be uploaded


def test_no_file_at_all_is_asked_for(client, school):
    assert "error-summary" not in client.get(address("import_new", school)).text
    response = client.post(address("import_new", school), {})
    assert "Choose the files, or a zip of them" in response.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pupils.xlsx", b"PK", "is a spreadsheet. Save each sheet of it as a CSV file"),
        ("photo.jpg", b"JFIF", "is not a CSV file"),
        ("export.zip", b"not a zip", "cannot be opened as a zip file"),
        ("strange.csv", b"One,Two\r\n1,2\r\n", "neither by its name nor by its columns"),
        ("all.zip", packed(("../../evil.csv", b"x")), "points out of the zip file"),
        ("all.zip", packed(("/etc/cron.csv", b"x")), "points out of the zip file"),
        ("all.zip", packed(("..\\marks.csv", b"x")), "points out of the zip file"),
        ("all.zip", packed(("C:/marks.csv", b"x")), "points out of the zip file"),
        ("all.zip", packed(("a.zip", b"x")), "a zip file within a zip file"),
        ("all.zip", packed(("readme.pdf", b"x")), "is not a CSV file"),
        (
            "all.zip",
            packed(("a/marks.csv", b"x"), ("b/marks.csv", b"x")),
            "two files for marks.csv",
        ),
        ("all.zip", packed(), "There is no CSV file among these files"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_kept(client, school, name, content, said):
    response = send(client, school, SimpleUploadedFile(name, content))
    assert response.status_code == 200
    assert any(said in error for error in response.context["form"].errors["uploads"])
    assert stored() == []
    assert not Job.objects.exists()


def test_a_zip_that_unpacks_beyond_the_limit_is_stopped(school, monkeypatch):
    """Its own word for its size is not believed."""
    monkeypatch.setattr(upload, "MOST_BYTES", 1_000_000)
    bomb = SimpleUploadedFile("all.zip", packed(("marks.csv", b"0" * 5_000_000)))
    assert bomb.size < 100_000
    with pytest.raises(UploadRefused, match="larger than"):
        receive([bomb], school=school)
    assert stored() == []


def test_files_that_are_too_large_together_are_refused(school, monkeypatch):
    monkeypatch.setattr(upload, "MOST_BYTES", 10)
    with pytest.raises(UploadRefused, match="larger than"):
        receive([SimpleUploadedFile("marks.csv", b"0" * 11)], school=school)


def test_files_are_stored_for_their_owner_alone(school, files):
    received = receive(as_uploads(files), school=school)
    folder = upload.folder_of(received.upload)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in folder.glob("*.csv")} == {0}


def test_a_file_under_another_name_is_known_by_its_columns(school, files):
    export = SimpleUploadedFile("Marks export (3).csv", files.text("marks.csv").encode())
    received = receive([export], school=school)
    assert received.files == ["marks.csv"]
    assert received.notes[0] == "“Marks export (3).csv” is read as marks.csv, by its columns."


def test_uploads_that_nobody_went_on_with_are_forgotten(school, files):
    received = receive(as_uploads(files), school=school)
    folder = upload.folder_of(received.upload)
    os.utime(folder, (0, 0))
    assert upload.forget_old() == 1
    assert not upload.is_there(received.upload)


@pytest.mark.parametrize("name", ["../../etc", "", "x", "/etc"])
def test_an_upload_s_name_is_no_path(name):
    assert not upload.is_there(name)


def test_the_counts_of_an_import_are_lines_in_a_fixed_order():
    lines = count_lines({"new pupils": 2, "changed schools": 1, "unchanged marks": 9})
    assert [line.what for line in lines] == ["The school’s details", "Pupils", "Marks"]
    assert lines[2].unchanged == 9


@pytest.mark.parametrize("imports", [1, 20])
def test_the_list_takes_as_many_statements_for_one_as_for_many(
    client, school, imports, django_assert_max_num_queries
):
    for _ in range(imports):
        factories.ImportFactory(school=school, state="done", counts={"new pupils": 3})
    with django_assert_max_num_queries(10):
        client.get(address("imports", school))


def test_a_childs_name_is_in_no_message_of_the_page_of_work(client, school, files):
    files.change("pupils.csv", BEN, "Z" * 13)
    check = checked(client, school, as_zip(files))
    assert check.answer["wrong_rows"] >= 1
    assert "Haddad" not in check.said


def test_a_long_reading_of_files_gives_signs_of_life(racing_db, monkeypatch):
    """Without them the sweep would hand the job to another worker."""
    monkeypatch.setattr(importing, "SIGN_EVERY", 0.02)
    job = factories.JobFactory(state="running", tries=1)
    with importing.kept_alive(job):
        ends = time.monotonic() + 5
        while time.monotonic() < ends and not Job.objects.get(pk=job.pk).alive_at:
            time.sleep(0.02)
    assert Job.objects.get(pk=job.pk).alive_at
