// The whole network for the drawing at hand, alive while the pen moves.
//
// The server's answer comes with the data. Between two answers the network runs
// here, on what stands on the drawing's canvas at that moment.

let chosenScaling = null; // by the reader, for as long as the app is open

const instances = new WeakMap(); // parentElement -> Explorer

function show({ data, parentElement }) {
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
  spot = null; // the cell that is pointed at, or that the keys are at
  sum = null; // what it is made of
  tap = null; // which cell of its window is pointed at in the sum
  isOpen = false; // whether its arithmetic is written out
  rubbed = null; // the place around which the drawing is rubbed out
  network = new LocalNetwork();
  picture = new Picture();
  factors = new Factors(this);
  telling = new Telling(this);
  slide = new Slide(this);

  constructor(parent) {
    this.root = element("div", "lm-root ex-root", parent);
    this.heading = new Heading(this);
    this.stage = element("div", "ex-stage", this.root);
    this.told = element("div", "ex-told", this.stage);
    this.viewport = new Viewport(this, this.stage);
    const below = element("div", "ex-below", this.stage);
    this.legend = new Legend(this, below);
    this.zoomButtons = new ZoomButtons(this, below);
    this.saving = new SaveButtons(this, below);
    this.change = element("div", "ex-change", this.stage);
    this.change.setAttribute("role", "status");
    this.panel = new Panel(this, this.stage);
    this.state = element("div", "ex-state", this.root);
    this.changes = new Changes(this);
    this.occlusion = new Occlusion(this);
    this.live = element("div", "lm-live", this.root);
    this.live.setAttribute("aria-live", "polite");
    this.tooltip = element("div", "lm-tooltip", this.root);
    this.tooltip.popover = "manual";
    this.ended = new AbortController();
    this.listen(this.ended.signal);
    this.follower = new Follower(this, this.ended.signal);
    this.linking = new Linking(this, this.ended.signal);
  }

  remove() {
    this.ended.abort();
    this.slide.stop();
    this.root.remove();
  }

  listen(signal) {
    const { viewport } = this;
    const { canvas } = viewport;
    canvas.addEventListener("pointermove", (event) => this.isOpen || this.point(viewport.spotUnder(event)), { signal });
    canvas.addEventListener("pointerleave", () => this.isOpen || this.point(null), { signal });
    canvas.addEventListener("click", (event) => this.click(viewport.spotUnder(event)), { signal });
    canvas.addEventListener("keydown", (event) => press(this, event), { signal });
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.point(this.spot ?? FIRST), { signal });
    viewport.listen(signal);
    window.addEventListener("resize", () => this.header && this.build(), { signal }); // a zoom changes the pixels
    const observer = new ResizeObserver(() => this.header && this.root.clientWidth !== this.room && this.build());
    observer.observe(this.root);
    signal.addEventListener("abort", () => observer.disconnect());
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
      this.factors.forget();
      this.network.load(header.network.url, this.ended.signal).then(() => {
        this.compare();
        this.refresh(this.served);
        this.linking.take();
      });
      this.spot = null;
      this.viewport.zoom = 1;
      this.open(false);
    }
    this.compare();
    this.build(this.served);
  }

  /** Lay everything out anew, for another size or other layers. */
  build(outputs) {
    const { header, viewport } = this;
    this.room = this.root.clientWidth;
    this.scale = scalesOf(this.root, header.colours);
    this.look = lookOf(this.root, header.colours);
    this.picture.take(this.layers, this.room, viewport.zoom, pixelRatio(this.root));
    viewport.layOut();
    for (const part of [this.changes, this.occlusion]) part.root.hidden = !header.network.live;
    for (const part of [this.changes, this.occlusion, this.legend, this.saving]) part.write(header.words);
    this.zoomButtons.write(header.words, viewport.zoom);
    this.refresh(outputs);
  }

  isLive() {
    return this.network.isLoaded && this.header.network.live;
  }

  /** Compute the server's answer once more, and tell how far the two are apart. */
  compare() {
    const { words, network } = this.header;
    setText(this.state, network.live ? words.loading : words.too_large);
    if (!this.isLive()) return;
    const apart = this.network.apart(this.served);
    this.root.dataset.apart = apart;
    setText(this.state, fill(words.agrees, { apart: apart < 1e-6 ? "< 0.000001" : apart.toFixed(6) }));
  }

  isChanged() {
    return this.isLive() && (this.changes.any() || this.rubbed !== null || this.factors.any());
  }

  /** Show the network's outputs for what it sees, with all that was changed. */
  refresh(outputs = this.isLive() ? this.network.run(this.seen) : this.served) {
    const last = this.layers.at(-1).name;
    const before = outputs.get(last).values.slice();
    const isChanged = this.isChanged();
    const whole = isChanged ? this.changes.made(this.seen) : this.seen;
    const input = this.rubbed ? rubbedOut(whole, INPUT_SHAPE[0], this.rubbed) : whole;
    if (isChanged) outputs = this.network.runChanged(input);
    for (const layer of this.layers.slice(1)) layer.values = outputs.get(layer.name).values;
    this.layers[0].values = input;
    for (const layer of this.layers) layer.extremes = extremes(layer.values, layer.shape[2]);
    setText(this.change, isChanged ? this.telling.change(before, outputs.get(last).values) : "");
    this.render();
    if (this.isLive()) this.occlusion.take(whole);
  }

  rub(place) {
    this.rubbed = place;
    this.refresh();
  }

  /** Let the filters count as much as their factors say. */
  reweigh() {
    this.network.reweigh(this.factors.byLayer);
    this.occlusion.forget();
    this.refresh();
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
    const { spot, header, telling } = this;
    this.sum = spot && sumOf(this.layers, this.network.weights, spot);
    this.paintPicture();
    setText(this.told, spot ? telling.spot(spot, this.sum) : header.words.invite);
    this.viewport.canvas.ariaLabel = fill(header.words.alt, telling.answer());
    this.legend.show(spot, this.sum);
    if (this.isOpen && spot) this.panel.show(spot, this.sum);
  }

  paintPicture() {
    if (this.picture.isColoured) this.viewport.paint(this.look, this.pointed());
  }

  /** Return what is pointed at, for the picture. */
  pointed() {
    const { spot, sum, tap } = this;
    return { spot, sum, tap: tap === null ? null : placeInWindow(sum, tap, spot, this.panel.channel) };
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
    this.tap = this.panel.channel = null;
    this.paint();
  }

  click(spot) {
    if (!spot) return this.open(false);
    this.point(spot);
    this.open(true);
  }

  open(isOpen) {
    this.isOpen = isOpen;
    this.tap = null;
    this.slide.stop();
    this.stage.classList.toggle("ex-open", isOpen); // picture and sum share what is in sight
    if (!isOpen) {
      this.panel.hide();
      return this.paintPicture();
    }
    this.spot ??= FIRST;
    this.paint();
    this.viewport.fit();
    this.viewport.reveal(this.spot);
    for (const node of [this.panel.root, this.viewport.frame]) node.scrollIntoView({ block: "nearest" });
  }

  /** Go to another cell of the same map. */
  moveTo({ row, column }) {
    if (row === this.spot.row && column === this.spot.column) return;
    this.spot = { ...this.spot, row, column };
    this.paint();
    this.viewport.reveal(this.spot);
  }

  /** Point at a cell of the window that is written out, by its number, or at none (null). */
  pointInWindow(tap) {
    if (tap === this.tap) return;
    this.tap = tap;
    this.paint();
  }

  /** Write out another input channel. */
  choose(channel) {
    this.panel.channel = channel;
    this.paint();
  }

  zoomed() {
    this.zoomButtons.write(this.header.words, this.viewport.zoom);
    setText(this.live, this.zoomButtons.whole.ariaLabel);
  }

  /** Have a screen reader say where the keys are. */
  speak() {
    setText(this.live, this.told.textContent);
    this.viewport.canvas.scrollIntoView({ block: "nearest" });
    if (this.spot) this.viewport.reveal(this.spot);
  }
}
