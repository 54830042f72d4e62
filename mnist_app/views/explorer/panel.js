// The arithmetic of one cell, with its real numbers.

/** The panel below the network; it shows one cell at a time. */
class Panel {
  channel = null; // the input channel that is written out; null: the one that counts most
  views = {}; // by kind of sum

  constructor(owner, parent) {
    this.owner = owner;
    this.root = element("section", "ex-panel", parent);
    this.root.hidden = true;
    const head = element("div", "ex-panel-head", this.root);
    this.title = element("h4", "ex-panel-title", head);
    this.about = aboutLink(head);
    const buttons = element("span", "ex-buttons", head);
    this.play = button(buttons, () => owner.slide.toggle());
    this.step = button(buttons, () => owner.slide.next());
    this.numbers = button(buttons, () => {
      this.asTable = !this.asTable;
      owner.paint();
    });
    this.close = button(buttons, () => owner.open(false));
    this.body = element("div", "", this.root);
    this.filter = element("div", "ex-filter-factor", this.root);
    const weight = element("label", "ex-field", this.filter);
    this.weightText = element("span", "", weight);
    this.slider = Object.assign(element("input", "", weight), { type: "range", min: 0, max: 2, step: 0.1 });
    this.slider.oninput = () => owner.factors.weigh(this.layer.name, this.spot.map, Number(this.slider.value));
    this.off = button(this.filter, () => owner.factors.weigh(this.layer.name, this.spot.map, this.factor === 0 ? 1 : 0));
    this.filters = new Filters(owner, this.root);
    this.root.onkeydown = ({ key }) => {
      if (key !== "Escape") return;
      owner.open(false);
      owner.viewport.canvas.focus();
    };
  }

  hide() {
    this.root.hidden = true;
  }

  show(spot, sum) {
    const { header, layers, scale: scales, factors, telling } = this.owner;
    const { words } = header;
    const [layer, before] = [layers[spot.layer], layers[spot.layer - 1]];
    const factor = factors.of(spot);
    Object.assign(this, { words, scales, spot, layer, before, factor });
    this.root.hidden = false;
    setText(this.title, telling.name(spot));
    tellAbout(this.about, header.about.sum);
    this.writeButtons();
    const kind = this.asTable && layer.kind === "maps" ? "table" : sum.kind;
    const view = (this.views[kind] ??= new SUM_VIEWS[kind](this));
    if (this.body.firstChild !== view.root) this.body.replaceChildren(view.root);
    view.update(sum);
    this.filters.show(spot, this.asTable);
  }

  writeButtons() {
    const { words, layer, factor } = this;
    const isMap = layer.kind === "maps";
    this.play.hidden = this.step.hidden = this.numbers.hidden = !isMap;
    setText(this.play, this.owner.slide.isOn ? words.pause : words.play);
    setText(this.step, words.step);
    setText(this.numbers, this.asTable ? words.sum : words.table);
    setText(this.close, words.close);
    this.filter.hidden = factor === null;
    if (factor === null) return;
    this.slider.value = factor;
    setText(this.weightText, fill(words.counts, { factor: number(factor) }));
    setText(this.off, factor === 0 ? words.switch_on : words.switch_off);
  }

  /** Write values as a small table, once. */
  grid(parent, size, cells, options) {
    return new NumberGrid(parent).update(size, cells, this.scales, options);
  }
}

function button(parent, onclick) {
  const node = element("button", "ex-button", parent);
  return Object.assign(node, { type: "button", onclick });
}
