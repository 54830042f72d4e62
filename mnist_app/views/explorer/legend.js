// What the colours mean: those of the maps, and those of the edges.

const EDGE_KINDS = ["takes", "adds"]; // by the diverging scale's bars

class Legend {
  constructor(owner, parent) {
    this.owner = owner;
    this.root = element("div", "lm-legend ex-legend", parent);
    [this.low, this.ramp, this.high] = ["lm-low", "lm-ramp", "lm-high"].map((name) => element("span", name, this.root));
    this.edges = element("span", "ex-edges", this.root);
    this.kinds = EDGE_KINDS.map((name) => {
      const kind = element("span", "ex-edge", this.edges);
      return { name, line: element("span", "ex-edge-line", kind), text: element("span", "", kind) };
    });
  }

  write(words) {
    const { bars } = this.owner.scale.diverging;
    this.kinds.forEach(({ name, line, text }, n) => {
      line.style.background = bars[n];
      setText(text, words[name]);
    });
  }

  /** Show the scale of the layer that is pointed at, or of the first after the input. */
  show(spot, sum) {
    const { layers, picture, scale } = this.owner;
    const n = spot ? spot.layer : 1;
    const layer = layers[n];
    const peak = picture.peaks[n] ?? mapPeak(layer, spot?.map ?? 0);
    const { stops } = layer.signed ? scale.diverging : scale.sequential;
    this.ramp.style.background = `linear-gradient(to right, ${stops})`;
    setText(this.low, `${layer.name}: ${number(layer.signed ? -peak : 0, layer.percent)}`);
    setText(this.high, number(peak, layer.percent));
    this.edges.classList.toggle("ex-unseen", sum?.bias === undefined); // its room stays
  }
}
