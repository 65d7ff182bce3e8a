"""Figures with sliders in a browser: moved by keyboard, they show the right numbers."""

import io
import json
import re

import matplotlib.image
import pytest
from playwright.sync_api import expect

from tests.book.pages import BUILT, CHAPTER, SITE, parse
from tests.figures.slider_numbers import check

LIVE = [page for page in BUILT if parse(page).select("[data-figure]")]


def live_figures(tab):
    """Scroll to each figure, wait until it is interactive, and yield it with its name."""
    for figure in tab.locator(".sliders").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_contain_class("live")
        yield figure, figure.locator("script").get_attribute("data-figure")


def check_read_out(figure, name):
    values = figure.locator("input, select").evaluate_all(
        "all => Object.fromEntries(all.map(control => [control.name, Number(control.value)]))"
    )
    check(name, figure.locator("[aria-live=polite]").inner_text(), values)


def test_pages_with_sliders_are_found():
    assert CHAPTER in LIVE, "run `make book` first"


@pytest.mark.parametrize("page", sorted(set(BUILT) - set(LIVE)))
def test_pages_without_sliders_load_neither_sliders_nor_vega(page):
    sources = [script.get("src", "") for script in parse(page).find_all("script")]
    assert not [source for source in sources if "sliders" in source or "vega" in source]


@pytest.mark.parametrize("page", LIVE)
def test_each_slider_moves_the_figure(tab, server, page):
    tab.goto(f"{server}/{page}")
    for figure, name in live_figures(tab):
        check_read_out(figure, name)
        chart = figure.locator(".chart")
        expect(chart).to_have_role("img")
        expect(chart).to_have_accessible_name(figure.locator("img").get_attribute("alt"))
        spec = json.loads(figure.locator("script").inner_text())
        controls = figure.get_by_role("slider").or_(figure.get_by_role("combobox")).all()
        assert len(controls) == sum("bind" in signal for signal in spec["signals"])
        for control in controls:
            expect(control).to_have_accessible_name(re.compile("[a-z]"))
            control.focus()
            seen = set()
            for key in ("Home", "End", "ArrowLeft"):
                tab.keyboard.press(key)
                tab.wait_for_timeout(50)
                check_read_out(figure, name)
                seen.add(chart.inner_html())
            assert len(seen) >= 2, f"{control} does not change {name}"
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(360, {})], indirect=True, ids=["360"])
@pytest.mark.parametrize("page", LIVE)
def test_figures_fit_a_phone(tab, server, page):
    tab.goto(f"{server}/{page}")
    for figure, _ in live_figures(tab):
        for part in (".chart svg", ".controls"):
            box = figure.locator(part).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(1280, {"color_scheme": "light"})], indirect=True, ids=["light"])
def test_figures_follow_the_theme(tab, server):
    tab.goto(f"{server}/{CHAPTER}")
    for figure, _ in live_figures(tab):
        brightness = {}
        for theme in ("light", "dark"):
            tab.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            picture = io.BytesIO(figure.locator(".chart").screenshot())
            brightness[theme] = matplotlib.image.imread(picture, format="png")[..., :3].mean()
        assert brightness["light"] > 0.8
        assert brightness["dark"] < 0.3
    assert not tab.faults, "\n".join(tab.faults)


@pytest.mark.parametrize("tab", [(1280, {"java_script_enabled": False})], indirect=True, ids=["-"])
def test_static_image_is_shown_without_scripts(tab, server):
    tab.goto(f"{server}/{CHAPTER}")
    figures = tab.locator(".sliders").all()
    assert figures
    for figure in figures:
        expect(figure.locator("img")).to_be_visible()
    assert not tab.faults, "\n".join(tab.faults)


def test_static_image_is_shown_in_print(tab, server):
    tab.goto(f"{server}/{CHAPTER}")
    for figure, _ in live_figures(tab):
        expect(figure.locator("img")).to_be_hidden()
        tab.emulate_media(media="print")
        expect(figure.locator("img")).to_be_visible()
        expect(figure.locator(".controls")).to_be_hidden()
        tab.emulate_media(media="screen")
    assert not tab.faults, "\n".join(tab.faults)


def test_figures_work_on_a_page_opened_from_disk(browser):
    tab = browser.new_page()
    tab.goto((SITE / CHAPTER).as_uri())
    for figure, name in live_figures(tab):
        check_read_out(figure, name)
    tab.close()


def test_vega_is_loaded_when_a_figure_scrolls_near(tab, server):
    tab.goto(f"{server}/{CHAPTER}", wait_until="networkidle")
    fetched = "performance.getEntriesByType('resource').some(r => r.name.endsWith('vega.js'))"
    assert not tab.evaluate(fetched)
    assert list(live_figures(tab))
    assert tab.evaluate(fetched)
    assert not tab.faults, "\n".join(tab.faults)
