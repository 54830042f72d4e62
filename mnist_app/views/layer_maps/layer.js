// One layer on the page: heading, legend and body, drawn on a canvas or as rows.

const MAP_SIZE = 52; // CSS pixels a map is about wide, so that 16 to 20 fit in a row
const SINGLE_SIZE = 112; // the same for a layer that is one map, such as the input
const LARGEST_CELL = 14; // a 3 x 3 map would else be all blocks
const MAP_GAP = 2;
const UNIT_GAP = 1;
const UNIT_CELL = 8; // a unit of a long vector is a coloured cell
const BAR_WIDTHS = [3, 8]; // a unit of a short one is a bar
const BAR_HEIGHT = 48;
const BAR_LINES = [1, 2]; // bars on more lines than these are read worse than cells
const LINE_GAP = 6;

/** Heading and legend of one layer, above its body: a Mosaic or Rows. */
class LayerView {
  constructor(owner, layer) {
    this.section = element("section", "lm-layer");
    const head = element("div", "lm-head", this.section);
    this.heading = element("div", "lm-heading", head);
    this.heading.setAttribute("role", "heading");
    this.heading.setAttribute("aria-level", "3");
    this.words = ["name", "title", "detail"].map((part) => element("span", `lm-${part}`, this.heading));
    const legend = element("div", "lm-legend", head);
    [this.low, this.ramp, this.high] = ["lm-low", "lm-ramp", "lm-high"].map((c) => element("span", c, legend));
    this.body = layer.kind === "rows" ? new Rows(this.section, layer) : new Mosaic(this.section, layer, owner);
    this.form = LayerView.form(layer);
  }

  /** Return what must be equal for a view to be used again for another layer. */
  static form(layer) {
    return JSON.stringify([layer.kind, layer.shape]);
  }

  render(layer, { header, scales, peak, width }) {
    [layer.name, layer.title, layer.detail].forEach((text, i) => setText(this.words[i], text));
    const shared = header.scaling === "map" && !layer.ownScale ? null : peak(layer);
    this.scale = layer.signed ? scales.diverging : scales.sequential;
    this.body.render(layer, this.scale, shared, width);
    this.legend(layer, shared, header.words);
  }

  legend(layer, peak, words) {
    const [below, above] = this.scale.bars;
    const solid = layer.signed ? `${below} 50%, ${above} 50%` : `${above}, ${above}`;
    this.ramp.style.background = `linear-gradient(to right, ${this.body.solid ? solid : this.scale.stops})`;
    const own = layer.signed ? words.each_map_signed : words.each_map;
    setText(this.low, peak === null ? "" : number(layer.signed ? -peak : 0, layer.percent));
    setText(this.ramp, layer.signed && !this.body.solid ? "0" : "");
    setText(this.high, peak === null ? own : number(peak, layer.percent));
  }
}

/** A short vector: a row for each unit with its label, its bar and its number. */
class Rows {
  solid = true;

  constructor(section, layer) {
    const list = element("div", "lm-rows", section); // Streamlit styles ul and li
    list.setAttribute("role", "list");
    this.rows = layer.labels.map(() => {
      const row = element("div", "lm-row", list);
      row.setAttribute("role", "listitem");
      const label = element("span", "lm-label", row);
      const track = element("span", "lm-track", row);
      return { row, label, track, bar: element("span", "lm-bar", track), number: element("span", "lm-number", row) };
    });
  }

  render({ values, labels, signed, percent }, scale, peak) {
    const largest = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    this.rows.forEach(({ row, label, track, bar, number: text }, i) => {
      const share = peak > 0 ? (100 * values[i]) / peak / (signed ? 2 : 1) : 0;
      row.classList.toggle("lm-largest", i === largest);
      track.classList.toggle("lm-signed", signed);
      setText(label, labels[i]);
      setText(text, percent ? probability(values[i]) : number(values[i]));
      bar.style.left = `${(signed ? 50 : 0) + Math.min(share, 0)}%`;
      bar.style.width = `${Math.abs(share)}%`;
      bar.style.background = scale.bars[values[i] < 0 ? 0 : 1];
    });
  }
}

/** A grid of equal items on one canvas: maps, or the units of a long vector. */
class Mosaic {
  solid = false; // whether the items are bars and not coloured cells
  cursor = 0; // the item the arrow keys are at

  constructor(section, layer, owner) {
    const box = element("div", "lm-mosaic", section);
    this.canvas = element("canvas", "lm-canvas", box);
    this.pointed = element("div", "lm-frame", box);
    this.chosen = element("div", "lm-frame lm-chosen", box);
    this.chosen.hidden = this.pointed.hidden = true;
    const [height, width, count] = layer.shape;
    Object.assign(this, { width, height, count });
    this.pixels = document.createElement("canvas"); // one pixel a cell, the maps one under another
    this.pixels.width = width;
    this.pixels.height = height * count;
    this.image = new ImageData(width, height * count);
    owner.listen(this);
  }

  render(layer, scale, peak, width) {
    this.layout(layer, width);
    const state = [scale, peak, layer.signed, this.solid, this.grid.columns, this.grid.width, this.grid.gap];
    if (!same(this.state, state) || !same(this.layer.values, layer.values)) {
      if (this.solid) this.paintBars(layer, scale, peak);
      else this.paintMaps(layer, scale, peak);
    }
    Object.assign(this, { layer, state });
  }

  /** Choose whole device pixels for cells and gaps, and the columns that fit. */
  layout({ kind }, width) {
    const ratio = window.devicePixelRatio;
    const units = kind === "vector";
    const rooms = BAR_LINES.map((lines) => Math.floor((lines * width) / this.count) - UNIT_GAP);
    const room = rooms.find((pixels) => pixels >= BAR_WIDTHS[0]);
    this.solid = units && room !== undefined;
    this.canvas.classList.toggle("lm-bars", this.solid);
    const fitting = Math.round((this.count === 1 ? SINGLE_SIZE : MAP_SIZE) / this.width);
    const size = this.solid ? clamp(room, ...BAR_WIDTHS) : units ? UNIT_CELL : clamp(fitting, 1, LARGEST_CELL);
    const cell = Math.max(1, Math.round(size * ratio));
    const gap = Math.round((units ? UNIT_GAP : MAP_GAP) * ratio);
    const lineGap = this.solid ? Math.round(LINE_GAP * ratio) : gap;
    const item = { width: cell * this.width, height: this.solid ? Math.round(BAR_HEIGHT * ratio) : cell * this.height };
    const most = Math.max(1, Math.floor((width * ratio + gap) / (item.width + gap)));
    const rows = Math.ceil(this.count / most);
    const columns = Math.ceil(this.count / rows); // rows of even length
    this.grid = { cell, gap, lineGap, columns, ratio, ...item };
    this.resize(columns * (item.width + gap) - gap, rows * (item.height + lineGap) - lineGap, ratio);
  }

  resize(width, height, ratio) {
    this.canvas.style.width = `${width / ratio}px`;
    this.canvas.style.height = `${height / ratio}px`;
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width; // empties the canvas
    this.canvas.height = height;
    this.state = undefined;
  }

  paintMaps(layer, { table, hair }, peak) {
    const colours = new Uint32Array(this.image.data.buffer);
    const zero = layer.signed ? 127.5 : 0;
    for (let map = 0, at = 0; map < this.count; map++) {
      const end = peak ?? mapPeak(layer, map);
      const factor = end > 0 ? (255 - zero) / end : 0;
      for (let i = map; i < layer.values.length; i += this.count) {
        const index = zero + factor * layer.values[i];
        colours[at++] = table[index < 0 ? 0 : index > 255 ? 255 : index | 0];
      }
    }
    this.pixels.getContext("2d").putImageData(this.image, 0, 0);
    const brush = this.canvas.getContext("2d");
    brush.imageSmoothingEnabled = false;
    brush.fillStyle = hair;
    for (let map = 0; map < this.count; map++) {
      const { x, y, width, height } = this.place(map);
      brush.fillRect(x, y, width + this.grid.gap, height + this.grid.gap);
      brush.drawImage(this.pixels, 0, map * this.height, this.width, this.height, x, y, width, height);
    }
  }

  paintBars({ signed, values }, { bars }, peak) {
    const brush = this.canvas.getContext("2d");
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (let unit = 0; unit < this.count; unit++) {
      const { x, y, width, height } = this.place(unit);
      const full = signed ? height / 2 : height;
      const length = Math.max(1, Math.round(peak > 0 ? (Math.abs(values[unit]) / peak) * full : 0));
      brush.fillStyle = bars[values[unit] < 0 ? 0 : 1];
      brush.fillRect(x, y + full - (values[unit] < 0 ? 0 : length), width, length);
    }
  }

  /** Return the rectangle of an item in device pixels. */
  place(item) {
    const { columns, width, height, gap, lineGap } = this.grid;
    const row = Math.floor(item / columns);
    return { x: (item - row * columns) * (width + gap), y: row * (height + lineGap), width, height };
  }

  /** Return the item, row and column under the pointer; the hair belongs to the item before it. */
  hit({ clientX, clientY }) {
    const { columns, width, height, gap, lineGap, cell, ratio } = this.grid;
    const edge = this.canvas.getBoundingClientRect();
    const [x, y] = [(clientX - edge.left) * ratio, (clientY - edge.top) * ratio];
    const [across, down] = [Math.floor(x / (width + gap)), Math.floor(y / (height + lineGap))];
    const item = down * columns + across;
    if (x < 0 || y < 0 || across >= columns || item >= this.count) return null;
    const column = clamp(Math.floor((x - across * (width + gap)) / cell), 0, this.width - 1);
    const row = clamp(Math.floor((y - down * (height + lineGap)) / cell), 0, this.height - 1);
    return { item, row, column };
  }

  /** Put a frame around an item, or none. */
  frame(node, item) {
    node.hidden = item === null;
    if (item === null) return;
    const box = this.place(item);
    ["left", "top", "width", "height"].forEach((side, i) => {
      node.style[side] = `${[box.x, box.y, box.width, box.height][i] / this.grid.ratio}px`;
    });
  }
}
