// Follows the pen: what stands on the drawing's canvas, as the network takes it.

const DRAWING = ".st-key-canvas"; // the container of the drawable canvas

/** Wakes the explorer once a frame while the pen moves. */
class Follower {
  constructor(owner, signal) {
    this.owner = owner;
    const moved = ({ target, buttons }) => buttons && target.closest?.(DRAWING) && this.wake();
    for (const name of ["pointermove", "pointerdown", "touchmove"]) {
      document.addEventListener(name, moved, { signal, capture: true, passive: true });
    }
  }

  wake() {
    if (!this.owner.isLive() || this.waking) return;
    this.waking = requestAnimationFrame(() => {
      this.waking = null;
      this.follow();
    });
  }

  /** Show what the network makes of the drawing as it is now. */
  follow() {
    const { owner } = this;
    const start = performance.now();
    const ink = inkOnCanvas();
    if (!ink) return;
    const { prepare: constants, steps, place } = owner.header;
    const { status, digits } = prepareDrawing(ink.values, ink.width, ink.height, steps, false, constants);
    if (status !== "read") return;
    owner.seen = (digits[place] ?? digits[0]).digit;
    const outputs = owner.network.run(owner.seen);
    const computed = performance.now();
    owner.refresh(outputs);
    owner.root.dataset.arithmetic = computed - start; // ms, for the benchmark
  }
}

let scratch = null; // what stands on the drawing's canvas, at its size on the page

/** Return the ink on the drawing's canvas, with the stroke that is being drawn; null without a canvas. */
function inkOnCanvas() {
  const layers = canvases();
  if (!layers) return null;
  const [width, height] = [layers[0].offsetWidth, layers[0].offsetHeight];
  if (scratch?.width !== width || scratch?.height !== height) scratch = Object.assign(document.createElement("canvas"), { width, height });
  const pen = scratch.getContext("2d", { willReadFrequently: true });
  pen.fillRect(0, 0, width, height);
  for (const layer of layers) pen.drawImage(layer, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) values[i] = data[4 * i] / 255;
  return { values, width, height };
}

/** Return the two canvases one draws on: what was drawn, and the stroke that is being drawn. */
function canvases() {
  for (const node of document.querySelectorAll(`${DRAWING} *`)) {
    const lower = node.shadowRoot?.querySelector("canvas.lower-canvas"); // the canvas's package hides its own there
    if (lower) return [lower, node.shadowRoot.querySelector("canvas.upper-canvas")];
  }
  return null;
}
