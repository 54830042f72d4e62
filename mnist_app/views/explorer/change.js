// Changes to the drawing and to the filters, to see what becomes of the answer.

const SLIDERS = {
  // name -> lowest, highest, step, what changes nothing
  across: [-8, 8, 1, 0], // pixels of the 28
  down: [-8, 8, 1, 0],
  turn: [-45, 45, 5, 0], // degrees, clockwise
  size: [50, 150, 10, 100], // percent
  pen: [-1, 2, 0.25, 0], // pixels around every stroke
};
const NOTHING = Object.fromEntries(Object.entries(SLIDERS).map(([name, [, , , rest]]) => [name, rest]));

/** Return an image of side × side pixels after a change, bilinear between the pixels; outside there is no ink. */
function altered(image, side, { across, down, turn, size, pen }) {
  const angle = (-turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / (size / 100), Math.sin(angle) / (size / 100)];
  const middle = (side - 1) / 2;
  const at = (row, column) => (row < 0 || column < 0 || row >= side || column >= side ? 0 : image[row * side + column]);
  let result = new Float32Array(side * side);
  for (let row = 0, n = 0; row < side; row++) {
    for (let column = 0; column < side; column++, n++) {
      const [y, x] = [row - middle - down, column - middle - across];
      const [fromRow, fromColumn] = [sin * x + cos * y + middle, cos * x - sin * y + middle];
      const [top, left] = [Math.floor(fromRow), Math.floor(fromColumn)];
      const [v, u] = [fromRow - top, fromColumn - left];
      const upper = (1 - u) * at(top, left) + u * at(top, left + 1);
      const lower = (1 - u) * at(top + 1, left) + u * at(top + 1, left + 1);
      result[n] = (1 - v) * upper + v * lower;
    }
  }
  for (let left = Math.abs(pen); left > 0; left--) result = thickened(result, side, Math.min(left, 1), pen < 0);
  return result;
}

/** Return an image whose strokes are wider, or thinner, by a share of a pixel on every side. */
function thickened(image, side, share, isThinner) {
  const extreme = isThinner ? Math.min : Math.max;
  return image.map((value, n) => {
    const [row, column] = [Math.floor(n / side), n % side];
    const near = [
      row > 0 ? image[n - side] : 0,
      row < side - 1 ? image[n + side] : 0,
      column > 0 ? image[n - 1] : 0,
      column < side - 1 ? image[n + 1] : 0,
    ];
    return (1 - share) * value + share * extreme(value, ...near);
  });
}

/**
 * Return weights in which filters and units count more or less.
 *
 * `factors` has, by layer's name, a Map from filter to factor. A factor that is
 * not negative passes through ReLU and pooling unchanged, so kernel and bias
 * times it are the map times it.
 */
function scaledWeights(weights, factors) {
  const scaled = { ...weights };
  for (const [name, ofLayer] of Object.entries(factors)) {
    scaled[name] = weights[name].map(({ shape, values }) => {
      const count = shape.at(-1);
      const copy = values.slice();
      for (const [filter, factor] of ofLayer) {
        for (let i = filter; i < copy.length; i += count) copy[i] *= factor;
      }
      return { shape, values: copy };
    });
  }
  return scaled;
}

/** The sliders that change the drawing. */
class Changes {
  values = { ...NOTHING };

  constructor(owner) {
    this.owner = owner;
    this.root = element("details", "ex-changes", owner.root);
    this.summary = element("summary", "", this.root);
    const fields = element("div", "ex-fields", this.root);
    this.fields = Object.entries(SLIDERS).map(([name, [min, max, step, value]]) => {
      const label = element("label", "ex-field", fields);
      const text = element("span", "", label);
      const input = Object.assign(element("input", "", label), { type: "range", min, max, step, value });
      input.name = name;
      input.oninput = () => {
        this.values[name] = Number(input.value);
        this.write();
        owner.refresh();
      };
      return { name, text, input };
    });
    this.reset = button(fields, () => this.clear());
    this.about = aboutLink(fields);
  }

  /** Write the texts, in the language of the page. */
  write(words = this.words) {
    this.words = words;
    setText(this.summary, words.change);
    setText(this.reset, words.reset);
    tellAbout(this.about, this.owner.header.about.alter);
    for (const { name, text } of this.fields) setText(text, fill(words[name], { value: String(this.values[name]).replace("-", "\u2212") }));
  }

  clear() {
    this.take({});
    this.owner.factors.reset();
  }

  /** Change the drawing so, and in no other way. */
  set(values) {
    this.take(values);
    this.root.open = true;
    this.owner.refresh();
  }

  take(values) {
    this.values = { ...NOTHING, ...values };
    for (const { name, input } of this.fields) input.value = this.values[name];
    this.write();
  }

  /** Return an image after the changes; the same one for the same image. */
  made(image) {
    const key = JSON.stringify(this.values);
    if (!this.any()) return image;
    if (image !== this.from || key !== this.key) {
      Object.assign(this, { from: image, key, image: altered(image, INPUT_SHAPE[0], this.values) });
    }
    return this.image;
  }

  any() {
    return Object.entries(NOTHING).some(([name, rest]) => this.values[name] !== rest);
  }
}

/** How much each filter and each unit counts. */
class Factors {
  byLayer = {}; // layer's name -> a Map from filter to factor; what is not in it counts 1

  constructor(owner) {
    this.owner = owner;
  }

  /** Let a filter or a unit count more, less or not at all. */
  weigh(layer, filter, factor) {
    const filters = (this.byLayer[layer] ??= new Map());
    if (factor === 1) filters.delete(filter);
    else filters.set(filter, factor);
    if (!filters.size) delete this.byLayer[layer];
    this.owner.reweigh();
  }

  /** Return how much a filter or a unit counts; null where it cannot be changed. */
  of({ layer: n, map }) {
    const { name, className, config } = this.owner.layers[n];
    const fits = ["Conv2D", "Dense"].includes(className) && config.activation === "relu";
    return fits && this.owner.isLive() ? (this.byLayer[name]?.get(map) ?? 1) : null;
  }

  any() {
    return Object.keys(this.byLayer).length > 0;
  }

  forget() {
    this.byLayer = {};
  }

  reset() {
    this.forget();
    this.owner.reweigh();
  }
}
