// The whole network for the drawing at hand, alive while the pen moves.
//
// The server's answer comes with the data. Between two answers the network runs
// here, on what stands on the drawing's canvas at that moment.

const SLIDE = 250; // ms a cell, as the window slides
const DRAWING = ".st-key-canvas"; // the container of the drawable canvas
const LEAST_CHANGE = 0.0005; // of a probability: what is shown with one decimal
const INPUT_SHAPE = [28, 28, 1];
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

let chosenScaling = null; // by the reader, for as long as the app is open

const instances = new WeakMap(); // parentElement -> Explorer

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const explorer = instances.get(parentElement) ?? new Explorer(parentElement);
  instances.set(parentElement, explorer);
  explorer.update(decode(data));
  return () => {
    explorer.remove();
    instances.delete(parentElement);
  };
}

class Explorer {
  scales = {}; // by theme
  spot = null; // the cell that is pointed at, or that the keys are at
  isOpen = false; // whether its arithmetic is written out
  rubbed = null; // the place around which the drawing is rubbed out
  factors = {}; // by layer's name: a Map from filter to how much it counts

  constructor(parent) {
    this.root = element("div", "lm-root ex-root", parent);
    this.heading = new Heading(this);
    this.told = element("div", "ex-told", this.root);
    const scroll = element("div", "ex-scroll", this.root);
    this.canvas = element("canvas", "ex-canvas", scroll);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.picture = new Picture(this.canvas);
    const below = element("div", "ex-below", this.root);
    this.legend = element("div", "lm-legend", below);
    this.keep = button(below, () => this.picture.save(themeColour(this.root, "background")));
    this.state = element("div", "ex-state", this.root);
    this.changes = new Changes(this);
    this.occlusion = new Occlusion(this);
    this.change = element("div", "ex-change", this.root);
    this.change.setAttribute("role", "status");
    this.live = element("div", "lm-live", this.root);
    this.live.setAttribute("aria-live", "polite");
    this.tooltip = element("div", "lm-tooltip", this.root);
    this.tooltip.popover = "manual";
    this.panel = new Panel(this);
    this.ended = new AbortController();
    this.listen(this.ended.signal);
  }

  remove() {
    this.ended.abort();
    clearInterval(this.slide);
    this.root.remove();
  }

  listen(signal) {
    const { canvas } = this;
    const aim = ({ offsetX, offsetY }) => !this.isOpen && this.point(spotAt(this.picture.columns, offsetX, offsetY));
    canvas.addEventListener("pointermove", aim, { signal });
    canvas.addEventListener("pointerleave", () => this.isOpen || this.point(null), { signal });
    canvas.addEventListener("click", ({ offsetX, offsetY }) => this.click(spotAt(this.picture.columns, offsetX, offsetY)), { signal });
    canvas.addEventListener("keydown", (event) => this.press(event), { signal });
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.point(this.spot ?? FIRST), { signal });
    window.addEventListener("resize", () => this.header && this.build(), { signal }); // a zoom changes the pixels
    const observer = new ResizeObserver(() => this.header && this.root.clientWidth !== this.room && this.build());
    observer.observe(this.root);
    signal.addEventListener("abort", () => observer.disconnect());
    const moved = ({ target, buttons }) => buttons && target.closest?.(DRAWING) && this.wake();
    for (const name of ["pointermove", "pointerdown", "touchmove"]) {
      document.addEventListener(name, moved, { signal, capture: true, passive: true });
    }
  }

  /** Take the server's answer. */
  update(header) {
    const isOther = !this.header || header.network.url !== this.header.network.url;
    this.header = header;
    this.layers = header.layers;
    for (const layer of this.layers) Object.assign(layer, header.cards[layer.name]);
    this.seen = header.layers[0].values; // what the network sees, before any change
    this.served = new Map(header.layers.map(({ name, values }) => [name, { values }]));
    header.scaling = chosenScaling ?? header.scaling;
    this.heading.render(header);
    this.root.style.setProperty("--lm-selected", header.colours.selected);
    if (isOther) {
      this.network = this.spare = this.weights = null;
      this.factors = {};
      this.load(header.network);
      this.spot = null;
      this.open(false);
    }
    this.compare();
    this.build(this.served);
  }

  /** Fetch the weights, once for each network: the browser keeps them. */
  async load({ url }) {
    try {
      const answer = await fetch(new URL(url, document.baseURI));
      if (!answer.ok) throw new Error(answer.statusText);
      const network = unpackNetwork(new Uint8Array(await answer.arrayBuffer()));
      if (url !== this.header.network.url || this.ended.signal.aborted) return;
      this.network = network;
      this.weights = network.weights;
    } catch {
      this.network = null; // the page works as it does without
    }
    this.compare();
    this.refresh(this.served);
  }

  /** Lay everything out anew, for another size or other layers. */
  build(outputs) {
    this.room = this.root.clientWidth;
    this.takeTheme();
    this.picture.take(this.layers, this.room);
    for (const part of [this.changes, this.occlusion]) {
      part.root.hidden = !this.header.network.live;
      part.write(this.header.words);
    }
    this.refresh(outputs);
  }

  isLive() {
    return this.network !== null && this.header.network.live;
  }

  /** Compute the server's answer once more, and tell how far the two are apart. */
  compare() {
    const { words, network } = this.header;
    setText(this.keep, words.save);
    setText(this.state, network.live ? words.loading : words.too_large);
    if (!this.isLive()) return;
    let apart = 0;
    const outputs = this.run(this.served.get(this.layers[0].name).values);
    for (const { name } of this.layers.slice(1)) {
      const { values } = this.served.get(name);
      outputs.get(name).values.forEach((value, i) => (apart = Math.max(apart, Math.abs(value - values[i]))));
    }
    this.root.dataset.apart = apart;
    setText(this.state, fill(words.agrees, { apart: apart < 1e-6 ? "< 0.000001" : apart.toFixed(6) }));
  }

  run(values, weights = this.network.weights) {
    return forward(this.network.layers, weights, { shape: INPUT_SHAPE, values });
  }

  isChanged() {
    return this.isLive() && (this.changes.any() || this.rubbed !== null || Object.keys(this.factors).length > 0);
  }

  /** Show the network's outputs for what it sees, with all that was changed. */
  refresh(outputs = this.isLive() ? this.run(this.seen) : this.served) {
    const last = this.layers.at(-1).name;
    const before = outputs.get(last).values.slice();
    const whole = this.isChanged() ? this.changes.made(this.seen) : this.seen;
    const input = this.rubbed ? rubbedOut(whole, INPUT_SHAPE[0], this.rubbed) : whole;
    if (this.isChanged()) outputs = this.run(input, this.weights);
    for (const layer of this.layers.slice(1)) layer.values = outputs.get(layer.name).values;
    this.layers[0].values = input;
    for (const layer of this.layers) layer.extremes = extremes(layer.values, layer.shape[2]);
    this.tellChange(before, outputs.get(last).values);
    this.render();
    if (this.isLive()) this.occlusion.take(whole);
  }

  rub(place) {
    this.rubbed = place;
    this.refresh();
  }

  /** Return the probabilities for an image; what is shown stays as it is. */
  probabilitiesOf(values) {
    this.spare ??= [...this.network.layers]; // the layers' list tells whose outputs are written to
    const outputs = forward(this.spare, this.weights, { shape: INPUT_SHAPE, values });
    return outputs.get(this.layers.at(-1).name).values;
  }

  /** Say what the changes did to the probabilities: those of the digits that moved most. */
  tellChange(before, after) {
    const { words } = this.header;
    const { labels } = this.layers.at(-1);
    const moved = labels.map((digit, n) => ({ digit, n, by: Math.abs(after[n] - before[n]) }));
    moved.sort((a, b) => b.by - a.by);
    const told = moved.slice(0, 3).filter(({ by }) => by >= LEAST_CHANGE);
    const texts = told.map(({ digit, n }) => {
      return fill(words.moved, { digit, before: probability(before[n]), after: probability(after[n]) });
    });
    const off = Object.entries(this.factors).flatMap(([layer, filters]) =>
      [...filters].map(([filter, factor]) => fill(words.filter_at, { layer, map: filter + 1, factor: number(factor) })),
    );
    const what = this.isChanged() ? [...off, texts.length ? texts.join(", ") : words.not_moved] : [];
    setText(this.change, what.join(" · "));
  }

  /** Let a filter or a unit count more, less or not at all. */
  weigh(layer, filter, factor) {
    const filters = (this.factors[layer] ??= new Map());
    if (factor === 1) filters.delete(filter);
    else filters.set(filter, factor);
    if (!filters.size) delete this.factors[layer];
    this.reweigh();
  }

  reweigh() {
    this.weights = this.network && scaledWeights(this.network.weights, this.factors);
    this.occlusion.forget();
    this.refresh();
  }

  /** Return how much a filter or a unit counts; null where it cannot be changed. */
  factorOf({ layer: n, map }) {
    const { name, className, config } = this.layers[n];
    const fits = ["Conv2D", "Dense"].includes(className) && config.activation === "relu";
    return fits && this.isLive() ? (this.factors[name]?.get(map) ?? 1) : null;
  }

  resetFilters() {
    this.factors = {};
    this.reweigh();
  }

  wake() {
    if (!this.isLive() || this.waking) return;
    this.waking = requestAnimationFrame(() => {
      this.waking = null;
      this.follow();
    });
  }

  /** Show what the network makes of the drawing as it is now. */
  follow() {
    const start = performance.now();
    const ink = inkOnCanvas();
    if (!ink) return;
    const { prepare: constants, steps, place } = this.header;
    const { status, digits } = prepareDrawing(ink.values, ink.width, ink.height, steps, false, constants);
    if (status !== "read") return;
    this.seen = (digits[place] ?? digits[0]).digit;
    const outputs = this.run(this.seen);
    const computed = performance.now();
    this.refresh(outputs);
    this.root.dataset.arithmetic = computed - start; // ms, for the benchmark
  }

  /** Ask for the page's colours and fonts, which stay as they are while one draws. */
  takeTheme() {
    const { header, root } = this;
    const theme = isDark(root) ? "dark" : "light";
    const { sequential, diverging } = header.colours[theme];
    this.scale = this.scales[theme] ??= {
      sequential: scale(sequential, 4, 4, themeColour(root, "secondary-background")),
      diverging: scale(diverging, 1, 5, themeColour(root, "background")),
    };
    const { fontFamily: font, color: ink } = getComputedStyle(root);
    const [code, quiet] = ["--st-code-font", "--lm-quiet"].map((name) => themeValue(root, name));
    this.look = { ink, quiet, font, code, selected: header.colours.selected };
  }

  render() {
    const { header, layers } = this;
    const shared = Math.max(0, ...layers.filter((layer) => !layer.ownScale).map(layerPeak));
    this.picture.colour(this.scale, (layer) => {
      if (layer.ownScale) return layerPeak(layer);
      return header.scaling === "network" ? shared : header.scaling === "layer" ? layerPeak(layer) : null;
    });
    this.paint();
  }

  paint() {
    const sum = this.spot && sumOf(this.layers, this.weights, this.spot);
    this.picture.paint(this.look, this.spot, sum);
    setText(this.told, this.spot ? this.describe(this.spot) : this.header.words.invite);
    this.canvas.ariaLabel = fill(this.header.words.alt, this.answer());
    this.drawLegend();
    if (this.isOpen && this.spot) {
      const { layer } = this.spot;
      const isMap = this.layers[layer].kind === "maps";
      const shown = { words: this.header.words, scales: this.scale, isPlaying: !!this.slide, isMap, factor: this.factorOf(this.spot) };
      this.panel.show(this.spot, sum, this.layers[layer], this.layers[layer - 1], shown);
    }
  }

  /** Return the digit that the network reads now, and how probable it finds it. */
  answer() {
    const { values, labels } = this.layers.at(-1);
    const best = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    return { digit: labels[best], probability: probability(values[best]) };
  }

  drawLegend() {
    const layer = this.spot ? this.layers[this.spot.layer] : this.layers[1];
    const peak = this.picture.peaks[this.spot ? this.spot.layer : 1] ?? mapPeak(layer, this.spot?.map ?? 0);
    const { stops } = layer.signed ? this.scale.diverging : this.scale.sequential;
    if (!this.ramp) [this.low, this.ramp, this.high] = ["lm-low", "lm-ramp", "lm-high"].map((name) => element("span", name, this.legend));
    this.ramp.style.background = `linear-gradient(to right, ${stops})`;
    setText(this.low, `${layer.name}: ${number(layer.signed ? -peak : 0, layer.percent)}`);
    setText(this.high, number(peak, layer.percent));
  }

  rescale(scaling) {
    chosenScaling = this.header.scaling = scaling;
    this.render();
  }

  /** Show a text beside a node, or nothing. */
  explain(node, text) {
    this.tooltip.hidden = !text;
    this.tooltip.togglePopover?.(!!text);
    if (!text) return;
    setText(this.tooltip, text);
    const { left, bottom } = node.getBoundingClientRect();
    this.tooltip.style.left = `${clamp(left, 4, window.innerWidth - this.tooltip.offsetWidth - 4)}px`;
    this.tooltip.style.top = `${bottom + 6}px`;
  }

  point(spot) {
    if (JSON.stringify(spot) === JSON.stringify(this.spot)) return;
    this.spot = spot;
    this.panel.channel = null;
    this.paint();
  }

  click(spot) {
    if (!spot) return this.open(false);
    this.point(spot);
    this.open(true);
  }

  open(isOpen) {
    this.isOpen = isOpen;
    clearInterval(this.slide);
    this.slide = null;
    if (isOpen) this.paint();
    else this.panel.hide();
  }

  /** Write out another input channel. */
  choose(channel) {
    this.panel.channel = channel;
    this.paint();
  }

  /** Let the window slide over the map, or hold it. */
  play() {
    clearInterval(this.slide);
    this.slide = this.slide ? null : setInterval(() => this.stepOn(), SLIDE);
    this.paint();
  }

  /** Go to the next cell of the map, row by row. */
  stepOn() {
    const [height, width] = this.layers[this.spot.layer].shape;
    const next = (this.spot.row * width + this.spot.column + 1) % (height * width);
    const { channel } = this.panel;
    this.spot = { ...this.spot, row: Math.floor(next / width), column: next % width };
    this.panel.channel = channel;
    this.paint();
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const spot = this.spot ?? FIRST;
    if (KEYS[event.key]) this.point(this.walked(spot, KEYS[event.key]));
    else if (event.key === "Tab") {
      const layer = spot.layer + (event.shiftKey ? -1 : 1);
      if (layer < 0 || layer >= this.layers.length) return; // on to what comes after the picture
      this.point({ layer, map: 0, row: 0, column: 0 });
    } else if (event.key === "Enter" || event.key === " ") this.open(true);
    else if (event.key === "Escape") this.open(false);
    else return;
    event.preventDefault();
    setText(this.live, this.spot ? this.describe(this.spot) : "");
    this.canvas.scrollIntoView({ block: "nearest" });
  }

  /** Return the cell beside another; at a map's edge it is one of the map beside. */
  walked(spot, [down, across]) {
    const column = this.picture.columns[spot.layer];
    const [height, width, count] = column.layer.shape;
    const [row, col] = [spot.row + down, spot.column + across];
    if (row >= 0 && row < height && col >= 0 && col < width) return { ...spot, row, column: col };
    const map = spot.map + down + across * column.rows;
    if (map < 0 || map >= count) return spot;
    return { ...spot, map, row: (row + height) % height, column: (col + width) % width };
  }

  nameOf({ layer: n, map, row, column }) {
    const { words } = this.header;
    const layer = this.layers[n];
    const name = layer.name;
    if (layer.labels.length) return fill(words.spot_digit, { name, digit: layer.labels[map] });
    if (layer.kind === "vector") return fill(words.spot_unit, { name, unit: map + 1 });
    return fill(words.spot_cell, { name, map: map + 1, row: row + 1, column: column + 1 });
  }

  describe(spot) {
    const { words } = this.header;
    const layer = this.layers[spot.layer];
    const parts = [this.nameOf(spot), fill(words.value, { value: layer.percent ? probability(valueAt(layer, spot)) : number(valueAt(layer, spot)) })];
    if (spot.layer > 0) {
      const { top, left, bottom, right } = fieldOf(this.layers, spot);
      parts.push(fill(words.field, { height: Math.max(0, bottom - top), width: Math.max(0, right - left) }));
    }
    return parts.join(" · ");
  }
}

const FIRST = { layer: 0, map: 0, row: 0, column: 0 };

let scratch = null; // what stands on the drawing's canvas, at its size on the page

/** Return the ink on the drawing's canvas, with the stroke that is being drawn; null without a canvas. */
function inkOnCanvas() {
  const layers = canvases();
  if (!layers) return null;
  const [width, height] = [layers[0].offsetWidth, layers[0].offsetHeight];
  if (scratch?.width !== width || scratch?.height !== height) scratch = Object.assign(document.createElement("canvas"), { width, height });
  const pen = scratch.getContext("2d", { willReadFrequently: true });
  pen.fillRect(0, 0, width, height);
  for (const layer of layers) pen.drawImage(layer, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = data[4 * i] / 255;
  return { values, width, height };
}

/** Return the two canvases one draws on: what was drawn, and the stroke that is being drawn. */
function canvases() {
  for (const node of document.querySelectorAll(`${DRAWING} *`)) {
    const lower = node.shadowRoot?.querySelector("canvas.lower-canvas"); // the canvas's package hides its own there
    if (lower) return [lower, node.shadowRoot.querySelector("canvas.upper-canvas")];
  }
  return null;
}

function themeValue(node, name) {
  return getComputedStyle(node).getPropertyValue(name).trim();
}
