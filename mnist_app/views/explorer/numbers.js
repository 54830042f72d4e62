// Numbers as the panel shows them: as coloured grids and as bars. Their nodes
// stay while the numbers change, and with them the reader's focus and pointer.

/** A window's values, or a map's, as a small table. */
class NumberGrid {
  cells = [];

  constructor(parent) {
    this.root = element("figure", "ex-grid", parent);
    this.table = element("table", "", this.root);
    this.caption = element("figcaption", "", this.root);
  }

  /** Show values of a size, [rows, columns]; `marked` is the cell that counts, `tapped` the one that is pointed at. */
  update([rows, columns], values, scales, { signed = false, marked = -1, tapped = null, caption = "" } = {}) {
    if (this.cells.length !== rows * columns || this.columns !== columns) this.layOut(rows, columns);
    const peak = Math.max(...values.map(Math.abs), 1e-9);
    const { table } = signed ? scales.diverging : scales.sequential;
    this.cells.forEach((cell, n) => {
      const place = signed ? 127.5 + (127.5 * values[n]) / peak : (255 * Math.max(values[n], 0)) / peak;
      const colour = table[place | 0];
      setText(cell, number(values[n]));
      cell.style.background = css(colour);
      cell.style.color = bright(colour) ? "#000" : "#fff";
      cell.className = n === tapped ? "ex-tapped" : n === marked ? "ex-marked" : "";
    });
    setText(this.caption, caption);
    return this.root;
  }

  layOut(rows, columns) {
    this.columns = columns;
    this.table.replaceChildren();
    const lines = Array.from({ length: rows }, () => element("tr", "", this.table));
    this.cells = lines.flatMap((line) => Array.from({ length: columns }, () => element("td", "", line)));
    this.cells.forEach((cell, n) => (cell.dataset.place = n));
  }
}

/** Named values as rows with a bar, under a line of text; each can be a button. */
class Bars {
  rows = [];

  constructor(parent, onchoose = null) {
    this.onchoose = onchoose;
    this.root = element("div", "ex-bars", parent);
    this.text = element("div", "ex-bars-text", this.root);
    this.list = element("div", "ex-bars-list", this.root);
  }

  /** Show items {map, name, value, chosen}; the first one's bar is the longest. */
  update(text, items, { bars }) {
    setText(this.text, text);
    while (this.rows.length > items.length) this.rows.pop().row.remove();
    while (this.rows.length < items.length) this.rows.push(this.make());
    const peak = Math.max(Math.abs(items[0].value), 1e-9);
    items.forEach(({ map, name, value, chosen }, n) => {
      const { row, label, bar, figure } = this.rows[n];
      row.classList.toggle("ex-chosen", !!chosen);
      if (this.onchoose) row.onclick = () => this.onchoose(map);
      setText(label, name);
      const length = Math.min(50, (50 * Math.abs(value)) / peak);
      bar.style.left = `${value < 0 ? 50 - length : 50}%`;
      bar.style.width = `${length}%`;
      bar.style.background = bars[value < 0 ? 0 : 1];
      setText(figure, number(value));
    });
  }

  make() {
    const row = element(this.onchoose ? "button" : "div", "ex-bar", this.list);
    if (this.onchoose) row.type = "button";
    const label = element("span", "ex-bar-name", row);
    const bar = element("span", "ex-bar-fill", element("span", "ex-bar-track", row));
    return { row, label, bar, figure: element("span", "ex-bar-number", row) };
  }
}
