"""Fixtures for the tests of figures."""

import pytest

from xent_lib import plotting


@pytest.fixture
def book_style():
    """Draw figures as the chapters do."""
    plotting.use_book_style()
