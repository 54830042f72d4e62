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
  const many = values.length > WRITTEN ? fill(words.many, { count: values.length }) : null;
  const inner = kind === "max" ? `max(${many ?? values.join(", ")})` : `(${many ?? values.join(" + ")}) / ${values.length}`;
  return `${inner} = ${result}`;
}
