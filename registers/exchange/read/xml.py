"""XML from outside, read with every door shut: no DTD, no entity, nothing fetched, all bounded.

A transfer file has no use for a document type; a file that has one is refused before any of its
elements is read. What is left is bounded: size, depth, text, elements.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import Value

MOST_BYTES = 100 << 20
DEEPEST = 40  # levels; a CTF has eleven
LONGEST_TEXT = 20_000  # characters of one element
MOST_ELEMENTS = 5_000_000  # of a file
MOST_IN_ONE = 20_000  # elements of one pupil
NOTHING = etree.Element("nothing")  # where an element is not there: no text, and nothing below it


def elements_named(path: Path, source: str, names: set[str]) -> Iterator[etree._Element]:
    """Each whole element of these names, wherever it stands and whatever its namespace.

    Cleared once the caller goes on to the next. Raises UnreadableFile with the line, also after
    some were given.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFile(source, ProblemKind.TOO_LARGE, megabytes=MOST_BYTES >> 20)
    with path.open("rb") as stream:
        try:
            yield from _Walk(source, names).over(stream)
        except etree.XMLSyntaxError as error:
            problem = str(error).split(", line ")[0]
            kind, line = ProblemKind.XML_BROKEN, error.lineno or 0
            raise UnreadableFile(source, kind, line=line, problem=problem) from None
        except (LookupError, UnicodeError):
            raise UnreadableFile(source, ProblemKind.XML_ENCODING) from None


class _Walk:
    def __init__(self, source: str, names: set[str]):
        self.source, self.names = source, names
        self.depth = self.seen = self.inside = self.in_one = 0

    def over(self, stream: IO[bytes]) -> Iterator[etree._Element]:
        walk = etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in walk:
            if event == "start":
                self._start(element)
            else:
                self._end(element)
                yield from self._whole(element)

    def _start(self, element: etree._Element) -> None:
        if self.seen == 0:
            self._refuse_doctype(element)
        self._count(element)
        if self.depth > DEEPEST:
            self._refuse(element, ProblemKind.XML_TOO_DEEP, levels=DEEPEST)
        if self.seen > MOST_ELEMENTS or self.in_one > MOST_IN_ONE:
            self._refuse(element, ProblemKind.XML_TOO_MANY_ELEMENTS)

    def _refuse_doctype(self, root: etree._Element) -> None:
        if root.getroottree().docinfo.doctype:
            self._refuse(root, ProblemKind.XML_DOCTYPE)

    def _count(self, element: etree._Element) -> None:
        self.depth += 1
        self.seen += 1
        if self.inside:
            self.inside += 1
            self.in_one += 1
        else:
            self.inside = int(local_name(element) in self.names)
            self.in_one = 0

    def _end(self, element: etree._Element) -> None:
        self.depth -= 1
        self.inside = max(self.inside - 1, 0)
        if len(element.text or "") > LONGEST_TEXT:
            name = local_name(element)
            self._refuse(element, ProblemKind.XML_TEXT_TOO_LONG, name=name, characters=LONGEST_TEXT)
        if any(True for _ in element.iterchildren(etree.Entity)):
            self._refuse(element, ProblemKind.XML_ENTITY)

    def _whole(self, element: etree._Element) -> Iterator[etree._Element]:
        """The element, if it is asked for; what stands within one that is stays with it."""
        if self.inside:
            return
        if local_name(element) in self.names:
            yield element
        _forget(element)

    def _refuse(self, element: etree._Element, kind: ProblemKind, **values: Value) -> None:
        raise UnreadableFile(self.source, kind, line=element.sourceline or 0, **values)


def _forget(element: etree._Element) -> None:
    """Give the memory back, with all that came before it."""
    element.clear()
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)


def local_name(element: etree._Element) -> str:
    """Without the namespace: schools’ systems write it or leave it out."""
    return etree.QName(element).localname


def children_of(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The elements of this name that stand right below."""
    return element.iterchildren(f"{{*}}{name}")


def child_of(element: etree._Element, *path: str) -> etree._Element:
    """The first element of these names, each below the one before; NOTHING if one is not there."""
    for name in path:
        element = next(children_of(element, name), NOTHING)
    return element


def text_of(element: etree._Element, *path: str) -> str:
    """The text of that child in one line; empty where there is none."""
    return text_in(child_of(element, *path))


def text_in(element: etree._Element) -> str:
    return " ".join((element.text or "").split())
