// Every layer of a network for one drawing: a heading, a legend, and a mosaic of
// maps (or bars for a vector). Everything a person reads comes with the data.
// Streamlit calls the default export again whenever the data or the theme
// changes; canvases of the same shape stay and are only painted anew.

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
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const instances = new WeakMap(); // parentElement -> LayerMaps

export default function ({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  const maps = instances.get(parentElement) ?? new LayerMaps(parentElement);
  instances.set(parentElement, maps);
  maps.update(decode(data), setStateValue);
  return () => {
    maps.remove();
    instances.delete(parentElement);
  };
}

/** Return the header, each layer with its `values`; see `pack` in layer_maps.py. */
function decode(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const blob = bytes.slice(4 + length).buffer; // a copy begins aligned
  for (const layer of header.layers) {
    const [height, width, count] = layer.shape;
    layer.values = new Float32Array(blob, 4 * layer.offset, height * width * count);
    layer.extremes = extremes(layer.values, count);
  }
  return header;
}

/** Return the lowest and highest value of each of `count` interleaved maps. */
function extremes(values, count) {
  const low = values.slice(0, count);
  const high = values.slice(0, count);
  for (let i = count, map = 0; i < values.length; i++, map = map + 1 === count ? 0 : map + 1) {
    if (values[i] < low[map]) low[map] = values[i];
    if (values[i] > high[map]) high[map] = values[i];
  }
  return { low, high };
}

/** Return the value at the end of the colour scale of one map. */
function mapPeak({ signed, extremes: { low, high } }, map) {
  return Math.max(0, high[map], signed ? -low[map] : 0);
}

function layerPeak(layer) {
  let peak = 0;
  for (let map = 0; map < layer.shape[2]; map++) peak = Math.max(peak, mapPeak(layer, map));
  return layer.percent ? 1 : peak;
}

/** Return 256 colours as ImageData stores them, evenly between the stops. */
function lookupTable(stops) {
  const rgb = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (rgb.length - 1);
    const below = Math.min(Math.floor(at), rgb.length - 2);
    const [r, g, b] = rgb[below].map((c, k) => Math.round(c + (rgb[below + 1][k] - c) * (at - below)));
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

/** Return a scale: stops, lookup table, colours of bars below and above zero, and of the hair. */
function scale(stops, below, above, hair) {
  return { stops, table: lookupTable(stops), bars: [stops[below], stops[above]], hair };
}

function themeColour(node, name) {
  return getComputedStyle(node).getPropertyValue(`--st-${name}-color`).trim();
}

/** Tell whether the page is dark, from the luminance of its background. */
function isDark(node) {
  const brush = document.createElement("canvas").getContext("2d");
  brush.fillStyle = themeColour(node, "background");
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(brush.fillStyle.slice(at, at + 2), 16)); // now #rrggbb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

/** Write a value with three significant digits, as a percentage where asked. */
function number(value, percent) {
  if (percent && value > 0 && value < 0.001) return "< 0.1 %";
  const shown = percent ? 100 * value : value;
  const digits = shown === 0 ? "0" : Math.abs(shown) >= 100 ? shown.toFixed(0) : shown.toPrecision(3);
  return digits.replace("-", "\u2212") + (percent ? " %" : "");
}

function fill(pattern, fields) {
  return pattern.replace(/\{(\w+)\}/g, (_, field) => fields[field]);
}

function element(name, className, parent, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  parent?.append(node);
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function same(a, b) {
  return a !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);
}

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
      // A softmax is never quite 1, though float32 may say so.
      setText(text, percent && values[i] > 0.999 ? "> 99.9 %" : number(values[i], percent));
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

/** The whole component: its layers, what is pointed at and what is selected. */
class LayerMaps {
  views = [];
  scales = {}; // by theme
  spot = null; // what is pointed at: {view, item, row, column, x, y}; with keys only view and item

  constructor(parent) {
    this.root = element("div", "lm-root", parent);
    this.stack = element("div", "lm-stack", this.root);
    this.live = element("div", "lm-live", this.root);
    this.live.setAttribute("aria-live", "polite");
    this.tooltip = element("div", "lm-tooltip", this.root);
    this.tooltip.setAttribute("aria-hidden", "true"); // the live region says it
    this.tooltip.popover = "manual"; // lies above everything, is clipped by nothing
    this.observer = new ResizeObserver(() => this.render());
    this.observer.observe(this.root);
    this.ended = new AbortController();
    const { signal } = this.ended;
    window.addEventListener("resize", () => this.render(), { signal }); // a zoom changes the device pixels
    document.addEventListener("scroll", () => this.follow(), { signal, capture: true, passive: true });
    document.addEventListener("pointerdown", (event) => event.target.closest?.(".lm-canvas") || this.point(null), { signal });
  }

  remove() {
    this.ended.abort();
    this.observer.disconnect();
    this.root.remove();
  }

  update(header, setStateValue) {
    Object.assign(this, { header, setStateValue, selected: header.selected });
    this.root.style.setProperty("--lm-selected", header.colours.selected);
    this.views.splice(header.layers.length).forEach((view) => view.section.remove());
    header.layers.forEach((layer, i) => {
      if (this.views[i]?.form === LayerView.form(layer)) return;
      const view = new LayerView(this, layer);
      if (this.views[i]) this.views[i].section.replaceWith(view.section);
      else this.stack.append(view.section);
      this.views[i] = view;
    });
    if (this.spot && !this.spot.view.canvas.isConnected) this.spot = null;
    this.render();
  }

  render() {
    const width = this.root.clientWidth;
    if (!width) return; // in a closed tab
    const { header } = this;
    const theme = isDark(this.root) ? "dark" : "light";
    const { sequential, diverging } = header.colours[theme];
    const scales = (this.scales[theme] ??= {
      sequential: scale(sequential, 4, 4, themeColour(this.root, "secondary-background")),
      diverging: scale(diverging, 1, 5, themeColour(this.root, "background")), // the other is too near to zero
    });
    const shared = Math.max(0, ...header.layers.filter((layer) => !layer.ownScale).map(layerPeak));
    const peak = (layer) => (header.scaling === "network" && !layer.ownScale ? shared : layerPeak(layer));
    this.views.forEach((view, i) => view.render(header.layers[i], { header, scales, peak, width }));
    this.mosaics().forEach((mosaic) => this.label(mosaic));
    this.drawSelection();
    this.drawSpot();
  }

  mosaics() {
    return this.views.map((view) => view.body).filter((body) => body instanceof Mosaic);
  }

  label({ canvas, count, layer }) {
    const { words } = this.header;
    const parts = [layer.name, layer.title, layer.detail];
    if (count > 1) parts.push(words.keys);
    if (layer.selectable) parts.push(words.open);
    canvas.setAttribute("aria-label", parts.join(", "));
    // A screen reader hands the arrow keys on to an application only.
    canvas.setAttribute("role", count > 1 || layer.selectable ? "application" : "img");
    canvas.tabIndex = count > 1 || layer.selectable ? 0 : -1;
    canvas.classList.toggle("lm-selectable", layer.selectable);
  }

  listen(mosaic) {
    const { canvas } = mosaic;
    const aim = (event) => {
      const hit = mosaic.hit(event);
      this.point(hit && { view: mosaic, ...hit, x: event.clientX, y: event.clientY });
    };
    canvas.onpointermove = canvas.onpointerdown = aim;
    canvas.onpointerleave = (event) => event.pointerType === "mouse" && this.point(null); // a tap stays
    canvas.onclick = (event) => {
      const hit = mosaic.hit(event);
      if (hit) this.choose(mosaic, hit.item);
    };
    canvas.onfocus = () => canvas.matches(":focus-visible") && this.walk(mosaic, mosaic.cursor);
    canvas.onblur = () => this.point(null);
    canvas.onkeydown = (event) => this.press(mosaic, event);
  }

  press(mosaic, event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step) this.walk(mosaic, mosaic.cursor + step[0] + step[1] * mosaic.grid.columns);
    else if (event.key === "Enter" || event.key === " ") this.choose(mosaic, mosaic.cursor);
    else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
  }

  /** Move the keys' cursor to an item, where there is one. */
  walk(mosaic, item) {
    if (item >= 0 && item < mosaic.count) mosaic.cursor = item;
    this.point({ view: mosaic, item: mosaic.cursor });
    mosaic.pointed.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.speak();
  }

  choose(mosaic, item) {
    mosaic.cursor = item;
    if (!mosaic.layer.selectable) return;
    const chosen = this.isSelected(mosaic, item);
    this.selected = chosen ? null : { layer: mosaic.layer.name, map: item };
    this.drawSelection();
    this.drawSpot();
    this.speak(mosaic, item);
    // The time makes every click a change, also one that repeats the last choice
    // after the page has selected something else: else Streamlit would ignore it.
    this.setStateValue("selected", { layer: null, map: null, ...this.selected, time: Date.now() });
  }

  isSelected({ layer }, item) {
    return this.selected?.layer === layer.name && this.selected.map === item;
  }

  drawSelection() {
    for (const mosaic of this.mosaics()) {
      const map = this.selected?.layer === mosaic.layer.name ? this.selected.map : null;
      mosaic.frame(mosaic.chosen, map !== null && map < mosaic.count ? map : null);
    }
  }

  point(spot) {
    if (this.spot && this.spot.view !== spot?.view) this.spot.view.frame(this.spot.view.pointed, null);
    this.spot = spot;
    this.drawSpot();
  }

  /** Keep the tooltip at its item while the page scrolls; under a resting pointer it would lie. */
  follow() {
    if (this.spot?.x !== undefined) this.point(null);
    else this.drawSpot();
  }

  drawSpot() {
    const { spot, tooltip } = this;
    tooltip.hidden = !spot;
    tooltip.togglePopover?.(Boolean(spot));
    if (!spot) return;
    spot.view.frame(spot.view.pointed, spot.view.count > 1 ? spot.item : null);
    const lines = this.describe(spot);
    if (spot.view.layer.selectable && !this.isSelected(spot.view, spot.item)) lines.push(this.header.words.open);
    tooltip.replaceChildren(...lines.map((line) => element("div", "", null, line)));
    const box = spot.view.pointed.getBoundingClientRect();
    const [x, y] = spot.x === undefined ? [box.left - 14, box.bottom - 6] : [spot.x, spot.y];
    const { width, height } = tooltip.getBoundingClientRect();
    const below = y + 14 + height <= window.innerHeight;
    tooltip.style.left = `${clamp(x + 14, 4, window.innerWidth - width - 4)}px`;
    tooltip.style.top = `${below ? y + 14 : (spot.x === undefined ? box.top : y) - height - 8}px`;
  }

  /** Return the lines that tell what is at a spot. */
  describe({ view: { layer, width, height, count }, item, row, column }) {
    const { words } = this.header;
    const write = (value) => number(value, layer.percent);
    const lines = count > 1 ? [fill(words[layer.kind === "vector" ? "unit" : "map"], { number: item + 1 })] : [];
    if (row === undefined && width * height > 1) {
      const { low, high } = layer.extremes;
      lines.push(fill(words.range, { low: write(low[item]), high: write(high[item]) }));
    } else {
      if (width * height > 1) lines.push(fill(words.place, { row: row + 1, column: column + 1 }));
      const at = ((row ?? 0) * width + (column ?? 0)) * count + item;
      lines.push(fill(words.value, { value: write(layer.values[at]) }));
    }
    return lines;
  }

  /** Have a screen reader say the item the keys are at, or the one just chosen. */
  speak(view = this.spot.view, item = this.spot.item) {
    const lines = this.describe({ view, item });
    if (this.isSelected(view, item)) lines.push(this.header.words.selected);
    setText(this.live, lines.join(", "));
  }
}
