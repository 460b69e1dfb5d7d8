"""How a wrong row is mended, in words. No Django in this module."""

import re

# The first that is found in the reason stands; what is wrong is said by the reason itself.
HOW: tuple[tuple[str, str], ...] = (
    (r"another row of this pupil is wrong", "Mend that row; this one then comes in as it is."),
    (r"pupil.s row in .+ is wrong", "Mend the pupil’s row in pupils.csv first."),
    (r"neither in .+ nor in Rollbook", "Add the pupil to pupils.csv, or correct the UPN."),
    (r"check letter|UPN", "Look the UPN up in your system, and correct it here."),
    (r"spreadsheet's number", "Give the column a date format in the spreadsheet, and save again."),
    (r"is not a date|no day of the calendar", "Write the day as year-month-day: 2025-09-02."),
    (r"is empty", "Fill in this cell."),
    (
        r"not an attendance code|there is no code",
        "Put a national code there, or leave the row out.",
    ),
    (r"in force", "Put the code that was in force on that day."),
    (r"on roll", "Correct the day, or the dates of entry and leaving in pupils.csv."),
    (
        r"did not hold|was no session|no session",
        "Add the session to the calendar, or leave the row out.",
    ),
    (r"in the future", "Leave the row out until the day has come."),
    (r"compulsory school age", "Use the code for the absence; X is for other ages."),
    (r"there twice|already|two rows", "Keep one of the two rows."),
    (r"overlap|is not over yet|is before", "Correct the two dates."),
    (r"is no longer there, but", "Put the session back into calendar.csv."),
    (r"cells where the header|cut off", "Export the file again, or complete the row."),
    (r"quotation mark", "Close the quotation mark, or take it away."),
    (
        r"holds bytes|not the header|has no column",
        "Export the file again as CSV with all its columns.",
    ),
    (r"is missing", "Add this file to the others."),
    (r"fit$", "Shorten the text."),
)


ADVICE = re.compile(
    r"(.+?)[.:] ((?:Use|Leave|Give|Write|Mark|Put|Choose|Export|write|leave) .+)", re.DOTALL
)


def sentence(reason: str, *, column: str, is_row: bool) -> str:
    """A reason as `Findings` has it (“is empty”) with what it is said of, to stand by itself."""
    if not re.match(r"(is|has|may|belongs|differs|holds)\b", reason):
        return reason[:1].upper() + reason[1:]
    if reason.startswith("has no column") or not (column or is_row):
        return f"The file {reason}"
    return f"{column or 'The row'} {reason}"


def what_and_how(reason: str) -> tuple[str, str]:
    """What is wrong, and how it is mended; many reasons of `Findings` say both themselves."""
    both = ADVICE.fullmatch(reason)
    if both:
        return both[1], both[2][:1].upper() + both[2][1:].rstrip(".") + "."
    for pattern, how in HOW:
        if re.search(pattern, reason, re.IGNORECASE):
            return reason, how
    return reason, "Correct the cell in the file, or leave the row out."
