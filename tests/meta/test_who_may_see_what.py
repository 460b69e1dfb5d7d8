"""The page that tells people who may see what is what the views say."""

from attendance_site.management.commands import write_docs
from attendance_site.operations import who_may_see


def test_the_page_is_as_the_views_state_it():
    assert write_docs.WHO_MAY_SEE.read_text() == who_may_see.as_markdown(), "./rollbook docs"
