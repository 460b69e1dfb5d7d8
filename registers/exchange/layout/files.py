"""The files of an import and an export, and their columns, exactly.

`docs/setting-up/import.md` explains them.
"""

COLUMNS: dict[str, list[str]] = {
    file: header.split(",")
    for file, header in {
        "school.csv": "URN,LAESTAB,Name,Headteacher,Address,Postcode,Telephone,Email",
        "calendar.csv": "Date,Session,Academic year",
        "terms.csv": "Academic year,Term,From,Until",
        "pupils.csv": "UPN,Surname,Forename,Date of birth,Sex,Year group,Registration group,"
        "Date of entry,Date of leaving,SEN,FSM,EAL,Looked after,Contact name,"
        "Contact relationship,Contact address,Contact postcode,Contact email,Contact telephone,"
        "Preferred forename,Medical alert,Admission number,Former UPN",
        "contacts.csv": "UPN,Contact name,Contact relationship,Parental responsibility,Lives with,"
        "Priority,May be written to,Contact address,Contact postcode,Contact email,"
        "Contact telephone,Language",
        "characteristics.csv": "UPN,Characteristic,Value,From,Until",
        "groups.csv": "UPN,Group,Kind,From,Until",
        "staff.csv": "Username,Name,Position,Role,Registration group,Email",
        "marks.csv": "UPN,Date,Session,Code,Minutes late,Comment",
        "prior_attendance.csv": "UPN,Academic year,LAESTAB,School,Sessions possible,"
        "Sessions attended,Sessions authorised,Sessions unauthorised,Source",
    }.items()
}

# What a file may be without: then what Rollbook has stays. An empty cell of it empties the entry.
MAY_BE_MISSING: dict[str, set[str]] = {
    "pupils.csv": {"Preferred forename", "Medical alert", "Admission number", "Former UPN"}
}

# What may be empty in a row. A row that ends early is forgiven these, except in the last line.
MAY_BE_EMPTY: dict[str, set[str]] = {
    "school.csv": set(COLUMNS["school.csv"]) - {"URN", "Name"},
    "calendar.csv": set(),
    "terms.csv": set(),
    "pupils.csv": set(COLUMNS["pupils.csv"]) - {"UPN", "Surname", "Forename", "Date of entry"},
    "contacts.csv": set(COLUMNS["contacts.csv"]) - {"UPN", "Contact name"},
    "characteristics.csv": {"Until"},
    "groups.csv": {"Until"},
    "staff.csv": {"Position", "Registration group", "Email"},
    "marks.csv": {"Minutes late", "Comment"},
    "prior_attendance.csv": {"LAESTAB", "School", "Source"},
}

CHARACTERISTICS = {"SEN": "NKE", "FSM": "YN", "EAL": "YN", "Looked after": "YN"}

# The fields of a School and the columns of school.csv that fill them; its URN says which it is.
SCHOOL_FIELDS = {
    "laestab": "LAESTAB",
    "name": "Name",
    "headteacher": "Headteacher",
    "address": "Address",
    "postcode": "Postcode",
    "telephone": "Telephone",
    "email": "Email",
}


def needed_columns(file: str) -> list[str]:
    return [name for name in COLUMNS[file] if name not in MAY_BE_MISSING.get(file, ())]
