// The arithmetic of one cell, with its real numbers.

const CHANNELS = 8; // of the sums over the channels, the largest ones

/** The panel below the network; it shows one cell at a time. */
class Panel {
  channel = null; // the input channel that is written out; null: the one that counts most

  constructor(owner) {
    this.owner = owner;
    this.root = element("section", "ex-panel", owner.root);
    this.root.hidden = true;
    const head = element("div", "ex-panel-head", this.root);
    this.title = element("h4", "ex-panel-title", head);
    const buttons = element("span", "ex-buttons", head);
    this.weight = element("label", "ex-field", buttons);
    this.weightText = element("span", "", this.weight);
    this.slider = Object.assign(element("input", "", this.weight), { type: "range", min: 0, max: 2, step: 0.1 });
    this.slider.oninput = () => owner.weigh(this.layer.name, this.spot.map, Number(this.slider.value));
    this.off = button(buttons, () => owner.weigh(this.layer.name, this.spot.map, this.factor === 0 ? 1 : 0));
    this.numbers = button(buttons, () => {
      this.asTable = !this.asTable;
      owner.paint();
    });
    this.play = button(buttons, () => owner.play());
    this.step = button(buttons, () => owner.stepOn());
    this.close = button(buttons, () => owner.open(false));
    this.body = element("div", "ex-sum", this.root);
  }

  hide() {
    this.root.hidden = true;
  }

  show(spot, sum, layer, before, { words, scales, isPlaying, isMap, factor }) {
    Object.assign(this, { words, scales, spot, layer, factor });
    this.weight.hidden = this.off.hidden = factor === null;
    if (factor !== null) {
      this.slider.value = factor;
      setText(this.weightText, fill(words.counts, { factor: number(factor) }));
      setText(this.off, factor === 0 ? words.switch_on : words.switch_off);
    }
    this.root.hidden = false;
    setText(this.title, this.owner.nameOf(spot));
    setText(this.numbers, this.asTable ? words.sum : words.table);
    this.numbers.hidden = !isMap;
    setText(this.play, isPlaying ? words.pause : words.play);
    setText(this.step, words.step);
    setText(this.close, words.close);
    this.play.hidden = this.step.hidden = !isMap;
    this.body.replaceChildren();
    if (this.asTable && isMap) return this.table(spot, layer);
    const write = SUM_TEXTS[sum.kind];
    write(this, sum, { spot, layer, before, channel: this.channel });
  }

  /** Write all values of the map that a cell belongs to, that cell marked. */
  table({ map, row, column }, { shape: [height, width, count], values, signed }) {
    const cells = Array.from({ length: height * width }, (_, n) => values[n * count + map]);
    this.grid(this.body, [height, width], cells, { signed, marked: row * width + column });
  }

  line(text, className = "", parent = this.body) {
    return element("div", className, parent, text);
  }

  /** Write a window's values as a small table; `marked` is the cell that counts. */
  grid(parent, size, cells, { signed = false, marked = -1, caption = "" } = {}) {
    const figure = element("figure", "ex-grid", parent);
    const table = element("table", "", figure);
    const peak = Math.max(...cells.map(Math.abs), 1e-9);
    const { table: colours } = signed ? this.scales.diverging : this.scales.sequential;
    for (let row = 0; row < size[0]; row++) {
      const line = element("tr", "", table);
      for (let column = 0; column < size[1]; column++) {
        const n = row * size[1] + column;
        const cell = element("td", n === marked ? "ex-marked" : "", line, number(cells[n]));
        const place = signed ? 127.5 + (127.5 * cells[n]) / peak : (255 * Math.max(cells[n], 0)) / peak;
        const colour = colours[place | 0];
        cell.style.background = css(colour);
        cell.style.color = bright(colour) ? "#000" : "#fff";
      }
    }
    element("figcaption", "", figure, caption);
  }

  /** Write items as rows with a bar, {name, value}, the first one's the longest, under a line of text. */
  bars(text, items) {
    const list = element("div", "ex-bars", this.body);
    this.line(text, "", list);
    const peak = Math.max(Math.abs(items[0].value), 1e-9);
    for (const { name, value, onclick, chosen } of items) {
      const row = element(onclick ? "button" : "div", chosen ? "ex-bar ex-chosen" : "ex-bar", list);
      if (onclick) Object.assign(row, { type: "button", onclick });
      element("span", "ex-bar-name", row, name);
      const track = element("span", "ex-bar-track", row);
      const bar = element("span", "ex-bar-fill", track);
      const length = Math.min(50, (50 * Math.abs(value)) / peak);
      bar.style.left = `${value < 0 ? 50 - length : 50}%`;
      bar.style.width = `${length}%`;
      bar.style.background = this.scales.diverging.bars[value < 0 ? 0 : 1];
      element("span", "ex-bar-number", row, number(value));
    }
  }
}

const SUM_TEXTS = {
  input: (panel, sum) => panel.line(fill(panel.words.sum_input, { value: number(sum.value) })),
  same: (panel, sum) => panel.line(fill(panel.words.sum_same, { input: number(sum.input), value: number(sum.value) })),
  flatten(panel, { from, value }, { before }) {
    const fields = { layer: before.name, map: from.map + 1, row: from.row + 1, column: from.column + 1 };
    panel.line(fill(panel.words.sum_flatten, { ...fields, value: number(value) }));
  },
  convolution(panel, sum, { layer, before, channel }) {
    const { words } = panel;
    if (!sum.inputs) return panel.line(words.no_weights);
    const shown = sum.inputs[channel] ?? sum.sources[0];
    const row = element("div", "ex-product", panel.body);
    const sign = (text) => element("span", "ex-sign", row, text);
    const from = fill(words.window_of, { layer: before.name, map: shown.map + 1 });
    panel.grid(row, sum.size, shown.cells.map((cell) => cell.value), { caption: from });
    sign("×");
    panel.grid(row, sum.size, shown.cells.map((cell) => cell.weight), { signed: true, caption: words.kernel });
    sign("=");
    const products = shown.cells.map((cell) => cell.value * cell.weight);
    panel.grid(row, sum.size, products, { signed: true, caption: fill(words.products, { sum: number(shown.value) }) });
    if (sum.inputs.length > 1) {
      panel.bars(
        fill(words.over_maps, { count: sum.inputs.length, layer: before.name }),
        sum.sources.slice(0, CHANNELS).map(({ map, value }) => ({
          name: fill(words.map, { number: map + 1 }),
          value,
          chosen: map === shown.map,
          onclick: () => panel.owner.choose(map),
        })),
      );
    }
    panel.line(ending(words, layer, sum), "ex-result");
  },
  pooling(panel, sum) {
    const { words } = panel;
    const cells = sum.cells.map((cell) => cell.value);
    panel.grid(element("div", "ex-product", panel.body), sum.size, cells, { marked: sum.winner });
    const inside = sum.cells.filter((cell) => cell.inside).map((cell) => number(cell.value));
    const fields = { values: inside.join(", "), value: number(sum.value) };
    panel.line(fill(sum.isMax ? words.sum_max : words.sum_mean, fields), "ex-result");
  },
  dense(panel, sum, { layer, before }) {
    const { words } = panel;
    if (sum.sum === undefined) return panel.line(words.no_weights);
    const items = sum.sources.slice(0, TERMS).map(({ map, input, weight, value }) => ({
      name: `${fill(words.unit, { number: map + 1 })}: ${number(input)} × ${number(weight)}`,
      value,
    }));
    if (sum.others) items.push({ name: fill(words.others, { count: sum.others }), value: sum.rest });
    panel.bars(fill(words.terms, { layer: before.name, count: before.values.length }), items);
    panel.line(ending(words, layer, sum), "ex-result");
  },
  softmax(panel, sum, { spot, layer }) {
    const { words } = panel;
    const items = sum.sources.map(({ map, input, power }) => ({
      name: `${layer.labels[map]}: e^(${number(input)} − ${number(sum.peak)})`,
      value: power,
      chosen: map === spot.map,
    }));
    panel.bars(words.sum_softmax, items);
    const fields = { power: number(sum.power), total: number(sum.total), value: probability(sum.value) };
    panel.line(fill(words.share, fields), "ex-result");
  },
};

/** Write how a sum ends: its bias, and its activation where it has one. */
function ending(words, layer, { sum, bias, before }) {
  const text = fill(words.with_bias, { sum: number(sum), bias: number(bias), value: number(before) });
  if (layer.config.activation !== "relu") return text;
  return `${text} ${fill(words.relu, { before: number(before), value: number(Math.max(0, before)) })}`;
}

function button(parent, onclick) {
  const node = element("button", "ex-button", parent);
  return Object.assign(node, { type: "button", onclick });
}
