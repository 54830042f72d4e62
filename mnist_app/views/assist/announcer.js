// Says what changes in a live region that stays: one that comes with the change is not announced.

class Announcer {
  exact = null; // what tells the answer on the page from the next one; null: none is there

  constructor(parent) {
    this.region = element("div", "as-live", parent);
    this.region.setAttribute("role", "status");
    this.region.setAttribute("aria-live", "polite");
  }

  say(text) {
    this.region.replaceChildren(element("div", "", null, text)); // a new node: the same words are said again
  }

  /** Say the answer on the page if it is another one than before; the first one of a page, and a hidden one, is silent. */
  look() {
    const answer = document.querySelector("[data-said]");
    const exact = answer?.checkVisibility() ? `${answer.dataset.said} ${answer.dataset.exact}` : null;
    if (exact !== null && this.exact !== null && exact !== this.exact) this.say(answer.dataset.said);
    this.exact = exact;
  }
}
