// From the window on one map to the cell of the next: the two maps as small
// pictures on either side, and the arithmetic between them.

const SIDE_MAP = 112; // CSS pixels of a small picture's longer side, at most
const SIDE_CELL = 14; // CSS pixels of a cell in it, at most

/** A small picture of one map, part of it framed; one points at its cells. */
class SideMap {
  /** `name` is its class; `onpoint` takes the place of a cell, `onstep` how far the keys go, [down, across]. */
  constructor(parent, name, onpoint, onstep) {
    this.root = element("figure", `ex-grid ${name}`, parent);
    this.box = element("div", "ex-side", this.root);
    this.canvas = element("canvas", "ex-side-map", this.box);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.frame = element("div", "ex-side-frame", this.box);
    this.caption = element("figcaption", "", this.root);
    this.canvas.onpointermove = this.canvas.onpointerdown = ({ offsetX, offsetY }) => {
      const [height, width] = this.size;
      const at = (offset, length) => clamp(Math.floor(offset / this.cell), 0, length - 1);
      onpoint({ row: at(offsetY, height), column: at(offsetX, width) });
    };
    this.canvas.onkeydown = (event) => {
      if (!KEYS[event.key]) return;
      onstep(KEYS[event.key]);
      event.preventDefault();
    };
  }

  update(layer, map, scale, peak, { top, left, bottom, right }, caption, help) {
    const [height, width] = layer.shape;
    if (!this.tiles || this.size[0] !== height || this.size[1] !== width) {
      this.tiles = new Tiles(width, height, this.canvas);
      this.size = [height, width];
      this.cell = clamp(Math.floor(SIDE_MAP / Math.max(height, width)), 1, SIDE_CELL);
      Object.assign(this.canvas.style, { width: `${width * this.cell}px`, height: `${height * this.cell}px` });
    }
    this.tiles.colour(layer, map, 0, 0, scale, peak);
    this.tiles.finish();
    const [t, l, b, r] = [Math.max(top, 0), Math.max(left, 0), Math.min(bottom, height), Math.min(right, width)];
    const edges = { top: t, left: l, width: Math.max(0, r - l), height: Math.max(0, b - t) };
    for (const [edge, cells] of Object.entries(edges)) this.frame.style[edge] = `${cells * this.cell}px`;
    setText(this.caption, caption);
    this.canvas.ariaLabel = `${caption}. ${help}`;
  }
}

/** The two maps, and between them what `middle` is given. */
class Passage {
  constructor(panel, parent) {
    this.panel = panel;
    const { owner } = panel;
    this.root = element("div", "ex-passage", parent);
    const step = ([down, across]) => this.jump({ row: panel.spot.row + down, column: panel.spot.column + across });
    this.from = new SideMap(this.root, "ex-from", (place) => this.jump(cellAround(panel.layer, panel.before, place)), step);
    this.middle = element("div", "ex-product", this.root);
    this.to = new SideMap(this.root, "ex-to", (place) => this.jump(place), step);
    this.told = element("div", "ex-tap", this.root);
    this.told.setAttribute("aria-live", "polite");
    const { middle } = this;
    middle.tabIndex = 0;
    middle.setAttribute("role", "application");
    middle.onpointerover = middle.onclick = ({ target }) => {
      const cell = target.closest("td");
      if (cell) owner.pointInWindow(Number(cell.dataset.place));
    };
    middle.onpointerleave = ({ pointerType }) => pointerType === "mouse" && owner.pointInWindow(null); // a tap stays
    middle.onblur = () => owner.pointInWindow(null);
    middle.onkeydown = (event) => this.press(event);
  }

  /** Go to another cell of the map, as far as there is one; the window no longer slides. */
  jump({ row, column }) {
    const { owner, layer } = this.panel;
    const [height, width] = layer.shape;
    if (owner.slide.isOn) owner.slide.toggle();
    owner.moveTo({ row: clamp(row, 0, height - 1), column: clamp(column, 0, width - 1) });
  }

  press(event) {
    const step = KEYS[event.key];
    if (!step) return;
    const { owner } = this.panel;
    const [rows, columns] = this.size;
    const tap = owner.tap ?? 0;
    const [row, column] = owner.tap === null ? [0, 0] : [Math.floor(tap / columns) + step[0], (tap % columns) + step[1]];
    owner.pointInWindow(clamp(row, 0, rows - 1) * columns + clamp(column, 0, columns - 1));
    event.preventDefault();
  }

  /** Show a sum's window on a map of the layer before and its cell, and what is said of the cell that is pointed at. */
  update(sum, map, sayOf) {
    const { words, spot, layer, before, owner } = this.panel;
    const { picture } = owner;
    this.size = sum.size;
    const { row, column } = spot;
    const cell = { top: row, left: column, bottom: row + 1, right: column + 1 };
    const show = (side, n, of, number, part) => {
      const peak = picture.peaks[n] ?? mapPeak(of, number);
      side.update(of, number, picture.scaleOf(of), peak, part, fill(words.side_map, { layer: of.name, map: number + 1 }), words.sides);
    };
    show(this.from, spot.layer - 1, before, map, sum.window);
    show(this.to, spot.layer, layer, spot.map, cell);
    this.middle.ariaLabel = words.product_keys;
    const tapped = owner.tap === null ? null : placeInWindow(sum, owner.tap, owner.spot, this.panel.channel);
    const place = tapped && owner.telling.name({ layer: spot.layer - 1, ...tapped });
    setText(this.told, owner.tap === null ? "" : `${place ?? words.padding}: ${sayOf(owner.tap)}`);
  }
}
