"""staff.csv: colleagues, their roles and their registration groups."""

import re

from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, StaffRow
from registers.exchange.layout.rows import FileRow, RowSource, rows_of
from registers.exchange.layout.values import read_email
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import shortened
from registers.models import Appointment, Group, User

ROLES = tuple(role for role in Appointment.Role.values if role != Appointment.Role.TRUST_LEADER)
USERNAME = re.compile(User.username_validator.regex)


def check_staff(table: RowSource, folder: Folder, findings: Findings) -> None:
    groups = _registration_groups(folder)
    others = _names_of_others(folder)
    for row in rows_of(table, findings):
        staff = _staff_row(row)
        name = others.get(staff.username, staff.name)
        row.wrong_if(
            not USERNAME.fullmatch(staff.username), "Username", ProblemKind.USERNAME_CHARACTERS
        )
        row.wrong_if(
            name.casefold() != staff.name.casefold(), "Username", ProblemKind.USERNAME_OF_ANOTHER
        )
        row.wrong_if(
            staff.group not in groups,
            "Registration group",
            ProblemKind.NO_PUPIL_IN_GROUP,
            cell=shortened(staff.group),
        )
        if row.ok:
            folder.staff.append(staff)


def _staff_row(row: FileRow) -> StaffRow:
    return StaffRow(
        row.line,
        row.text("Username", 150, needed=True),
        row.text("Name", needed=True),
        row.text("Position"),
        row.one_of("Role", ROLES),
        row.text("Registration group", 60),
        row.value_or("Email", read_email, ""),
    )


def _names_of_others(folder: Folder) -> dict[str, str]:
    """Of every account that has no appointment at this school, the name by its username."""
    ours = Appointment.objects.filter(school__urn=folder.school["URN"]).values("user_id")
    return dict(User.objects.exclude(pk__in=ours).values_list("username", "name"))


def _registration_groups(folder: Folder) -> set[str]:
    """Those with pupils, in the files or in Rollbook; the empty name stands for none."""
    groups = Group.objects.filter(school__urn=folder.school["URN"], kind="registration")
    return {
        "",
        *(pupil.registration_group for pupil in folder.pupils),
        *(dated.what for dated in folder.groups_of("registration")),
        *groups.values_list("name", flat=True),
    }
