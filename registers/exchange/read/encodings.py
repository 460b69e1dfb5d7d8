"""In which encoding a file of text is written. No Django in this module."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind

CHUNK = 1 << 20
NEVER_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
LIKELY = ("cp1252", "mac_roman", "cp1250", "cp1257", "cp1254")  # those that schools' systems use
MOST_FOREIGN = 20_000  # bytes of lines with an accent, from which an encoding is told
NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1250": "Windows-1250"}
BIG_ENDIAN, LITTLE_ENDIAN = "utf-16-be", "utf-16-le"


class Encoding(NamedTuple):
    name: str
    note: str = ""  # what a person should look at, where it was only found to be likely
    ends_whole: bool = True  # whether the last line ends with a line break


def encoding_of(path: Path, source: str) -> Encoding:
    """One pass, a piece at a time. Raises UnreadableFile where the bytes are no text."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise UnreadableFile(source, ProblemKind.EMPTY)
    if start[:2] in (BOM_UTF16_LE, BOM_UTF16_BE):
        return Encoding("utf-16")
    if start[:3] == BOM_UTF8:
        return _by_its_bytes(path, source)
    if sixteen := _sixteen_bits(path):
        return Encoding(sixteen, "Read as UTF-16 without its mark.")
    return _by_its_bytes(path, source)


def _sixteen_bits(path: Path) -> str | None:
    """UTF-16 without its mark: every second byte of plain letters is nothing."""
    with path.open("rb") as stream:
        piece = stream.read(2_000)
    piece = piece[: len(piece) // 2 * 2]
    if not piece or b"\0" not in piece:
        return None
    first, second = piece[0::2].count(0), piece[1::2].count(0)
    half = len(piece) / 2
    if second > 0.7 * half and first < 0.05 * half:
        return LITTLE_ENDIAN
    if first > 0.7 * half and second < 0.05 * half:
        return BIG_ENDIAN
    return None


def _by_its_bytes(path: Path, source: str) -> Encoding:
    utf8, is_utf8, foreign, lines, piece = getincrementaldecoder("utf-8")(), True, b"", 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if found := NEVER_IN_TEXT.search(chunk):
                line = lines + chunk.count(b"\n", 0, found.start()) + 1
                raise UnreadableFile(source, ProblemKind.NOT_TEXT, line=line)
            lines += chunk.count(b"\n")
            try:
                is_utf8 and utf8.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
            if len(foreign) < MOST_FOREIGN and not chunk.isascii():
                foreign += _lines_with_accents(chunk)
            piece = chunk
    ends_whole = piece[-1:] in b"\r\n"
    if is_utf8:
        return Encoding("utf-8-sig", ends_whole=ends_whole)
    return _likely(foreign[:MOST_FOREIGN], ends_whole)


def _lines_with_accents(chunk: bytes) -> bytes:
    return b"\n".join(line for line in re.split(rb"[\r\n]+", chunk) if not line.isascii())


def _likely(foreign: bytes, ends_whole: bool) -> Encoding:
    """The encoding in which the letters make the likeliest words; Windows-1252 where all do."""
    best = max(LIKELY, key=lambda name: (_plausible(foreign, name), -LIKELY.index(name)))
    if best == "cp1252" and _plausible(foreign, best) <= 0:
        guess = from_bytes(foreign, cp_isolation=list(LIKELY)).best()
        best = guess.encoding if guess else best
    return Encoding(best, _look_at(foreign, best), ends_whole)


def _plausible(foreign: bytes, name: str) -> int:
    """How well the signs that are not ASCII stand in their words."""
    try:
        text = foreign.decode(name)
    except UnicodeDecodeError:
        return -len(foreign)
    signs = re.finditer(r"[^\x00-\x7f]", text)
    return sum(_fits(found[0], text[: found.start()], text[found.end() :]) for found in signs)


def _fits(sign: str, before: str, after: str) -> int:
    """A letter of names, in the case of its word; an apostrophe between two letters."""
    start = "".join(re.findall(r"[^\W\d_]+$", before[-30:]))
    end = "".join(re.findall(r"^[^\W\d_]+", after[:30]))
    if sign.isalpha():
        return 2 * (sign.casefold() in COMMON) + _fits_in_word(sign, start, end)
    is_inside = bool(start and end)
    if sign == "’":
        return 3 if is_inside else 1
    return 1 if sign in ALONE and not is_inside else -3


def _fits_in_word(letter: str, start: str, end: str) -> int:
    """By its case: a capital stands first or among capitals, and no name begins small."""
    if letter.isupper():
        word = start + end
        return 1 if not start or word == word.upper() else -3
    return 1 if start or not letter.islower() else 0


ALONE = "‘“”–—£€\xa0…·"  # signs that stand between words
COMMON = set("áàâäãåæçéèêëíìîïñóòôöõøœúùûüýÿßđłńśźżćčďěňřšťůžąęģķļņāēīūșțşğı")


def _look_at(foreign: bytes, name: str) -> str:
    text = foreign.decode(name, errors="replace")
    word = next(iter(re.findall(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)), "")
    said = NAMES.get(name, name)
    example = f", such as “{word}”" if word else ""
    return f"Not UTF-8: read as {said}. Look at a name with an accent{example}."
