"""In which encoding a file of text is written. No Django in this module."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.pieces import pieces_of

LOOKED_AT = 2_000  # bytes from which 16 bits a letter are told
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
        start = stream.read(LOOKED_AT)
    if not start:
        raise UnreadableFile(source, ProblemKind.EMPTY)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return Encoding("utf-16")
    if sixteen := _sixteen_bits(start):
        return Encoding(sixteen, "Read as UTF-16 without its mark.")
    return _by_its_bytes(path, source)


def _sixteen_bits(start: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of plain letters is nothing."""
    if start.startswith(BOM_UTF8):
        return None
    half = len(start) // 2
    odd, even = start[0 : 2 * half : 2], start[1 : 2 * half : 2]
    for name, letters, nothing in ((LITTLE_ENDIAN, odd, even), (BIG_ENDIAN, even, odd)):
        if nothing.count(0) > 0.7 * half and letters.count(0) < 0.05 * half:
            return name
    return None


def _by_its_bytes(path: Path, source: str) -> Encoding:
    survey = _Survey(source)
    with path.open("rb") as stream:
        for piece in pieces_of(stream):
            survey.take(piece)
    return survey.encoding()


class _Survey:
    """What the bytes of a file say of their encoding, piece by piece."""

    def __init__(self, source: str):
        self.source = source
        self.lines = 0
        self.is_utf8, self.utf8 = True, getincrementaldecoder("utf-8")()
        self.foreign = b""  # lines with an accent
        self.ends_whole = True

    def take(self, piece: bytes) -> None:
        """Raises UnreadableFile where a byte is in no text."""
        self._refuse_what_is_no_text(piece)
        self._try_utf8(piece)
        if len(self.foreign) < MOST_FOREIGN:
            self.foreign += _lines_with_accents(piece)
        self.lines += piece.count(b"\n")
        self.ends_whole = piece.endswith((b"\r", b"\n"))

    def encoding(self) -> Encoding:
        if self.is_utf8:
            return Encoding("utf-8-sig", ends_whole=self.ends_whole)
        return _likely(self.foreign[:MOST_FOREIGN], self.ends_whole)

    def _refuse_what_is_no_text(self, piece: bytes) -> None:
        if wrong := NEVER_IN_TEXT.search(piece):
            line = self.lines + piece.count(b"\n", 0, wrong.start()) + 1
            raise UnreadableFile(self.source, ProblemKind.NOT_TEXT, line=line)

    def _try_utf8(self, piece: bytes) -> None:
        try:
            self.utf8.decode(piece)
        except UnicodeDecodeError:
            self.is_utf8 = False


def _lines_with_accents(piece: bytes) -> bytes:
    if piece.isascii():
        return b""
    return b"\n".join(line for line in re.split(rb"[\r\n]+", piece) if not line.isascii())


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
    if start and end:
        return 3 if sign == APOSTROPHE else -3
    return 1 if sign in ALONE else -3


def _fits_in_word(letter: str, start: str, end: str) -> int:
    """By its case: a capital stands first or among capitals, and no name begins small."""
    if not start:
        return 0 if letter.islower() else 1
    word = start + end
    return -3 if letter.isupper() and word != word.upper() else 1


APOSTROPHE = "’"
ALONE = "‘’“”–—£€\xa0…·"  # signs that stand between words
COMMON = set("áàâäãåæçéèêëíìîïñóòôöõøœúùûüýÿßđłńśźżćčďěňřšťůžąęģķļņāēīūșțşğı")


def _look_at(foreign: bytes, name: str) -> str:
    text = foreign.decode(name, errors="replace")
    word = re.search(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*", text)
    example = f", such as “{word[0]}”" if word else ""
    return f"Not UTF-8: read as {NAMES.get(name, name)}. Look at a name with an accent{example}."
