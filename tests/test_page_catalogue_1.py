"""A third of the catalogue on the page; the other two are beside this."""

import pytest
from page_catalogue import browser, check_exercise, run, share  # noqa: F401 - fixtures


@pytest.mark.parametrize("name", share(0, 3))
def test_the_page_says_what_is_said_natively(name, run):  # noqa: F811 - the fixture
    check_exercise(name, run)
