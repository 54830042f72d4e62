// A kernel as fields: type a number, or choose a brush and paint.

const editors = new WeakMap(); // parentElement -> Editor

function show({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  const editor = editors.get(parentElement) ?? new Editor(parentElement);
  editors.set(parentElement, editor);
  editor.update(JSON.parse(new TextDecoder().decode(data)), setStateValue);
  return () => {
    editor.remove();
    editors.delete(parentElement);
  };
}

class Editor {
  brush = null; // the value that is painted; null: one types

  constructor(parent) {
    this.root = element("div", "ke-root", parent);
    this.choice = element("div", "ke-choice", this.root);
    this.choice.setAttribute("role", "radiogroup");
    this.label = element("span", "", this.choice);
    this.grid = element("div", "ke-grid", this.root);
    this.fields = [];
    this.ended = new AbortController();
    const stop = () => this.painting && this.finish();
    window.addEventListener("pointerup", stop, { signal: this.ended.signal });
    this.grid.onpointerdown = (event) => {
      if (this.brush === null || !event.target.matches(".ke-field")) return;
      event.preventDefault(); // no cursor in the field
      event.target.releasePointerCapture?.(event.pointerId); // a finger paints on over other fields
      this.painting = true;
      this.paint(event.target);
    };
    this.grid.onpointermove = (event) => {
      if (!this.painting) return;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (this.fields.includes(under)) this.paint(under);
    };
  }

  remove() {
    this.ended.abort();
    this.root.remove();
  }

  update({ rows, words, brushes, colours }, setStateValue) {
    Object.assign(this, { setStateValue, sent: JSON.stringify(rows) });
    this.table = lookupTable(colours[isDark(this.root) ? "dark" : "light"]);
    setText(this.label, words.brush);
    this.choice.ariaLabel = words.brush;
    this.brushes ??= this.makeBrushes([null, ...brushes]);
    setText(this.brushes[0].text, words.type);
    if (this.columns !== rows[0].length || this.fields.length !== rows.flat().length) this.makeFields(rows);
    this.fields.forEach((field, i) => {
      const [row, column] = [Math.floor(i / this.columns), i % this.columns];
      field.ariaLabel = fill(words.cell, { row: row + 1, column: column + 1 });
      field.value = rows[row][column];
    });
    this.colour();
  }

  makeBrushes(brushes) {
    const buttons = segmented(this.choice, "ke-brush", brushes, (value) => {
      this.brush = value;
      this.grid.classList.toggle("ke-painting", value !== null);
    });
    buttons[0].input.checked = true;
    for (const { value, text } of buttons) setText(text, (value ?? "").replace("-", "\u2212"));
    return buttons;
  }

  makeFields(rows) {
    this.columns = rows[0].length;
    this.grid.replaceChildren();
    this.grid.style.gridTemplateColumns = `repeat(${this.columns}, minmax(0, 3rem))`;
    this.fields = rows.flat().map(() => {
      const field = element("input", "ke-field", this.grid);
      Object.assign(field, { type: "text", inputMode: "text", autocomplete: "off", maxLength: 12 });
      field.oninput = () => this.colour();
      field.onchange = () => this.finish();
      field.onfocus = () => field.select();
      return field;
    });
  }

  paint(field) {
    field.value = this.brush;
    this.colour();
  }

  /** Hand the values over, if they are new. */
  finish() {
    this.painting = false;
    const values = this.fields.map((field) => field.value.trim());
    const rows = Array.from({ length: values.length / this.columns }, (_, r) =>
      values.slice(r * this.columns, (r + 1) * this.columns));
    if (JSON.stringify(rows) === this.sent) return;
    this.sent = JSON.stringify(rows);
    this.setStateValue("edited", { rows, time: Date.now() }); // the time: the same change may come twice
  }

  colour() {
    const values = this.fields.map((field) => parsed(field.value));
    const peak = Math.max(...values.map((value) => Math.abs(value || 0))) || 1;
    this.fields.forEach((field, i) => {
      const wrong = Number.isNaN(values[i]);
      field.setAttribute("aria-invalid", wrong);
      const colour = this.table[clamp(Math.round(127.5 + (127.5 * (values[i] || 0)) / peak), 0, 255)];
      field.style.background = wrong ? "" : css(colour);
      field.style.color = wrong ? "" : bright(colour) ? "#111" : "#fff";
    });
  }
}
