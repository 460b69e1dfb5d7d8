"""A school's files go out and come in again: the same marks, the same figures."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registers import models
from registers.exchange.export.files import export_school
from registers.exchange.importing import import_school
from registers.exchange.importing.actions.files import import_files, propose_files
from registers.exchange.layout.files import COLUMNS
from tests.factories.school_files import AMIRA, BEN, CHIDI, DAYS, TODAY, SchoolFiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path, settings) -> SchoolFiles:
    settings.VAR = tmp_path / "var"
    files = SchoolFiles(tmp_path / "school")
    files.mark(AMIRA, DAYS[0], "AM", 'L,5,"=1+1, said ""Tom"""').mark(BEN, DAYS[3], "PM", "I,,")
    files.mark(BEN, DAYS[4], "PM", "U,0,")
    files.add("pupils.csv", f"{CHIDI},Okafor,Chidi,2012-11-30,M,9,9C,2025-09-12,,,,,,,,,,,")
    files.add("marks.csv", f"{CHIDI},2025-09-12,AM,N,,")
    files.add("terms.csv", "2025/26,Autumn 1,2025-09-01,2025-10-24")
    files.add("staff.csv", "ada,Ada Clarke,Tutor,teacher,9A,ada@ellerwick.example")
    files.add("groups.csv", f"{AMIRA},Maths 1,teaching,2025-09-03,")
    files.add("characteristics.csv", f"{BEN},SEN,K,2025-09-01,2025-09-04")
    files.add("contacts.csv", f'{BEN},Joud Haddad,mother,Y,N,2,N,"4 Mill Lane\nTown",EW4 7QT,,,ar')
    return files


def of_school(urn: str) -> dict[str, list[tuple]]:
    """Marks, comments and weekly totals, by UPN and date of entry."""
    who = ("enrolment__pupil__upn", "enrolment__starts_on")
    these = {"enrolment__school__urn": urn}
    return {
        "marks": sorted(
            models.Mark.objects.filter(**these).values_list(
                *who, "date", "half", "code_id", "minutes_late"
            ),
            key=str,
        ),
        "comments": sorted(
            models.MarkComment.objects.filter(**these).values_list(*who, "date", "half", "text")
        ),
        "totals": sorted(
            models.WeekTally.objects.filter(**these).values_list(
                *who, "monday", "attended", "authorised", "unauthorised", "late"
            )
        ),
    }


def test_an_import_of_an_export_gives_the_same_marks_figures_and_files(files, tmp_path):
    files.read_in()
    out, back = tmp_path / "out", tmp_path / "back"
    export_school(models.School.objects.get(urn="900123"), out, today=TODAY)
    assert {path.name for path in out.iterdir()} == set(COLUMNS)
    row = (out / "school.csv").read_text()
    (out / "school.csv").write_text(row.replace("900123", "900124"))
    import_school(out, today=date(2025, 9, 20))
    assert of_school("900123") == of_school("900124")
    assert len(of_school("900123")["marks"]) == 49
    export_school(models.School.objects.get(urn="900124"), back, today=TODAY)
    for file in COLUMNS:
        one, other = ((folder / file).read_text() for folder in (out, back))
        assert sorted(one.splitlines()) == sorted(other.splitlines()), file


def test_what_a_pupil_is_called_and_the_alert_go_out_and_come_in_again(files, tmp_path):
    files.read_in()
    told = {"preferred_name": "Mira, “Mi”", "medical_alert": "=Inhaler; in the bag"}
    models.Pupil.objects.filter(upn=AMIRA).update(**told)
    export_school(models.School.objects.get(), tmp_path / "out", today=TODAY)
    models.Pupil.objects.update(preferred_name="", medical_alert="")
    counts = import_school(tmp_path / "out", today=TODAY).counts
    assert counts["changed pupils"] == 1
    assert models.Pupil.objects.filter(upn=AMIRA, **told).exists()


def test_an_export_read_into_its_own_school_changes_nothing(files, tmp_path):
    files.read_in()
    export_school(models.School.objects.get(), tmp_path / "out", today=TODAY)
    assert import_school(tmp_path / "out", today=TODAY).counts == {"unchanged marks": 49}


def test_the_command_says_that_amendments_are_not_there(files, tmp_path):
    files.read_in()
    out = StringIO()
    call_command("export_school", str(tmp_path / "out"), school="900123", stdout=out)
    assert "Amendments are not among these files" in out.getvalue()
    with pytest.raises(CommandError, match="There are: 900123"):
        call_command("export_school", str(tmp_path / "out"), school="1")
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="could not be written"):
        call_command("export_school", str(tmp_path / "file" / "out"))


SHAPED = {"day": {"marks by day.csv"}, "grid": {"marks 2025-26.csv"}, "long": {"marks.csv"}}


@pytest.mark.parametrize("shape", SHAPED)
def test_marks_go_out_in_any_shape_and_come_in_as_the_same(files, tmp_path, shape):
    files.read_in()
    out = tmp_path / "out"
    school = models.School.objects.get(urn="900123")
    rows = export_school(school, out, today=TODAY, shape=shape)
    assert {name for name in rows if name.startswith("marks")} == SHAPED[shape]
    school_csv = (out / "school.csv").read_text().replace("900123", "900124")
    (out / "school.csv").write_text(school_csv)
    proposal = propose_files([out], school=None, today=TODAY)
    assert not proposal.problems
    assert not proposal.questions
    import_files(proposal, school=None, today=TODAY)
    before, after = of_school("900123"), of_school("900124")
    assert after["marks"] == before["marks"]
    assert after["totals"] == before["totals"]
    if shape != "grid":
        assert after["comments"] == before["comments"]


def test_the_command_takes_the_shape_and_says_what_a_grid_lacks(files, tmp_path):
    files.read_in()
    said = StringIO()
    call_command("export_school", tmp_path / "out", shape="grid", stdout=said)
    assert "no room for comments" in said.getvalue()
    header, *rows = (tmp_path / "out" / "marks 2025-26.csv").read_text().splitlines()
    assert header.startswith("UPN,2025-09-01 AM,2025-09-01 PM,2025-09-02 AM")
    assert any(",L 5," in row for row in rows)
