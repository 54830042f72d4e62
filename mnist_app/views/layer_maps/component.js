// Every layer of a network for one drawing: a heading, a legend, and a mosaic of
// maps (or bars for a vector). Everything a person reads comes with the data.
// Streamlit calls the default export again whenever the data or the theme
// changes; canvases of the same shape stay and are only painted anew.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let chosenScaling = null; // by the reader, for as long as the app is open

const instances = new WeakMap(); // parentElement -> LayerMaps

function show({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  const maps = instances.get(parentElement) ?? new LayerMaps(parentElement);
  instances.set(parentElement, maps);
  maps.update(decode(data), setStateValue);
  return () => {
    maps.remove();
    instances.delete(parentElement);
  };
}

/** The whole component: its layers, what is pointed at and what is selected. */
class LayerMaps {
  views = [];
  scales = {}; // by theme
  spot = null; // what is pointed at: {view, item, row, column, x, y}; with keys only view and item

  constructor(parent) {
    this.root = element("div", "lm-root", parent);
    this.heading = new Heading(this);
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
    document.addEventListener("digit-lab-link", ({ detail }) => this.tell(detail), { signal }); // see links/share.js
  }

  remove() {
    this.ended.abort();
    this.observer.disconnect();
    this.root.remove();
  }

  update(header, setStateValue) {
    Object.assign(this, { header, setStateValue, selected: header.selected });
    this.root.style.setProperty("--lm-selected", header.colours.selected);
    if (header.heading) {
      header.scaling = chosenScaling ?? header.scaling;
      this.heading.render(header);
    }
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

  /** Write into a link's pieces what only the browser knows. */
  tell(pieces) {
    const { heading, scaling } = this.header;
    if (heading && scaling !== "layer") pieces.set("scale", scaling);
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

  rescale(scaling) {
    chosenScaling = this.header.scaling = scaling;
    this.render();
  }

  /** Show a text beside a node in place of the tooltip, or nothing. */
  explain(node, text) {
    this.point(null);
    if (text) this.tell([text], node.getBoundingClientRect());
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
    if (!spot) {
      tooltip.hidden = true;
      tooltip.togglePopover?.(false);
      return;
    }
    spot.view.frame(spot.view.pointed, spot.view.count > 1 ? spot.item : null);
    const lines = this.describe(spot);
    if (spot.view.layer.selectable && !this.isSelected(spot.view, spot.item)) lines.push(this.header.words.open);
    this.tell(lines, spot.view.pointed.getBoundingClientRect(), spot);
  }

  /** Show lines in the tooltip: at the pointer, or below a box. */
  tell(lines, box, { x: pointerX, y: pointerY } = {}) {
    const { tooltip } = this;
    tooltip.hidden = false;
    tooltip.togglePopover?.(true);
    tooltip.replaceChildren(...lines.map((line) => element("div", "", null, line)));
    const [x, y] = pointerX === undefined ? [box.left - 14, box.bottom - 6] : [pointerX, pointerY];
    const { width, height } = tooltip.getBoundingClientRect();
    const below = y + 14 + height <= window.innerHeight;
    tooltip.style.left = `${clamp(x + 14, 4, window.innerWidth - width - 4)}px`;
    tooltip.style.top = `${below ? y + 14 : (pointerY ?? box.top) - height - 8}px`;
  }

  /** Return the lines that tell what is at a spot. */
  describe({ view: { layer, width, height, count }, item, row, column }) {
    const { words } = this.header;
    const write = (value) => number(value, layer.percent);
    const lines = count > 1 ? [fill(words[layer.kind === "vector" ? "unit" : "map"], { number: item + 1, index: item })] : [];
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
