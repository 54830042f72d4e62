// A grid of numbers: coloured cells, with the numbers in them where there is room.

const NUMBERED = 10; // columns: up to so many the numbers stand in the cells
const CELL = { side: 34, letter: 7, margin: 8 }; // CSS pixels of a cell with its number in it
const LARGEST_CELL = 12; // of a grid without numbers
const WIDEST = 320; // CSS pixels of a grid without numbers
const TWO_FROM = 440; // a room so wide has two such grids side by side
const BETWEEN = 32; // pixels between them

class Grid {
  constructor(parent, name) {
    this.section = element("div", `wk-part wk-${name}`, parent);
    this.title = element("div", "wk-title", this.section);
    this.box = element("div", "wk-grid", this.section);
    this.frame = element("div", "wk-frame", this.box);
    this.frame.hidden = true;
    const legend = element("div", "wk-legend", this.section);
    [this.low, this.ramp, this.high] = ["low", "ramp", "high"].map((c) => element("span", `wk-${c}`, legend));
    this.cells = [];
  }

  /**
   * Make as many cells as there are values. `room` is how wide the grid may be,
   * `most` how many columns the widest grid beside it has: cells are of one size.
   */
  layout(values, room, most = 0) {
    const [rows, columns] = [values.length, values[0].length];
    const flat = values.flat();
    const letters = flat.reduce((longest, value) => Math.max(longest, value === null ? 0 : short(value).length), 0);
    const needed = Math.max(CELL.side, CELL.letter * letters + CELL.margin);
    this.numbered = columns <= NUMBERED && rows <= 2 * NUMBERED && columns * needed <= room;
    const half = room < TWO_FROM ? room : Math.floor((room - BETWEEN) / 2);
    const fitting = Math.floor(Math.min(half, WIDEST) / Math.max(columns, most));
    this.height = this.numbered ? CELL.side : clamp(fitting, 2, LARGEST_CELL);
    this.width = this.numbered ? needed : this.height;
    this.box.style.gridTemplateColumns = `repeat(${columns}, ${this.width}px)`;
    this.box.style.gridAutoRows = `${this.height}px`;
    this.box.classList.toggle("wk-numbered", this.numbered);
    if (this.rows !== rows || this.columns !== columns) {
      this.cells.forEach((cell) => cell.remove());
      this.cells = Array.from({ length: rows * columns }, () => element("div", "wk-cell", this.box));
    }
    Object.assign(this, { rows, columns, values: same(this.values, flat) ? this.values : flat });
  }

  /**
   * Colour the cells up to the largest value or a `peak` that is given; a null is
   * padding, and only the first `reach` cells are known yet.
   */
  paint(scales, { signed, peak: given, reach = Infinity, inside = null, padding = "" }) {
    const state = [scales, signed, given, reach, inside, padding, this.values, this.numbered];
    if (same(this.state, state)) return;
    this.state = state;
    const known = this.values.filter((value) => value !== null);
    const peak = given || largest(known) || 1;
    const { table, stops } = signed ? scales.diverging : scales.sequential;
    const zero = signed ? 127.5 : 0;
    this.cells.forEach((cell, i) => {
      const value = this.values[i];
      const visible = value !== null && i < reach;
      cell.className = "wk-cell";
      if (value === null) cell.classList.add("wk-pad");
      else if (!visible) cell.classList.add("wk-open");
      if (inside?.has(i)) cell.classList.add("wk-inside");
      const colour = visible ? table[clamp(Math.round(zero + ((255 - zero) * value) / peak), 0, 255)] : null;
      cell.style.background = colour === null ? "" : css(colour);
      cell.style.color = colour === null ? "" : bright(colour) ? "#111" : "#fff";
      setText(cell, !this.numbered ? "" : value === null ? padding : visible ? short(value) : "");
    });
    this.ramp.style.background = `linear-gradient(to right, ${stops})`;
    setText(this.low, short(signed ? -peak : 0));
    setText(this.high, short(peak));
  }

  /** Put the frame around a window that begins at a cell, or nowhere. */
  mark(row, column, height, width) {
    this.frame.hidden = row === null;
    if (row === null) return;
    this.frame.style.transform = `translate(${column * this.width}px, ${row * this.height}px)`;
    this.frame.style.width = `${width * this.width}px`;
    this.frame.style.height = `${height * this.height}px`;
  }

  /** Return the row and column under the pointer, null beside the grid. */
  hit({ clientX, clientY }) {
    const { left, top } = this.box.getBoundingClientRect();
    const column = Math.floor((clientX - left - this.box.clientLeft) / this.width);
    const row = Math.floor((clientY - top - this.box.clientTop) / this.height);
    return row < 0 || column < 0 || row >= this.rows || column >= this.columns ? null : { row, column };
  }
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
