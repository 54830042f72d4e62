// A window that slides over a picture and writes out what it computes.
// Everything a person reads comes with the data; see `pack` in walk.py.

const STEP_MS = 250;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const walks = new WeakMap(); // parentElement -> Walk

function show({ data, parentElement }) {
  if (!data) return undefined;
  const walk = walks.get(parentElement) ?? new Walk(parentElement);
  walks.set(parentElement, walk);
  walk.update(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    walk.remove();
    walks.delete(parentElement);
  };
}

/** The component: buttons, the two grids, and below them what the window shown comes to. */
class Walk {
  course = new Course();
  scales = {}; // by theme

  constructor(parent) {
    this.root = element("div", "wk-root", parent);
    this.bar = element("div", "wk-bar", this.root);
    const button = (name, onclick) => {
      const node = element("button", `wk-button wk-${name}`, this.bar);
      return Object.assign(node, { type: "button", onclick });
    };
    this.buttons = {
      restart: button("restart", () => this.restart()),
      back: button("back", () => this.jump(this.course.at - 1)),
      play: button("play", () => (this.timer ? this.pause() : this.play())),
      step: button("step", () => this.step()),
    };
    const label = element("label", "wk-guess", this.bar);
    this.guess = Object.assign(element("input", "", label), { type: "checkbox" });
    this.guess.onchange = () => this.setGuessing(this.guess.checked);
    this.guessLabel = element("span", "", label);
    const stage = element("div", "wk-stage", this.root);
    this.input = new Grid(stage, "from");
    this.output = new Grid(stage, "to");
    this.place = element("div", "wk-place", this.root);
    this.arithmetic = new Arithmetic(this.root);
    this.question = new Question(this);
    this.verdict = element("div", "wk-verdict", this.root);
    this.live = element("div", "wk-live", this.root);
    this.live.setAttribute("aria-live", "polite");
    this.listen(this.input, ({ row, column }) => outputOver(this.op, row, column));
    this.listen(this.output, ({ row, column }) => row * this.output.columns + column);
    this.observer = new ResizeObserver(() => this.layout());
    this.observer.observe(this.root);
  }

  remove() {
    this.pause();
    this.observer.disconnect();
    this.root.remove();
  }

  update(op) {
    const { words, colours, down, across } = op;
    // Where the windows stay where they are, so does the walk: one sees what another kernel makes of it.
    const subject = JSON.stringify([down, across, op.output.length, op.output[0].length]);
    const isNew = subject !== this.subject;
    Object.assign(this, { op, words, subject, padded: padded(op) });
    for (const name of ["selected", "right", "wrong"]) this.root.style.setProperty(`--wk-${name}`, colours[name]);
    this.course.values = op.output.flat();
    if (isNew) {
      this.pause();
      this.course.begin();
    }
    setText(this.verdict, ""); // it was about other numbers
    this.layout();
  }

  restart() {
    this.pause();
    this.course.begin(0);
    this.show();
  }

  play() {
    const { course } = this;
    this.setGuessing(false);
    if (course.isOver || course.at < 0) course.begin(0); // what is there already is made anew
    this.timer = setInterval(() => (course.isOver ? this.pause() : this.step()), STEP_MS);
    this.step();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.op) this.render();
  }

  /** Show the next window; while one guesses it is asked and not shown. */
  step() {
    this.course.step();
    this.show();
    if (!this.timer) this.speak();
  }

  jump(at) {
    if (!this.course.jump(at)) return;
    if (this.timer) this.pause();
    this.show();
  }

  setGuessing(on) {
    this.pause();
    this.guess.checked = on;
    this.course.setGuessing(on);
    this.show();
  }

  /** Compare a guess with the value of the window that is asked. */
  answer(text) {
    const guess = parsed(text.replace(",", "."));
    if (Number.isNaN(guess)) return this.judge(this.words.number, "");
    const isRight = this.course.judge(guess);
    this.render();
    const said = isRight ? this.words.right : fill(this.words.wrong, { given: text.trim() });
    const score = fill(this.words.score, this.course.score);
    return this.judge(`${isRight ? "✓" : "✗"} ${said} ${score}`, isRight ? "right" : "wrong");
  }

  judge(text, kind) {
    this.verdict.className = `wk-verdict wk-is-${kind}`;
    setText(this.verdict, text);
    setText(this.live, `${text} ${this.arithmetic.text}`);
  }

  listen(grid, target) {
    const { box } = grid;
    box.tabIndex = 0;
    // A screen reader hands the arrow keys on to an application only.
    box.setAttribute("role", "application");
    const go = (event) => {
      const hit = grid.hit(event);
      if (hit) this.jump(target(hit));
    };
    box.onpointermove = (event) => event.pointerType === "mouse" && go(event);
    box.onclick = go;
    box.onkeydown = (event) => this.press(event);
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = MOVES[event.key];
    const { columns, rows } = this.output;
    const { at, count } = this.course;
    if (move) {
      const [row, column] = [Math.floor(at / columns) + move[0], (at % columns) + move[1]];
      const inside = row >= 0 && row < rows && column >= 0 && column < columns;
      if (at < 0) this.jump(0);
      else if (inside) this.jump(row * columns + column);
    } else if (event.key === "Home") this.jump(0);
    else if (event.key === "End") this.jump(count - 1);
    else if (event.key === " ") this.timer ? this.pause() : this.play();
    else return;
    event.preventDefault();
    this.speak();
  }

  layout() {
    const room = this.root.clientWidth - 2;
    if (room <= 0 || !this.op) return; // in a closed tab
    const most = Math.max(this.padded[0].length, this.op.output[0].length);
    this.input.layout(this.padded, room, most);
    this.output.layout(this.op.output, room, most);
    const theme = isDark(this.root) ? "dark" : "light";
    const { sequential, diverging } = this.op.colours[theme];
    this.theme = this.scales[theme] ??= {
      sequential: scale(sequential, 4, 4, ""),
      diverging: scale(diverging, 1, 5, ""),
    };
    this.render();
  }

  /** Paint where the walk stands now; what was said of the last place is out of date. */
  show() {
    setText(this.verdict, "");
    this.render();
  }

  render() {
    if (!this.theme) return;
    const { op, words, course: { at, reach } } = this;
    const { columns } = this.output;
    const [row, column] = at < 0 ? [null, null] : [Math.floor(at / columns), at % columns];
    const under = at < 0 ? [] : places(this, row, column);
    const inside = op.down.dilation > 1 || op.across.dilation > 1 ? new Set(under.map(({ index }) => index)) : null;
    const padding = op.kind === "convolution" ? "0" : "";
    this.input.paint(this.theme, { signed: signed(op.input), inside, padding });
    this.input.mark(row === null ? null : row * op.down.stride, column * op.across.stride, reached(op.down), reached(op.across));
    this.output.paint(this.theme, { signed: signed(op.output), reach });
    this.output.mark(row, column, 1, 1);
    this.label(row, column);
    this.arithmetic.show(this, under, padding);
    this.question.ask(this.course.isAsked, words);
    describe(this);
  }

  /** Write on the buttons, over the grids and below them. */
  label(row, column) {
    const { op, words, timer, course: { at, reach, count, guessing, isAsked, isOver } } = this;
    for (const [name, node] of Object.entries(this.buttons)) {
      const text = name === "play" && timer ? words.pause : name === "step" && guessing ? words.next : words[name];
      setText(node, text);
    }
    this.buttons.back.disabled = at <= 0;
    this.buttons.step.disabled = isOver || isAsked;
    this.buttons.restart.disabled = at < 0 && reach === 0;
    setText(this.guessLabel, words.guess);
    const shape = (rows) => `${rows.length} × ${rows[0].length}`;
    const isPadded = op.down.before + op.down.after + op.across.before + op.across.after > 0;
    const input = fill(words.input, { shape: shape(op.input) });
    setText(this.input.title, isPadded ? `${input}, ${words.padding}` : input);
    setText(this.output.title, fill(words.output, { shape: shape(op.output) }));
    setText(this.place, at < 0 ? words.start : fill(words.place, { number: at + 1, count, row: row + 1, column: column + 1 }));
  }

  speak() {
    setText(this.live, `${this.place.textContent}: ${this.arithmetic.text}`);
  }
}

/** Tell a screen reader what the grids hold and what the keys do. */
function describe({ op, words, input, output, course: { count, reach, values } }) {
  const known = values.map((value, i) => (i < reach ? short(value) : "·"));
  const rows = op.output.map((row, r) => known.slice(r * row.length, (r + 1) * row.length).join(" "));
  const content = count < FILLED_FROM ? `: ${rows.join(", ")}` : "";
  const inputs = op.input.flat();
  const extremes = { low: short(inputs.reduce((a, b) => Math.min(a, b))), high: short(inputs.reduce((a, b) => Math.max(a, b))) };
  input.box.setAttribute("aria-label", `${input.title.textContent}, ${fill(words.low_high, extremes)}, ${words.keys}`);
  output.box.setAttribute("aria-label", `${output.title.textContent}${content}, ${words.keys}`);
}
