// One image: the picture, its numbers beside it, and its label one-hot. What is
// pointed at in the one is framed in the other.

const SIDE = 28; // pixels of the image
const PIXEL = 9; // CSS pixels of one of them in the picture
const FAINT = 45; // percent of the colour behind the largest number: it stays readable
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

let chosenScaled = false; // by the reader, for as long as the app is open

const sheets = new WeakMap(); // parentElement -> Sheet

function show({ data, parentElement }) {
  if (!data) return undefined;
  const sheet = sheets.get(parentElement) ?? new Sheet(parentElement);
  sheets.set(parentElement, sheet);
  sheet.update(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    sheet.root.remove();
    sheets.delete(parentElement);
  };
}

class Sheet {
  spot = null; // what is pointed at: a pixel's place, counted from 0

  constructor(parent) {
    this.root = element("div", "is-root", parent);
    this.makePicture(element("div", "is-left", this.root));
    this.makeMatrix(element("div", "is-right", this.root));
  }

  makePicture(left) {
    const box = element("div", "is-box", left);
    this.picture = element("canvas", "is-picture", box);
    Object.assign(this.picture, { width: SIDE, height: SIDE });
    this.picture.setAttribute("role", "img");
    this.frame = element("div", "is-frame", box);
    const legend = element("div", "is-legend", left);
    [this.paper, this.ramp, this.ink] = ["", "is-ramp", ""].map((name) => element("span", name, legend));
    this.label = element("div", "is-label", left);
    this.classes = element("div", "is-classes", left);
    this.classes.setAttribute("aria-hidden", "true"); // the code below says it
    this.boxes = Array.from({ length: 10 }, (_, digit) => {
      const column = element("div", "", this.classes);
      element("div", "is-quiet", column, digit);
      return element("div", "is-bit", column);
    });
    this.code = element("div", "is-quiet", left);
    this.follow(box, PIXEL);
  }

  makeMatrix(right) {
    const bar = element("div", "is-bar", right);
    this.choices = segmented(bar, "is-scale", [false, true], (scaled) => {
      chosenScaled = scaled;
      this.write();
    });
    this.told = element("span", "is-told", bar);
    this.told.setAttribute("aria-live", "polite");
    const scroll = element("div", "is-scroll", right);
    this.grid = element("div", "is-grid", scroll);
    this.grid.tabIndex = 0;
    this.grid.setAttribute("role", "application"); // else a screen reader keeps the arrow keys
    this.cells = Array.from({ length: SIDE * SIDE }, () => element("div", "is-cell", this.grid));
    this.grid.onkeydown = (event) => this.press(event);
    this.grid.onblur = () => this.point(null);
    this.follow(this.grid);
  }

  /** Point at what is under the pointer; `size` is that of a pixel, if it does not follow the node's. */
  follow(node, size) {
    node.onpointermove = node.onpointerdown = ({ clientX, clientY }) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      const column = clamp(Math.floor((clientX - left) / (size ?? width / SIDE)), 0, SIDE - 1);
      const row = clamp(Math.floor((clientY - top) / (size ?? height / SIDE)), 0, SIDE - 1);
      this.point(row * SIDE + column);
    };
    node.onpointerleave = (event) => event.pointerType === "mouse" && this.point(null); // a tap stays
  }

  update({ values, label, oneHot, alt, words, selected }) {
    Object.assign(this, { values, words });
    this.root.style.setProperty("--is-selected", selected);
    this.picture.ariaLabel = alt;
    this.grid.ariaLabel = words.matrix;
    setText(this.paper, words.paper);
    setText(this.ink, words.ink);
    setText(this.label, fill(words.label, { label }));
    setText(this.code, fill(words.one_hot, { code: oneHot.join("") }));
    oneHot.forEach((bit, digit) => {
      setText(this.boxes[digit], String(bit));
      this.boxes[digit].classList.toggle("is-one", bit === 1);
    });
    this.choices.forEach(({ text, value }) => setText(text, value ? words.scaled : words.bytes));
    const image = new ImageData(SIDE, SIDE);
    values.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    this.picture.getContext("2d").putImageData(image, 0, 0);
    this.write();
    this.point(this.spot);
  }

  /** Write the numbers, as they are stored or scaled. */
  write() {
    this.choices.forEach(({ input, value }) => (input.checked = value === chosenScaled));
    this.values.forEach((value, i) => {
      const cell = this.cells[i];
      setText(cell, chosenScaled ? share(value, 2) : String(value));
      const strength = ((FAINT * value) / 255).toFixed(1);
      cell.style.background = value ? `color-mix(in srgb, var(--st-primary-color) ${strength}%, transparent)` : "";
      cell.classList.toggle("is-zero", value === 0);
    });
  }

  point(spot) {
    if (this.spot !== null) this.cells[this.spot].classList.remove("is-spot");
    this.spot = spot;
    this.frame.hidden = spot === null;
    if (spot === null) {
      setText(this.told, this.words.invite);
      return;
    }
    const [row, column, value] = [Math.floor(spot / SIDE), spot % SIDE, this.values[spot]];
    this.cells[spot].classList.add("is-spot");
    this.frame.style.transform = `translate(${column * PIXEL}px, ${row * PIXEL}px)`;
    setText(this.told, fill(this.words.cell, { row: row + 1, column: column + 1, value, scaled: share(value, 3) }));
  }

  press(event) {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const spot = this.spot ?? (SIDE / 2) * SIDE + SIDE / 2;
    const row = clamp(Math.floor(spot / SIDE) + move[0], 0, SIDE - 1);
    const column = clamp((spot % SIDE) + move[1], 0, SIDE - 1);
    this.point(row * SIDE + column);
    this.cells[this.spot].scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** Write a byte as a share of 255; 0 and 1 only where it is just that. */
function share(value, digits) {
  return value === 0 ? "0" : value === 255 ? "1" : (value / 255).toFixed(digits);
}
