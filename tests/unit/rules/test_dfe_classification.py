"""The DfE's own sessions by code give its own totals and rates: our classes are its classes.

All 60 rows agree exactly, none has a residual of sessions without a reason. The rates are published
as a spreadsheet shows a number, to 15 figures; two of the 300 are one unit off in the last figure
from the exact share rounded to 15, since they were worked out as binary numbers. Worked out the
same way, all 300 come out to the last figure.
"""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from registers.rules.codes import CODES, Category
from registers.rules.tally import Tally

FILE = Path(__file__).parents[1] / "data" / "dfe-sessions-by-code-2025-26.csv"
COLUMN_OF = {
    "/": "reason_present_am",
    "\\": "reason_present_pm",
    "L": "reason_l_present_late_before_registers_closed",
    "I": "reason_i_authorised_illness",
    "M": "reason_m_authorised_medical_dental",
    "R": "reason_r_authorised_religious_observance",
    "S": "reason_s_authorised_study_leave",
    "T": "reason_t_authorised_mobile_child",
    "H": "reason_h_authorised_holiday",
    "E": "reason_e_authorised_excluded",
    "C": "reason_c_authorised_other",
    "C1": "reason_c1_authorised_regulated_performance",
    "J1": "reason_j1_authorised_interview",
    "C2": "reason_c2_authorised_temp_reduced_timetable",
    "B": "reason_b_aea_education_off_site",
    "J": "reason_j_aea_interview",
    "P": "reason_p_aea_approved_sporting_activity",
    "V": "reason_v_aea_educational_visit_trip",
    "W": "reason_w_aea_work_experience",
    "K": "reason_k_aea_education_arranged_by_la",
    "G": "reason_g_unauthorised_holiday",
    "U": "reason_u_unauthorised_late_after_registers_closed",
    "O": "reason_o_other_unauthorised",
    "N": "reason_n_no_reason_yet",
}
with FILE.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
each_row = pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row['la_name']} {row['education_phase']}"
)


def by_code(row: dict[str, str]) -> dict[str, int]:
    return {symbol: int(row[column]) for symbol, column in COLUMN_OF.items()}


def tally_of(row: dict[str, str]) -> Tally:
    numbers = ("attended", "authorised", "unauthorised", "late")
    return Tally(
        *(
            sum(getattr(CODES[symbol], number) * count for symbol, count in by_code(row).items())
            for number in numbers
        )
    )


def in_category(row: dict[str, str], category: Category) -> int:
    return sum(n for symbol, n in by_code(row).items() if CODES[symbol].category is category)


def test_the_file_is_read_whole():
    assert len(ROWS) == 60
    reasons = {column for column in ROWS[0] if column.startswith("reason_")}
    assert reasons - set(COLUMN_OF.values()) == {"reason_present"}, "the sum of AM and PM"
    assert sum(by_code(row)["H"] + by_code(row)["J"] > 0 for row in ROWS) > 0, "retired, still used"


@each_row
def test_the_totals_are_the_dfes_own(row):
    tally = tally_of(row)
    ours = {
        "present_sessions": in_category(row, Category.PRESENT),
        "approved_educational_activity": in_category(row, Category.APPROVED_ACTIVITY),
        "overall_attendance": tally.attended,
        "authorised_absence": tally.authorised,
        "unauthorised_absence": tally.unauthorised,
        "overall_absence": tally.absent,
        "late_sessions": tally.late,
        "possible_sessions": tally.possible,
    }
    assert ours == {column: int(row[column]) for column in ours}


@each_row
def test_the_rates_are_the_dfes_own_to_the_last_figure(row):
    tally = tally_of(row)
    ours = {
        "attendance_perc": tally.attended,
        "overall_absence_perc": tally.absent,
        "authorised_absence_perc": tally.authorised,
        "unauthorised_absence_perc": tally.unauthorised,
        "illness_perc": by_code(row)["I"],
    }
    for column, sessions in ours.items():
        published = Fraction(row[column])
        exact = Fraction(100 * sessions, tally.possible)
        assert abs(exact - published) <= exact / 10**14, column
        assert f"{sessions / tally.possible * 100:.15g}" == row[column], column
