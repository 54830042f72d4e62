// What is asked and written below the grids: a guess, and the arithmetic of one window.

const WRITTEN = 49; // values that are written out, the largest kernel's

/** The question for the next value. */
class Question {
  constructor(walk) {
    this.form = element("form", "wk-question", walk.root);
    this.label = element("label", "", this.form);
    this.text = element("span", "", this.label);
    this.field = Object.assign(element("input", "wk-answer", this.label), { type: "text", autocomplete: "off" });
    this.button = Object.assign(element("button", "wk-button", this.form), { type: "submit" });
    this.form.onsubmit = (event) => {
      event.preventDefault();
      walk.answer(this.field.value);
      if (this.form.hidden) walk.buttons.step.focus(); // what comes next
    };
  }

  ask(asked, words) {
    if (asked && this.form.hidden) this.field.value = "";
    this.form.hidden = !asked;
    setText(this.text, words.question);
    this.field.ariaLabel = words.answer;
    setText(this.button, words.check);
  }
}

/** The window shown, the kernel, and what they come to. */
class Arithmetic {
  constructor(parent) {
    this.detail = element("div", "wk-stage wk-detail", parent);
    this.window = new Grid(this.detail, "window");
    this.times = element("div", "wk-times", this.detail, "×");
    this.kernel = new Grid(this.detail, "kernel");
    this.sum = element("div", "wk-sum", parent);
  }

  get text() {
    return this.sum.textContent;
  }

  /** Show what is `under` a window; while its value is asked, nothing of the sum. */
  show({ op, words, theme, root, course: { at, values, isAsked } }, under, padding) {
    const wide = op.across.size;
    const small = under.length > 0 && under.length <= WRITTEN && wide <= NUMBERED;
    const enlarge = (grid, rows, title, how) => {
      grid.layout(rows, root.clientWidth - 2);
      grid.paint(theme, how);
      setText(grid.title, title);
    };
    this.detail.hidden = !small;
    if (small) {
      const rows = Array.from({ length: op.down.size }, (_, r) => under.slice(r * wide, (r + 1) * wide).map((p) => p.value));
      enlarge(this.window, rows, words.window, { signed: signed(op.input), peak: largest(op.input.flat()), padding });
      this.times.hidden = this.kernel.section.hidden = !op.kernel;
      if (op.kernel) enlarge(this.kernel, op.kernel, words.kernel, { signed: true });
    }
    setText(this.sum, under.length === 0 || isAsked ? "" : written(op, under, words, values[at]));
  }
}

/** Return the arithmetic of one window as a line. */
function written({ kind, relu, output }, places, words, value) {
  const result = short(value);
  if (kind === "convolution") {
    const raw = places.reduce((sum, place) => sum + (place.value ?? 0) * place.weight, 0);
    const weight = (w) => (w < 0 ? `(${short(w)})` : short(w));
    const sum = `${places.map((p) => `${weight(p.value ?? 0)}×${weight(p.weight)}`).join(" + ")} = ${short(raw)}`;
    return relu ? `${sum}, ReLU: max(0, ${short(raw)}) = ${result}` : sum;
  }
  const values = places.filter((place) => place.value !== null).map((place) => short(place.value));
  const isMany = values.length > WRITTEN;
  const join = (sign, word) => (isMany ? fill(word, { count: values.length }) : values.join(sign));
  const inner = kind === "max" ? `max(${join(", ", words.many)})` : `(${join(" + ", words.sum)}) / ${values.length}`;
  return `${inner} = ${result}`;
}
