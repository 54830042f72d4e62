// What the drawing would be read as without a part of it (Zeiler and Fergus, 2014, section 4.2).

const PATCH = 5; // pixels of the 28 that are rubbed out
const STRIDE = 2; // pixels between two patches of the map
const ZOOM = 6; // CSS pixels of a pixel
const REST = 300; // ms without a change until the map is computed

/** Return an image without the patch around a place. */
function rubbedOut(image, side, { row, column }) {
  const half = PATCH >> 1;
  return image.map((value, n) => {
    const [r, c] = [Math.floor(n / side), n % side];
    return Math.abs(r - row) <= half && Math.abs(c - column) <= half ? 0 : value;
  });
}

/** The drawing to rub in, and beside it the map of what every patch is worth. */
class Occlusion {
  constructor(owner) {
    this.owner = owner;
    this.root = element("details", "ex-changes", owner.root);
    this.summary = element("summary", "", this.root);
    this.root.ontoggle = () => this.take(this.image);
    const row = element("div", "ex-fields", this.root);
    [this.drawing, this.map] = ["ex-rub", "ex-occlusion"].map((name) => this.picture(row, name));
    const { canvas } = this.drawing;
    canvas.tabIndex = 0;
    canvas.onpointermove = ({ offsetX, offsetY }) => {
      this.rub({ row: Math.floor(offsetY / ZOOM), column: Math.floor(offsetX / ZOOM) });
    };
    canvas.onpointerleave = canvas.onblur = () => this.rub(null);
    canvas.onkeydown = (event) => this.press(event);
    this.says = element("p", "ex-says", this.root);
    this.about = aboutLink(this.root);
  }

  picture(parent, className) {
    const figure = element("figure", "ex-grid", parent);
    const size = INPUT_SHAPE[0] * ZOOM;
    const canvas = Object.assign(element("canvas", className, figure), { width: size, height: size });
    canvas.setAttribute("role", "img");
    return { canvas, caption: element("figcaption", "", figure) };
  }

  write(words) {
    setText(this.summary, words.occlusion);
    setText(this.drawing.caption, words.rub);
    this.drawing.canvas.ariaLabel = words.rub_alt;
    setText(this.says, words.occlusion_says);
    tellAbout(this.about, this.owner.header.about.occlusion);
    this.words = words;
  }

  press(event) {
    const step = KEYS[event.key];
    if (!step) return;
    const middle = INPUT_SHAPE[0] >> 1;
    const { row, column } = this.owner.rubbed ?? { row: middle, column: middle };
    const inside = (place) => clamp(place, 0, INPUT_SHAPE[0] - 1);
    this.rub({ row: inside(row + step[0]), column: inside(column + step[1]) });
    event.preventDefault();
  }

  rub(place) {
    this.owner.rub(place);
  }

  /** Take what the network sees, and compute the map when it has been the same for a while. */
  take(image) {
    const isOther = image !== this.image;
    this.image = image;
    clearTimeout(this.timer);
    if (!this.root.open || !image) return;
    this.paintDrawing();
    if (isOther || !this.drops) this.timer = setTimeout(() => this.compute(), REST);
    else this.paintMap();
  }

  /** Forget the map: another network would draw another one. */
  forget() {
    this.image = null;
  }

  /** Compute row by row, so that the page stays awake. */
  async compute() {
    const { image, owner } = this;
    const [side] = INPUT_SHAPE;
    const sure = owner.network.probabilitiesOf(image).slice();
    const digit = sure.indexOf(Math.max(...sure));
    const places = Array.from({ length: Math.ceil(side / STRIDE) }, (_, n) => n * STRIDE);
    const drops = [];
    for (const row of places) {
      for (const column of places) {
        drops.push(sure[digit] - owner.network.probabilitiesOf(rubbedOut(image, side, { row, column }))[digit]);
      }
      await new Promise((resolve) => setTimeout(resolve));
      if (image !== this.image || !this.root.open) return; // drawn on meanwhile
    }
    Object.assign(this, { drops, digit, across: places.length });
    this.paintMap();
  }

  paintDrawing() {
    const { rubbed, scale } = this.owner;
    const pen = this.drawing.canvas.getContext("2d");
    const shown = rubbed ? rubbedOut(this.image, INPUT_SHAPE[0], rubbed) : this.image;
    shown.forEach((value, n) => {
      pen.fillStyle = css(scale.sequential.table[Math.round(255 * clamp(value, 0, 1))]);
      pen.fillRect((n % INPUT_SHAPE[1]) * ZOOM, Math.floor(n / INPUT_SHAPE[1]) * ZOOM, ZOOM, ZOOM);
    });
    if (!rubbed) return;
    pen.strokeStyle = this.owner.header.colours.selected;
    pen.lineWidth = 2;
    const half = PATCH >> 1;
    pen.strokeRect((rubbed.column - half) * ZOOM, (rubbed.row - half) * ZOOM, PATCH * ZOOM, PATCH * ZOOM);
  }

  paintMap() {
    const { drops, digit, across, words } = this;
    const { scale, layers } = this.owner;
    const pen = this.map.canvas.getContext("2d");
    const largest = Math.max(...drops.map(Math.abs), 0.001);
    const cell = STRIDE * ZOOM;
    drops.forEach((drop, n) => {
      pen.fillStyle = css(scale.diverging.table[Math.round(127.5 + (127.5 * drop) / largest)]);
      pen.fillRect((n % across) * cell, Math.floor(n / across) * cell, cell, cell);
    });
    const fields = { digit: layers.at(-1).labels[digit], patch: PATCH, points: number(100 * Math.max(0, ...drops)) };
    setText(this.map.caption, fill(words.occlusion_map, fields));
    this.map.canvas.ariaLabel = fill(words.occlusion_map, fields);
    this.map.canvas.dataset.largest = Math.max(...drops);
  }
}
