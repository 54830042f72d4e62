// How each kind of sum is written out: a view is made once and takes one sum after another.

const CHANNELS = 8; // of the sums over the channels, the largest ones

/** Return the view of a sum that is one sentence; `write` makes it of the panel and the sum. */
function sentence(write) {
  return class {
    constructor(panel) {
      this.panel = panel;
      this.root = element("div");
    }

    update(sum) {
      setText(this.root, write(this.panel, sum));
    }
  };
}

class ConvolutionView {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "ex-view");
    this.passage = new Passage(panel, this.root);
    const { middle } = this.passage;
    this.window = new NumberGrid(middle);
    element("span", "ex-sign", middle, "×");
    this.kernel = new NumberGrid(middle);
    element("span", "ex-sign", middle, "=");
    this.products = new NumberGrid(middle);
    this.bars = new Bars(this.root, (channel) => panel.owner.choose(channel));
    this.result = element("div", "ex-result", this.root);
  }

  update(sum) {
    const { words, layer, before, scales, channel, owner } = this.panel;
    const { size, inputs, sources } = sum;
    const shown = shownInput(sum, channel);
    const [values, weights] = ["value", "weight"].map((part) => shown.cells.map((cell) => cell[part]));
    const products = values.map((value, n) => value * weights[n]);
    const { tap: tapped } = owner;
    const from = fill(words.window_of, { layer: before.name, map: shown.map + 1 });
    this.passage.update(sum, shown.map, (n) => {
      return fill(words.product, { value: number(values[n]), weight: number(weights[n]), product: number(products[n]) });
    });
    this.window.update(size, values, scales, { signed: before.signed, tapped, caption: from });
    this.kernel.update(size, weights, scales, { signed: true, tapped, caption: words.kernel });
    const together = fill(words.products, { sum: number(shown.value) });
    this.products.update(size, products, scales, { signed: true, tapped, caption: together });
    this.bars.root.hidden = inputs.length === 1;
    const largest = sources.slice(0, CHANNELS).map(({ map, value }) => {
      return { map, value, name: fill(words.map, { number: map + 1 }), chosen: map === shown.map };
    });
    this.bars.update(fill(words.over_maps, { count: inputs.length, layer: before.name }), largest, scales.diverging);
    setText(this.result, ending(words, layer, sum));
  }
}

class PoolingView {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "ex-view");
    this.passage = new Passage(panel, this.root);
    this.window = new NumberGrid(this.passage.middle);
    this.result = element("div", "ex-result", this.root);
  }

  update(sum) {
    const { words, spot, before, scales, owner } = this.panel;
    const values = sum.cells.map((cell) => cell.value);
    this.passage.update(sum, spot.map, (n) => number(values[n]));
    const caption = fill(words.window_of, { layer: before.name, map: spot.map + 1 });
    this.window.update(sum.size, values, scales, { signed: before.signed, marked: sum.winner, tapped: owner.tap, caption });
    const inside = sum.cells.filter((cell) => cell.inside).map((cell) => number(cell.value));
    const fields = { values: inside.join(", "), value: number(sum.value) };
    setText(this.result, fill(sum.isMax ? words.sum_max : words.sum_mean, fields));
  }
}

/** Bars and the line that follows from them. */
class BarsView {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "ex-view");
    this.bars = new Bars(this.root);
    this.result = element("div", "ex-result", this.root);
  }
}

class DenseView extends BarsView {
  update(sum) {
    const { words, layer, before, scales } = this.panel;
    const items = sum.sources.slice(0, TERMS).map(({ map, input, weight, value }) => ({
      name: `${fill(words.unit, { number: map + 1 })}: ${number(input)} × ${number(weight)}`,
      value,
    }));
    if (sum.others) items.push({ name: fill(words.others, { count: sum.others }), value: sum.rest });
    this.bars.update(fill(words.terms, { layer: before.name, count: before.values.length }), items, scales.diverging);
    setText(this.result, ending(words, layer, sum));
  }
}

class SoftmaxView extends BarsView {
  update(sum) {
    const { words, layer, spot, scales } = this.panel;
    const items = sum.sources.map(({ map, input, power }) => ({
      name: `${layer.labels[map]}: e^(${number(input)} − ${number(sum.peak)})`,
      value: power,
      chosen: map === spot.map,
    }));
    this.bars.update(words.sum_softmax, items, scales.diverging);
    const fields = { power: number(sum.power), total: number(sum.total), value: probability(sum.value) };
    setText(this.result, fill(words.share, fields));
  }
}

/** All values of the map that a cell belongs to, that cell marked. */
class TableView {
  constructor(panel) {
    this.panel = panel;
    this.grid = new NumberGrid(null);
    this.root = this.grid.root;
  }

  update() {
    const { spot, layer, scales } = this.panel;
    const { shape, values, signed } = layer;
    const [height, width, count] = shape;
    const cells = Array.from({ length: height * width }, (_, n) => values[n * count + spot.map]);
    this.grid.update([height, width], cells, scales, { signed, marked: spot.row * width + spot.column });
  }
}

const SUM_VIEWS = {
  table: TableView,
  convolution: ConvolutionView,
  pooling: PoolingView,
  dense: DenseView,
  softmax: SoftmaxView,
  unknown: sentence(({ words }) => words.no_weights),
  input: sentence(({ words }, sum) => fill(words.sum_input, { value: number(sum.value) })),
  same: sentence(({ words }, sum) => fill(words.sum_same, { input: number(sum.input), value: number(sum.value) })),
  flatten: sentence(({ words, before }, { from, value }) => {
    const place = { map: from.map + 1, row: from.row + 1, column: from.column + 1 };
    return fill(words.sum_flatten, { layer: before.name, ...place, value: number(value) });
  }),
};

/** Write how a sum ends: its bias, and its activation where it has one. */
function ending(words, layer, { sum, bias, before }) {
  const text = fill(words.with_bias, { sum: number(sum), bias: number(bias), value: number(before) });
  if (layer.config.activation !== "relu") return text;
  return `${text} ${fill(words.relu, { before: number(before), value: number(Math.max(0, before)) })}`;
}
