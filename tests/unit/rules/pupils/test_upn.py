import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers.rules.pupils.upn import is_temporary, normalise, why_not_upn

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def with_check_letter(rest: str) -> str:
    """By the published rule: each character times its place, 2 to 13, modulo 23."""
    values = [CHECK_LETTERS.index(c) if c.isalpha() else int(c) for c in rest]
    weighed = sum(place * value for place, value in enumerate(values, start=2))
    return CHECK_LETTERS[weighed % 23] + rest


permanent = st.from_regex(r"[0-9]{12}", fullmatch=True)
temporary = st.from_regex(r"[0-9]{11}[A-HJ-NP-RT-Z]", fullmatch=True)


@given(permanent | temporary)
def test_a_upn_with_its_check_letter_is_right(rest):
    upn = with_check_letter(rest)
    assert why_not_upn(upn) is None
    assert is_temporary(upn) is rest[-1].isalpha()


@given(permanent | temporary, st.sampled_from(CHECK_LETTERS))
def test_any_other_check_letter_is_wrong(rest, letter):
    right = with_check_letter(rest)
    if letter != right[0]:
        assert "wrong check letter" in why_not_upn(letter + rest)


@given(permanent, st.integers(0, 11), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_found(rest, place, digit):
    upn = with_check_letter(rest)
    mistyped = upn[: place + 1] + digit + upn[place + 2 :]
    assert (why_not_upn(mistyped) is None) is (mistyped == upn)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "There is no UPN."),
        ("   ", "There is no UPN."),
        ("A80120000100", "has 12 characters"),
        ("A8012000010011", "has 14 characters"),
        ("4801200001001", "is not a UPN"),
        ("I801200001001", "I, O and S are never used"),
        ("A80120000100S", "I, O and S are never used"),
        ("A80120000O001", "is not a UPN"),
        ("A８01200001001", "is not a UPN"),
        ("A801200001001" * 100, "has 1300 characters"),
    ],
)
def test_what_is_no_upn_is_told_why(text, why):
    answer = why_not_upn(text)
    assert why in answer
    assert len(answer) < 200


def test_spaces_and_small_letters_do_not_matter():
    upn = with_check_letter("801200001001")
    assert normalise(f" {upn[:4].lower()} {upn[4:]}\n") == upn
    assert why_not_upn(f" {upn.lower()} ") is None


def test_authorities_made_since_2011_are_known():
    """942 is Cumberland, made in 2023."""
    assert why_not_upn(with_check_letter("942200023001")) is None


def test_nothing_is_not_temporary():
    assert not is_temporary("")
