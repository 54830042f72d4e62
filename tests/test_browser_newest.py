"""Updates of a component in any order: the newest one stays.  In a real Chromium, without a server."""

from __future__ import annotations

from itertools import permutations

import pytest

from mnist_app.views.assets import script

pytestmark = pytest.mark.browser

# What Streamlit does: it waits for the script, calls it, and calls what an outdated call returned.
PLAY = """
async ({ script, order, newest, isRemoved }) => {
  const told = [];
  globalThis.told = (what) => told.push(what);
  const own = `
    const show = ({ data }) => { told(data); return () => told("removed"); };
  `;
  const url = URL.createObjectURL(new Blob([own + script], { type: "text/javascript" }));
  const { default: call } = await import(url);
  const parentElement = document.body.appendChild(document.createElement("div"));
  let last;
  await Promise.all(order.map(async (data) => {
    await undefined;
    const end = call({ data, parentElement });
    await undefined;
    if (data === newest) last = end;
    else end();
  }));
  await new Promise((done) => setTimeout(done, 5));
  call({ data: "later", parentElement });  // as every day
  await new Promise((done) => setTimeout(done, 5));
  if (isRemoved) last = call({ data: "last", parentElement });
  await new Promise((done) => setTimeout(done, 5));
  if (isRemoved) {
    parentElement.remove();
    last();
  }
  return told;
}
"""


@pytest.fixture(scope="module")
def blank(browser):
    """A page with nothing on it."""
    page = browser.new_page()
    page.goto("about:blank")
    yield page
    page.close()


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_the_newest_update_stays_whatever_the_order(blank, order):
    told = blank.evaluate(PLAY, {"script": script(), "order": order, "newest": 3, "isRemoved": False})
    assert told[-2:] == [3, "later"]
    assert told[told.index(3) :].count("removed") == 0


def test_a_component_that_is_gone_is_removed_once(blank):
    told = blank.evaluate(PLAY, {"script": script(), "order": [1], "newest": 1, "isRemoved": True})
    assert told == [1, "later", "last", "removed"]
