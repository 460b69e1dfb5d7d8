"""Several printed documents as one PDF: pages, bookmarks, tags, numbers across the whole.

Made for what the press prints. Each part keeps its tags: the trees are put under one root, in the
order of the parts, so that a screen reader reads the whole as one document. What is lost of a part
is its own title and its links into other parts; `whole:` links are made into links of the whole.

All of it is done by qpdf, since a pack has some 30,000 objects and Python took a quarter of a
pack's time to read and to write them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, OutlineItem, Page, Pdf

LINK = "whole:"  # the address of a link to a page of the whole: "whole:12" is its twelfth page
NUMBER = Name("/RollbookPageNumber")
DRAW_NUMBER = f"\nQ\nq {NUMBER} Do Q\n".encode()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark of a part: its words, how deep it stands, and its page, counted from 0."""

    words: str
    depth: int
    page: int


def headings(pdf: bytes) -> list[Bookmark]:
    """The bookmarks of a document, in order."""
    with Pdf.open(BytesIO(pdf)) as document:
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        with document.open_outline() as outline:
            return list(_bookmarks(outline.root, pages, 0))


def _bookmarks(
    items: Sequence[OutlineItem], pages: Mapping[tuple[int, int], int], depth: int
) -> Iterator[Bookmark]:
    for item in items:
        page = cast(Array, item.destination)[0]  # as the press writes it: page, place
        yield Bookmark(item.title, depth, pages[page.objgen])
        yield from _bookmarks(item.children, pages, depth + 1)


def merge(parts: Sequence[bytes], *, title: str, numbers: bytes | None = None) -> bytes:
    """The parts one after the other. `numbers` has a page for each page of the whole, laid over it.

    Language, title display and the declaration of the variant are those of the first part.
    """
    whole, *others = (Pdf.open(BytesIO(part)) for part in parts)
    for part in others:
        _append(whole, part)
    _link(whole)
    if numbers is not None:
        _lay_over(whole, Pdf.open(BytesIO(numbers)))
    whole.docinfo[Name.Title] = title
    out = BytesIO()
    whole.save(out, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _append(whole: Pdf, part: Pdf) -> None:
    """Pages first: the bookmarks and tags that are copied after them know them by then."""
    pages_before = len(whole.pages)
    whole.pages.extend(part.pages)
    tree = whole.copy_foreign(part.Root.StructTreeRoot)
    _append_tags(whole.Root.StructTreeRoot, tree, whole.pages[pages_before:])
    if Name.Outlines in part.Root:
        _append_bookmarks(whole, whole.copy_foreign(part.Root.Outlines))


# --- bookmarks


def _append_bookmarks(whole: Pdf, added: Object) -> None:
    """Those of a part behind those of the whole: a chain, of which each knows the next."""
    if Name.Outlines not in whole.Root:
        whole.Root.Outlines = whole.make_indirect(Dictionary(Type=Name.Outlines, Count=0))
    ours = whole.Root.Outlines
    for item in _chain(added.First):
        item.Parent = ours
    if Name.Last in ours:
        ours.Last.Next, added.First.Prev = added.First, ours.Last
    else:
        ours.First = added.First
    ours.Last = added.Last
    ours.Count += added.Count


def _chain(item: Object | None) -> Iterator[Object]:
    while item is not None:
        yield item
        item = item.get(Name.Next)


# --- tags


def _append_tags(ours: Object, added: Object, pages: Sequence[Page]) -> None:
    """A part's tree of tags beside those before it, its keys moved behind theirs."""
    keys = ours.ParentTree.Nums
    behind = len(keys) // 2
    for place, key_or_tags in enumerate(added.ParentTree.Nums):
        keys.append(key_or_tags if place % 2 else key_or_tags + behind)
    ours.ParentTreeNextKey = len(keys) // 2
    for child in added.K:
        child.P = ours
        ours.K.append(child)
    for page in pages:
        page.obj.StructParents += behind
        for annotation in _annotations(page):
            annotation.StructParent += behind


def _annotations(page: Page) -> list[Object]:
    return list(page.obj.get(Name.Annots, ()))


# --- links and numbers


def _link(whole: Pdf) -> None:
    """Links to `whole:12` become links to the twelfth page."""
    for page in whole.pages:
        for annotation in _annotations(page):
            address = str(annotation.get(Name.A, Dictionary()).get(Name.URI, ""))
            if address.startswith(LINK):
                target = whole.pages[int(address.removeprefix(LINK)) - 1]
                del annotation[Name.A]
                annotation.Dest = Array([target.obj, Name.Fit])


def _lay_over(whole: Pdf, numbers: Pdf) -> None:
    """Each page of `numbers` over the same page of the whole, as a drawing of its own."""
    for page, number in zip(whole.pages, numbers.pages, strict=True):
        drawn = whole.copy_foreign(number.as_form_xobject())
        shared = page.resources  # by all pages of a part
        drawings = Dictionary({**dict(shared.XObject.items()), str(NUMBER): drawn})
        page.obj.Resources = Dictionary({**dict(shared.items()), "/XObject": drawings})
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(DRAW_NUMBER)
