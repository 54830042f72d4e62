// A training as it goes: progress, curves, and what has just become better.
// The page itself does not run again while a training does: this looks at a small
// file of the app's server once a second and paints what stands in it. A figure
// has the form that Plotly takes; painting the little that a curve needs costs a
// hundredth of what Plotly does, and all of it is taken from the training.
// A run tells of its batches twice a second, so each look has two new points. They
// are painted one after the other: a painting costs a fifth of what a look does.

const EVERY = 1000; // ms from one look to the next
const RENEW = [1000, 2000, 4000, 8000, 16000]; // ms between two runs of the page for a moment alone
const DASHES = { solid: [], dot: [3, 4] };

const instances = new WeakMap(); // parentElement -> LiveRun

function show({ data, parentElement, setTriggerValue }) {
  if (!data) return undefined;
  const live = instances.get(parentElement) ?? new LiveRun(parentElement);
  instances.set(parentElement, live);
  live.follow(data, setTriggerValue);
  return () => {
    live.remove();
    instances.delete(parentElement);
  };
}

class LiveRun {
  figures = []; // one canvas each
  runs = 0; // of the page

  constructor(parent) {
    this.root = make("div", parent);
    this.words = make("div", this.root, "font-size:.9rem;margin-bottom:.35rem;font-variant-numeric:tabular-nums");
    this.words.setAttribute("role", "status");
    const track = make("div", this.root, "height:.5rem;border-radius:.25rem;background:color-mix(in srgb,currentColor 12%,transparent)");
    this.bar = make("div", track, "height:100%;border-radius:.25rem;transform:scaleX(0);transform-origin:left");
    this.charts = make("div", this.root, "display:flex;flex-wrap:wrap;gap:1rem;margin-top:1rem");
    this.charts.className = "live-charts";
    this.better = make("div", this.root, "font-size:.85rem;opacity:.75;white-space:pre-line");
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.root);
  }

  follow(data, setTriggerValue) {
    const wait = RENEW[Math.min(this.runs++, RENEW.length - 1)];
    Object.assign(this, { data, setTriggerValue, renew: performance.now() + wait });
    this.bar.style.background = data.colour;
    clearTimeout(this.timer);
    this.look();
  }

  async look() {
    const { url } = this.data;
    try {
      if (!document.hidden) await this.fetch(url); // else nobody looks
    } catch {
      // The server restarts, or the network is away: the next look may find it.
    }
    if (!this.removed && url === this.data.url) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), EVERY);
    }
  }

  async fetch(url) {
    const answer = await fetch(new URL(url, document.baseURI), { cache: "no-store" });
    if (answer.ok && url === this.data.url) this.show(await answer.json());
  }

  show(state) {
    this.state = state;
    this.paint(1); // it asks how large all is: before anything else changes, this costs nothing
    clearTimeout(this.second);
    this.second = setTimeout(() => this.paint(), EVERY / 2);
    if (this.words.textContent !== state.words) this.words.textContent = state.words;
    this.bar.style.transform = `scaleX(${state.share})`;
    const better = state.better.join("\n");
    if (this.better.textContent !== better) this.better.textContent = better;
    const { news, moment } = state;
    const isOld = this.data.moment !== null && moment !== this.data.moment && performance.now() > this.renew;
    const told = `${news} ${moment}`; // once: the page may be slow
    if ((news !== this.data.news || isOld) && told !== this.told) {
      this.told = told;
      this.setTriggerValue("news", told);
    }
  }

  /** Paint the figures, but for the newest `withheld` points of the lines that grow with every batch. */
  paint(withheld = 0) {
    const figures = this.state?.figures ?? [];
    const { clientWidth: room } = this.charts;
    const { fontFamily: font, color: ink } = getComputedStyle(this.charts);
    while (this.figures.length > figures.length) this.figures.pop().canvas.remove();
    while (this.figures.length < figures.length) this.figures.push(new Figure(this.charts));
    this.figures.forEach((figure, i) => figure.paint(figures[i], { count: figures.length, room, font, ink, withheld }));
  }

  remove() {
    this.removed = true;
    clearTimeout(this.timer);
    clearTimeout(this.second);
    this.observer.disconnect();
    this.root.remove();
  }
}

/** Line traces with their axes, marks and hover on a canvas. */
class Figure {
  constructor(parent) {
    this.canvas = make("canvas", parent, "display:block");
    this.canvas.setAttribute("role", "img");
    this.canvas.onpointermove = (event) => this.point(event.offsetX);
    this.canvas.onpointerleave = () => this.point(null);
  }

  point(x) {
    this.pointed = x;
    if (this.figure) this.paint(this.figure, this.look);
  }

  paint(figure, look) {
    Object.assign(this, { figure, look });
    const { layout, data } = figure;
    const { count, room, font, ink, withheld } = look;
    const width = Math.floor(count > 1 && room > 560 ? (room - 16) / count : room);
    const height = layout.height;
    const ratio = window.devicePixelRatio;
    if (this.canvas.width !== width * ratio || this.canvas.height !== height * ratio) {
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    if (this.canvas.ariaLabel !== figure.alt) this.canvas.ariaLabel = figure.alt;
    this.canvas.dataset.points = Math.max(0, ...data.map((trace) => trace.x.length)) - withheld;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    Object.assign(this, { pen, font, ink });
    const right = layout.yaxis2 ? 55 : layout.margin.r;
    this.box = { left: layout.margin.l, right: width - right, top: layout.margin.t, bottom: height - layout.margin.b };
    const axes = { x: range(layout.xaxis, []) };
    for (const name of ["y", "y2"]) {
      const axis = layout[name === "y" ? "yaxis" : "yaxis2"];
      if (axis) axes[name] = range(axis, data.filter((trace) => trace.yaxis === name).flatMap((trace) => trace.y));
    }
    this.axes = axes;
    this.write(layout.title.text, 0, 14, { size: 15 });
    this.drawAxes(layout);
    for (const shape of layout.shapes) this.drawShape(shape);
    for (const note of layout.annotations) {
      const y = this.box.top + (1 - note.y) * (this.box.bottom - this.box.top) + 8;
      this.write(note.text, this.x(note.x) + note.xshift, y, { align: note.xanchor });
    }
    data.forEach((trace) => this.drawTrace(trace, withheld));
    this.drawLegend(data.filter((trace) => trace.showlegend !== false));
    if (this.pointed != null) this.drawHover(data);
  }

  x(value) {
    return scaled(this.axes.x, value, this.box.left, this.box.right);
  }

  y(axis, value) {
    return scaled(this.axes[axis], value, this.box.bottom, this.box.top);
  }

  drawAxes({ xaxis, yaxis, yaxis2 }) {
    const { pen, box, axes } = this;
    pen.lineWidth = 1;
    const line = (x1, y1, x2, y2, alpha) => {
      pen.globalAlpha = alpha;
      pen.strokeStyle = this.ink;
      pen.beginPath();
      pen.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
      pen.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
      pen.stroke();
      pen.globalAlpha = 1;
    };
    for (const tick of ticks(axes.x)) {
      line(this.x(tick), box.bottom, this.x(tick), box.bottom + 4, 0.5);
      this.write(shortly(tick, xaxis), this.x(tick), box.bottom + 14, { align: "center" });
    }
    for (const tick of ticks(axes.y)) {
      line(box.left, this.y("y", tick), box.right, this.y("y", tick), 0.12);
      this.write(shortly(tick, yaxis), box.left - 6, this.y("y", tick), { align: "right" });
    }
    line(box.left, box.bottom, box.right, box.bottom, 0.5);
    this.write(xaxis.title.text, (box.left + box.right) / 2, box.bottom + 31, { align: "center" });
    this.writeUp(yaxis.title.text, 12);
    if (!yaxis2) return;
    for (const tick of ticks(axes.y2)) this.write(shortly(tick, yaxis2), box.right + 6, this.y("y2", tick));
    this.writeUp(yaxis2.title.text, box.right + 46);
  }

  drawShape(shape) {
    const { pen, box } = this;
    const [x0, x1] = [this.x(shape.x0), this.x(shape.x1)];
    pen.globalAlpha = shape.opacity ?? 1;
    if (shape.type === "rect") {
      pen.fillStyle = shape.fillcolor;
      pen.fillRect(x0, box.top, x1 - x0, box.bottom - box.top);
    } else {
      pen.strokeStyle = shape.line.color;
      pen.lineWidth = shape.line.width;
      pen.setLineDash(DASHES.dot);
      pen.beginPath();
      pen.moveTo(x0, box.top);
      pen.lineTo(x0, box.bottom);
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.globalAlpha = 1;
  }

  drawTrace(trace, withheld) {
    const { pen, box } = this;
    const isByEpoch = trace.mode.includes("markers");
    const count = trace.x.length - (isByEpoch ? 0 : withheld);
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top - 2, box.right - box.left + 2, box.bottom - box.top + 4);
    pen.clip();
    pen.globalAlpha = trace.opacity ?? 1;
    pen.strokeStyle = pen.fillStyle = trace.line.color;
    pen.lineWidth = trace.line.width;
    pen.lineJoin = "round";
    pen.setLineDash(DASHES[trace.line.dash] ?? []);
    pen.beginPath();
    for (let i = 0; i < count; i++) pen.lineTo(this.x(trace.x[i]), this.y(trace.yaxis, trace.y[i]));
    pen.stroke();
    if (isByEpoch) {
      for (let i = 0; i < count; i++) this.dot(this.x(trace.x[i]), this.y(trace.yaxis, trace.y[i]));
    }
    pen.restore();
  }

  drawLegend(shown) {
    const { pen, box } = this;
    const lines = [[]];
    let at = box.left;
    pen.font = `12px ${this.font}`;
    for (const trace of shown) {
      const width = 35 + pen.measureText(trace.name).width;
      if (at + width > box.right + 15 && lines.at(-1).length) {
        lines.push([]);
        at = box.left;
      }
      lines.at(-1).push([trace, at]);
      at += width;
    }
    lines.reverse().forEach((line, n) => {
      const y = box.top - 14 - 17 * n;
      for (const [trace, x] of line) {
        pen.strokeStyle = trace.line.color;
        pen.lineWidth = 2.5;
        pen.setLineDash(DASHES[trace.line.dash] ?? []);
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(x + 16, y);
        pen.stroke();
        pen.setLineDash([]);
        this.write(trace.name, x + 21, y);
      }
    });
  }

  dot(x, y) {
    this.pen.beginPath();
    this.pen.arc(x, y, 3, 0, 7);
    this.pen.fill();
  }

  /** Write each line's value nearest to the pointer. */
  drawHover(data) {
    const { pen, box } = this;
    const shown = data.filter((trace) => trace.showlegend !== false && trace.x.length);
    const near = (trace) => {
      const gaps = trace.x.map((x) => Math.abs(this.x(x) - this.pointed));
      return gaps.indexOf(Math.min(...gaps));
    };
    if (!shown.length || this.pointed < box.left || this.pointed > box.right) return;
    const lines = shown.map((trace) => {
      const i = near(trace);
      const axis = this.figure.layout[trace.yaxis === "y2" ? "yaxis2" : "yaxis"];
      pen.fillStyle = trace.line.color;
      this.dot(this.x(trace.x[i]), this.y(trace.yaxis, trace.y[i]));
      return `${trace.name}: ${axis.tickformat ? `${(100 * trace.y[i]).toFixed(2)} %` : trace.y[i].toFixed(4)}`;
    });
    const first = shown[0].x[near(shown[0])];
    lines.unshift(`${this.figure.layout.xaxis.title.text}: ${first.toFixed(2)}`);
    pen.font = `12px ${this.font}`;
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) + 16;
    const left = this.x(first) + wide + 12 > box.right ? this.x(first) - wide - 10 : this.x(first) + 10;
    pen.fillStyle = getComputedStyle(this.canvas).getPropertyValue("--st-secondary-background-color") || "#eee";
    pen.fillRect(left, box.top + 4, wide, 18 * lines.length + 8);
    lines.forEach((line, i) => this.write(line, left + 8, box.top + 18 + 18 * i));
  }

  write(text, x, y, { size = 12, align = "left" } = {}) {
    Object.assign(this.pen, { fillStyle: this.ink, font: `${size}px ${this.font}`, textAlign: align, textBaseline: "middle" });
    this.pen.fillText(text, x, y);
    return this.pen.measureText(text).width;
  }

  writeUp(text, x) {
    this.pen.save();
    this.pen.translate(x, (this.box.top + this.box.bottom) / 2);
    this.pen.rotate(-Math.PI / 2);
    this.write(text, 0, 0, { align: "center" });
    this.pen.restore();
  }
}

function range(axis, values) {
  if (axis.range) return { log: false, low: axis.range[0], high: axis.range[1] };
  const log = axis.type === "log";
  const known = values.filter((value) => value !== null && (!log || value > 0)).map((value) => (log ? Math.log10(value) : value));
  if (!known.length) return { log, low: 0, high: 1 };
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (!log) low = Math.min(low, axis.tickformat ? low : 0);
  const room = (high - low || 1) * 0.05;
  return { log, low: low - room, high: high + room };
}

function scaled({ log, low, high }, value, from, to) {
  const place = log ? Math.log10(Math.max(value, 1e-12)) : value;
  return from + ((place - low) / (high - low)) * (to - from);
}

/** Return some five round numbers on an axis. */
function ticks({ log, low, high }) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => size >= rough);
  const found = [];
  if (log && high - low > 1) {
    for (let n = Math.ceil(low); n <= high; n++) found.push(10 ** n);
    return found;
  }
  for (let n = Math.ceil(low / step); n * step <= high; n++) found.push(log ? 10 ** (n * step) : n * step);
  return found;
}

function shortly(value, axis) {
  if (axis.tickformat) return `${Number((100 * value).toPrecision(3))} %`;
  return String(Number(value.toPrecision(3)));
}

function make(tag, parent, style = "") {
  const node = document.createElement(tag);
  node.style.cssText = style;
  parent.append(node);
  return node;
}
