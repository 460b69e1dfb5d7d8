"""Accounts that cannot sign in yet, and what they are at the school."""

from collections import Counter

from django.contrib.auth.hashers import make_password

from registers.exchange.actions.bring import bring_into_line, create
from registers.exchange.layout.folder import Folder
from registers.models import Appointment, Group, School, User
from registers.rules.grouping import keyed

Users = dict[str, User]  # by username


def write_staff(school: School, folder: Folder) -> Counter[str]:
    """An account that is there keeps its name, e-mail and password; appointments are added."""
    if not folder.staff:
        return Counter()
    users, done = _write_users(folder)
    there = keyed(Appointment.objects.filter(school=school), "user_id", "role")
    appointments = (
        Appointment(user=users[row.username], school=school, role=row.role, position=row.position)
        for row in folder.staff
    )
    wanted = keyed(appointments, "user_id", "role")
    done += bring_into_line(wanted, there, ["position"])
    return done + _write_groups(school, folder, users, wanted)


def _write_users(folder: Folder) -> tuple[Users, Counter[str]]:
    there = keyed(User.objects.all(), "username")
    users = (
        User(username=row.username, name=row.name, email=row.email, password=make_password(None))
        for row in folder.staff
        if row.username not in there
    )
    new = keyed(users, "username")
    return there | new, create(list(new.values()))


def _write_groups(
    school: School,
    folder: Folder,
    users: Users,
    appointments: dict[tuple[int, str], Appointment],
) -> Counter[str]:
    groups = Group.objects.filter(school=school, kind="registration")
    ids = dict(groups.values_list("name", "pk"))
    through = Appointment.groups.through
    rows = through.objects.filter(appointment__school=school)
    there = set(rows.values_list("appointment_id", "group_id"))
    wanted = {
        (appointments[users[row.username].pk, row.role].pk, ids[row.group])
        for row in folder.staff
        if row.group
    }
    return create(
        [
            through(appointment_id=appointment, group_id=group)
            for appointment, group in sorted(wanted - there)
        ]
    )
