// The drawable canvas sends a stroke a moment after its end. A page chosen before that would lose the stroke,
// and be emptied by it: what comes late is still sent in the name of the page that was left.

const CANVAS = ".st-key-drawing";
const LINKS = "a[data-testid=stSidebarNavLink], a[data-testid=stPageLink-NavLink]";
const SENT = 300; // ms after a stroke's end; the drawable canvas waits for 200

class Patience {
  constructor() {
    this.leaving = new AbortController();
    const options = { capture: true, signal: this.leaving.signal };
    document.addEventListener("pointerdown", ({ target }) => this.begin(target), options);
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, (event) => this.end(event), options);
    }
    document.addEventListener("click", (event) => this.hold(event), options);
  }

  remove() {
    this.leaving.abort();
  }

  begin(target) {
    this.isDrawing = Boolean(target.closest?.(CANVAS));
  }

  /** A stroke may end anywhere. */
  end(event) {
    if (this.isDrawing) this.sent = event.timeStamp + SENT;
    this.isDrawing = false;
  }

  /** Let a page that is chosen too soon wait until the stroke is sent. */
  hold(event) {
    const link = event.target.closest?.(LINKS);
    const rest = this.sent - event.timeStamp;
    if (!link || !(rest > 0) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    setTimeout(() => link.click(), rest);
  }
}
