"""The search, on a book that is opened from disk: what it finds, its keys, its weight."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.book.pages import SITE

LIMIT = 100_000  # bytes compressed, as checks.md says


@pytest.fixture(scope="module")
def tab(browser):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto((SITE / "back_matter" / "running.html").as_uri())
    assert not tab.evaluate("window.MiniSearch")  # nothing is loaded for those who only read
    tab.keyboard.press("/")
    yield tab
    tab.close()
    assert not errors, errors


def results(tab, query):
    """Return the places that the search finds, from the root of the site, the best one first."""
    tab.locator("dialog.search input").fill(query)
    tab.wait_for_selector("dialog.search [role=status]:text('result')")
    links = tab.eval_on_selector_all("dialog.search a", "links => links.map(link => link.href)")
    return [link.removeprefix(SITE.as_uri() + "/") for link in links]


# The place that a reader wants, and how many results may come before it.
WANTED = {
    "NaN": ("12_whats_wrong.html#nan-or-inf", 0),
    "ignore_index": ("07_pytorch_losses.html#ignore-index-labels-that-do-not-count", 0),
    "label smoothing": ("09_in_practice.html#label-smoothing", 0),
    "KL": ("glossary.html#term-KL-divergence", 0),
    "logsumexp": ("06_numerical_stability.html#many-classes-log-sum-exp", 0),
    "perplexity": ("11_scale.html#perplexity-of-what", 0),
    "交叉熵": ("03_cross_entropy.html", 1),
    "2.303": ("12_whats_wrong.html#the-value-names-the-cause-0-693-2-303-16-118", 0),
    "entropie": ("glossary.html#term-entropy", 0),
    "AdamW": ("08_training.html#adam-a-step-size-for-each-parameter", 0),
    "stuck at 2.303": ("12_whats_wrong.html#stuck-at-2-303-or-a-little-below-it", 0),
    "negative loss": ("12_whats_wrong.html#negative-loss-a-loss-of-exactly-0", 0),
    "device-side assert": (
        "12_whats_wrong.html#indexerror-or-cuda-error-device-side-assert-triggered",
        0,
    ),
}


@pytest.mark.parametrize("query", WANTED)
def test_query_finds_the_section_one_wants(tab, query):
    place, before = WANTED[query]
    found = results(tab, query)[: before + 1]
    assert any(result.endswith(place) for result in found), found


def test_formulas_are_found_as_plain_signs(tab):
    assert results(tab, "cross-entropy")
    assert "H(p, q) = −∑_k p_k ln q_k" in tab.locator("dialog.search ol").inner_text()


def test_other_names_of_the_glossary_are_known(tab):
    assert "chapters/08_training.html#gradient-descent" in results(tab, "梯度下降")[:2]
    assert results(tab, "NLL")[0] == "back_matter/glossary.html#term-negative-log-likelihood"


def test_dialog_is_accessible_and_fits(tab):
    assert results(tab, "softmax")
    for width, theme in ((1280, "light"), (320, "dark")):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(color_scheme=theme)
        tab.wait_for_function(f"document.documentElement.dataset.theme == '{theme}'")
        assert tab.eval_on_selector("dialog.search", "dialog => dialog.scrollWidth") < width
        found = Axe().run(tab, "dialog.search", {"rules": {"target-size": {"enabled": True}}})
        assert not found.response["violations"]


def test_keys_open_choose_and_close(tab):
    field, dialog = tab.locator("dialog.search input"), tab.locator("dialog.search")
    found = results(tab, "odds")
    assert str(len(found)) in tab.locator("dialog.search [role=status]").inner_text().split()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        tab.keyboard.press(key)
    tab.wait_for_url(f"{SITE.as_uri()}/{found[1]}")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("a/b")  # here "/" is a letter
    assert field.input_value() == "a/b"
    first, *_ = results(tab, "nat")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate("document.activeElement.matches('dialog.search input')")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{SITE.as_uri()}/{first}")  # on the same page
    assert not dialog.is_visible()
    tab.locator(".search-button").click()
    assert dialog.is_visible()
    tab.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert tab.evaluate("document.activeElement.matches('.search-button')")


def test_what_the_first_use_loads_is_light():
    assert len(gzip.compress((SITE / "vendor" / "search.js").read_bytes())) < LIMIT


def test_search_of_sphinx_is_gone():
    assert not [*SITE.glob("search*"), *SITE.rglob("searchtools.js")]
