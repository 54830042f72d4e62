// A pen that the keys move. The drawable canvas understands the mouse, so each move becomes the mouse's events.

const MOVES = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1], // as on the block of numbers
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};
const STEP = 8; // pixels of the canvas
const LEAP = 40; // with Shift
const BETWEEN = 4; // pixels from one of the mouse's places to the next: the canvas rounds corners off between two
const REST = 400; // ms without a move until a screen reader says the place

// The canvas lies in a shadow root, which takes its styles from inside.
const STYLE = `
.pen-on { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
.pen-mark {
  position: absolute; z-index: 30; width: 22px; height: 22px; margin: -11px; border-radius: 50%;
  border: 3px solid #fff; box-shadow: 0 0 0 2px #000, inset 0 0 0 2px #000; pointer-events: none;
}
.pen-down { background: var(--pen-colour); }
.pen-keys {
  position: absolute; z-index: 30; top: 100%; left: 0; margin-top: 8px; padding: 6px 10px; width: 260px;
  color: var(--st-text-color); background: var(--st-background-color); font: 0.8125rem/1.4 var(--st-font);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); word-break: keep-all;
}
[hidden] { display: none; }
`;

class Pen {
  isDown = false;

  /** `canvas` takes the events; `say` has a text said aloud. */
  constructor(canvas, say) {
    Object.assign(this, { canvas, say });
    const root = canvas.getRootNode();
    root.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
    this.box = root.querySelector(".dc-root");
    this.mark = element("div", "pen-mark", canvas.parentNode);
    this.keys = element("div", "pen-keys", this.box);
    this.mark.hidden = this.keys.hidden = true;
    this.keys.id = "pen-keys";
    canvas.tabIndex = 0;
    // A screen reader hands the arrow keys on to an application only.
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-describedby", this.keys.id);
    this.at = { x: canvas.offsetWidth / 2, y: canvas.offsetHeight / 4 };
    // A mouse that draws gives the canvas the focus too; then the keys scroll the page as ever.
    canvas.addEventListener("focus", () => this.show(canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => this.leave());
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("pointerdown", ({ isTrusted }) => isTrusted && this.show(false));
  }

  write({ words, colour }) {
    this.words = words;
    this.canvas.ariaLabel = words.canvas;
    setText(this.keys, words.keys);
    this.mark.style.setProperty("--pen-colour", colour);
  }

  show(isOn) {
    this.isOn = isOn;
    this.mark.hidden = this.keys.hidden = !isOn;
    this.box.classList.toggle("pen-on", isOn);
    this.place();
  }

  place() {
    this.mark.style.transform = `translate(${this.at.x}px, ${this.at.y}px)`;
    this.mark.classList.toggle("pen-down", this.isDown);
  }

  press(event) {
    if (!this.isOn || event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    if (move) this.move(move, event.shiftKey ? LEAP : STEP);
    else if (event.key === " " || event.key === "Enter") this.toggle();
    else if (event.key === "Escape") this.canvas.blur();
    else return;
    event.preventDefault();
  }

  move([across, down], length) {
    const { offsetWidth, offsetHeight } = this.canvas;
    const from = this.at;
    this.at = {
      x: clamp(from.x + across * length, 0, offsetWidth - 1),
      y: clamp(from.y + down * length, 0, offsetHeight - 1),
    };
    if (this.isDown) this.drag(from, this.at);
    this.place();
    this.tell();
  }

  drag(from, to) {
    const count = Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) / BETWEEN);
    for (let n = 1; n <= count; n++) {
      const share = n / count;
      this.mouse("mousemove", { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) });
    }
  }

  toggle() {
    this.isDown = !this.isDown;
    this.mouse(this.isDown ? "mousedown" : "mouseup", this.at);
    this.place();
    this.tell(this.isDown ? this.words.down : this.words.up);
  }

  leave() {
    if (this.isDown) this.toggle();
    this.show(false);
    clearTimeout(this.timer);
  }

  /** Have the place said when the pen rests, after what has just become of the pen. */
  tell(news = "") {
    clearTimeout(this.timer);
    const { offsetWidth, offsetHeight } = this.canvas;
    const [across, down] = [this.at.x / offsetWidth, this.at.y / offsetHeight].map((share) => Math.round(100 * share));
    const place = fill(this.words.place, { across, down });
    if (news) this.say(`${news}. ${place}`);
    else this.timer = setTimeout(() => this.say(place), REST);
  }

  /** Send the mouse's event, and the pointer's, at a place on the canvas. */
  mouse(name, { x, y }) {
    const { canvas } = this;
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = width / canvas.offsetWidth; // of a canvas that is made smaller to fit a phone
    const place = { clientX: left + x * scale, clientY: top + y * scale };
    const how = { bubbles: true, composed: true, cancelable: true, view: window, buttons: name === "mouseup" ? 0 : 1, ...place };
    canvas.dispatchEvent(new PointerEvent(name.replace("mouse", "pointer"), how)); // what follows the pen listens to these
    canvas.dispatchEvent(new MouseEvent(name, how));
  }
}
