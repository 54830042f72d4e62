// The drawable canvas sends a stroke a moment after its end. A page chosen before the stroke is answered would
// lose it, and might be emptied by it: what comes late is still sent in the name of the page that was left.

const CANVAS = ".st-key-drawing";
const LINKS = "a[data-testid=stSidebarNavLink], a[data-testid=stPageLink-NavLink]";
const SENT = 250; // ms after a stroke's end; the drawable canvas waits for 200
const PATIENCE = 2000; // ms: not everything done on the canvas is sent
const STATE = "data-test-script-state"; // of Streamlit's root
const IDLE = "notRunning";

class Patience {
  constructor() {
    this.leaving = new AbortController();
    const options = { capture: true, signal: this.leaving.signal };
    document.addEventListener("pointerdown", ({ target }) => this.begin(target), options);
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => this.end(), options);
    }
    document.addEventListener("click", (event) => this.hold(event), options);
    this.app = document.querySelector(`[${STATE}]`);
    this.observer = new MutationObserver(() => this.look());
    if (this.app) this.observer.observe(this.app, { attributeFilter: [STATE] });
  }

  remove() {
    this.leaving.abort();
    this.observer.disconnect();
    this.leave();
  }

  begin(target) {
    this.isDrawing = Boolean(target.closest?.(CANVAS));
  }

  /** A stroke may end anywhere. */
  end() {
    if (!this.isDrawing) return;
    this.isDrawing = false;
    this.ended = performance.now();
    this.hasRun = !this.isIdle;
    for (const wait of [SENT, PATIENCE]) setTimeout(() => this.look(), wait + 1); // a timer may be a little early
  }

  get isIdle() {
    return this.app?.getAttribute(STATE) === IDLE;
  }

  /** Whether a stroke is yet to be answered. */
  get isOwed() {
    const since = performance.now() - this.ended;
    return since < SENT || (since < PATIENCE && !(this.hasRun && this.isIdle));
  }

  /** Let a page that is chosen too soon wait. */
  hold(event) {
    const link = event.target.closest?.(LINKS);
    if (!link || !this.isOwed || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.chosen = link;
  }

  look() {
    this.hasRun ||= !this.isIdle;
    if (!this.isOwed) this.leave();
  }

  leave() {
    const link = this.chosen;
    this.chosen = undefined;
    link?.click();
  }
}
