// A window that slides over a picture and writes out what it computes.
// Everything a person reads comes with the data; see `pack` in walk.py.

const STEP_MS = 250;
const FILLED_FROM = 101; // so many windows and more: the output is there from the beginning
const TOLERANCE = 0.005; // of a guess, for people who round
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const walks = new WeakMap(); // parentElement -> Walk

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const walk = walks.get(parentElement) ?? new Walk(parentElement);
  walks.set(parentElement, walk);
  walk.update(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    walk.remove();
    walks.delete(parentElement);
  };
}

/** The component: `at` is the window shown (-1: none yet), `reach` how many outputs are filled. */
class Walk {
  at = -1;
  reach = 0;
  guessing = false;
  score = { right: 0, asked: 0 };
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
      back: button("back", () => this.jump(this.at - 1)),
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
    this.detail = element("div", "wk-stage wk-detail", this.root);
    this.window = new Grid(this.detail, "window");
    this.times = element("div", "wk-times", this.detail, "×");
    this.kernel = new Grid(this.detail, "kernel");
    this.sum = element("div", "wk-sum", this.root);
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
    Object.assign(this, { op, words, subject });
    for (const name of ["selected", "right", "wrong"]) this.root.style.setProperty(`--wk-${name}`, colours[name]);
    this.count = op.output.length * op.output[0].length;
    this.padded = padded(op);
    setText(this.verdict, ""); // it was about other numbers
    if (isNew) this.begin(this.count < FILLED_FROM ? 0 : this.count);
    this.layout();
  }

  /** Go to before the first window, with so many outputs filled. */
  begin(reach) {
    this.pause();
    Object.assign(this, { at: -1, reach, score: { right: 0, asked: 0 } });
    setText(this.verdict, "");
    if (this.guessing) this.step();
  }

  restart() {
    this.begin(0);
    this.render();
  }

  play() {
    this.setGuessing(false);
    if (this.at >= this.count - 1) this.begin(0);
    if (this.at < 0) this.reach = 0; // a picture that is there already is made anew
    this.timer = setInterval(() => (this.at < this.count - 1 ? this.step() : this.pause()), STEP_MS);
    this.step();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.op) this.render();
  }

  /** Show the next window; while one guesses it is asked and not shown. */
  step() {
    if (this.guessing && this.at >= this.reach) return; // asked already
    if (this.at < this.count - 1) this.at += 1;
    if (!this.guessing) this.reach = Math.max(this.reach, this.at + 1);
    setText(this.verdict, "");
    this.render();
    if (!this.timer) this.speak();
  }

  jump(at) {
    if (at < 0 || at >= this.count || (this.guessing && at > this.reach)) return;
    if (this.timer) this.pause();
    this.at = at;
    if (!this.guessing) this.reach = Math.max(this.reach, at + 1);
    setText(this.verdict, "");
    this.render();
  }

  setGuessing(on) {
    if (on === this.guessing) return;
    this.guessing = this.guess.checked = on;
    this.begin(on || this.count < FILLED_FROM ? 0 : this.count);
    this.render();
  }

  /** Compare a guess with the value of the window that is asked. */
  answer(text) {
    const guessed = Number(text.trim().replace(",", ".").replace("\u2212", "-") || "x");
    if (Number.isNaN(guessed)) return this.judge(this.words.number, "");
    const value = this.op.output.flat()[this.at];
    const isRight = Math.abs(guessed - value) <= Math.max(TOLERANCE, TOLERANCE * Math.abs(value));
    this.score.asked += 1;
    this.score.right += isRight ? 1 : 0;
    this.reach = this.at + 1;
    this.render();
    const said = isRight ? this.words.right : fill(this.words.wrong, { given: short(guessed) });
    return this.judge(`${isRight ? "✓" : "✗"} ${said} ${fill(this.words.score, this.score)}`, isRight ? "right" : "wrong");
  }

  judge(text, kind) {
    this.verdict.className = `wk-verdict wk-is-${kind}`;
    setText(this.verdict, text);
    setText(this.live, `${text} ${this.sum.textContent}`);
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
    const at = Math.max(0, this.at);
    if (move) {
      const [row, column] = [Math.floor(at / columns) + move[0], (at % columns) + move[1]];
      const inside = row >= 0 && row < rows && column >= 0 && column < columns;
      if (this.at < 0) this.jump(0);
      else if (inside) this.jump(row * columns + column);
    } else if (event.key === "Home") this.jump(0);
    else if (event.key === "End") this.jump(this.count - 1);
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

  render() {
    if (!this.theme) return;
    const { op, words, at, reach } = this;
    const shape = (rows) => `${rows.length} × ${rows[0].length}`;
    for (const [name, node] of Object.entries(this.buttons)) {
      const text = name === "play" && this.timer ? words.pause : name === "step" && this.guessing ? words.next : words[name];
      setText(node, text);
    }
    this.buttons.back.disabled = at <= 0;
    this.buttons.step.disabled = at >= this.count - 1 || (this.guessing && at >= reach);
    this.buttons.restart.disabled = at < 0 && reach === 0;
    setText(this.guessLabel, words.guess);
    setText(this.input.title, fill(words.input, { shape: shape(op.input) }));
    setText(this.output.title, fill(words.output, { shape: shape(op.output) }));
    const [row, column] = at < 0 ? [null, null] : [Math.floor(at / this.output.columns), at % this.output.columns];
    const under = at < 0 ? [] : places(this, row, column);
    const inside = op.down.dilation > 1 || op.across.dilation > 1 ? new Set(under.map(({ index }) => index)) : null;
    const padding = op.kind === "convolution" ? "0" : "";
    this.input.paint(this.theme, { signed: signed(op.input), inside, padding });
    this.input.mark(row === null ? null : row * op.down.stride, column * op.across.stride, reached(op.down), reached(op.across));
    this.output.paint(this.theme, { signed: signed(op.output), reach });
    this.output.mark(row, column, 1, 1);
    this.label();
    setText(this.place, at < 0 ? words.start : fill(words.place, { number: at + 1, count: this.count, row: row + 1, column: column + 1 }));
    this.explain(under, padding);
  }

  /** Show the window, the kernel, and what they come to. */
  explain(under, padding) {
    const { op, words, guessing, at, reach } = this;
    const asked = guessing && at >= reach && at >= 0;
    const wide = op.across.size;
    const small = under.length > 0 && under.length <= WRITTEN && wide <= NUMBERED;
    this.detail.hidden = !small;
    if (small) {
      const rows = Array.from({ length: op.down.size }, (_, r) => under.slice(r * wide, (r + 1) * wide).map((p) => p.value));
      this.show(this.window, rows, words.window, { signed: signed(op.input), peak: largest(op.input.flat()), padding });
      this.times.hidden = this.kernel.section.hidden = !op.kernel;
      if (op.kernel) this.show(this.kernel, op.kernel, words.kernel, { signed: true });
    }
    setText(this.sum, under.length === 0 || asked ? "" : written(op, under, words, op.output.flat()[at]));
    this.question.ask(asked, words);
  }

  show(grid, rows, title, how) {
    grid.layout(rows, this.root.clientWidth - 2);
    grid.paint(this.theme, how);
    setText(grid.title, title);
  }

  label() {
    const { words, op, reach } = this;
    const filled = this.count < FILLED_FROM
      ? op.output.map((row, r) => row.map((value, c) => (r * row.length + c < reach ? short(value) : "·")).join(" ")).join(", ")
      : "";
    const values = op.input.flat();
    const extremes = { low: short(values.reduce((a, b) => Math.min(a, b))), high: short(values.reduce((a, b) => Math.max(a, b))) };
    const padded = op.down.before + op.down.after + op.across.before + op.across.after > 0 ? `, ${words.padding}` : "";
    const from = `${this.input.title.textContent}, ${fill(words.low_high, extremes)}${padded}, ${words.keys}`;
    const to = `${this.output.title.textContent}: ${filled}${filled ? ", " : ""}${words.keys}`;
    this.input.box.setAttribute("aria-label", from);
    this.output.box.setAttribute("aria-label", to);
  }

  speak() {
    setText(this.live, `${this.place.textContent}: ${this.sum.textContent}`);
  }
}
