// Notes when the pen goes up and when each part of the answer was last painted.
// An init script: it runs in the page before anything of the app does.

(() => {
  const AREAS = ["prediction", "probabilities", "preparation", "maps"];
  const SELECTOR = AREAS.map((area) => `.st-key-${area}`).join();
  // Plotly sets hundreds of thousands of attributes a stroke: to hear of them all would
  // slow it by a fifth. These few are the shapes and pictures of a chart.
  const ATTRIBUTES = ["d", "href", "src"];
  const probe = { up: 0, changed: 0, painted: {} }; // ms; painted by area
  const waiting = new Set(); // areas that change in the frame to come
  window.benchmark = probe;

  function areaOf(node) {
    const found = (node instanceof Element ? node : node.parentElement)?.closest(SELECTOR);
    return found && AREAS.find((area) => found.classList.contains(`st-key-${area}`));
  }

  function note(area) {
    probe.changed = performance.now();
    if (waiting.has(area)) return;
    waiting.add(area);
    const { up } = probe;
    requestAnimationFrame(() => {
      waiting.delete(area);
      const frame = new MessageChannel(); // its message comes after the frame was painted
      frame.port1.onmessage = () => {
        if (up === probe.up) probe.painted[area] = performance.now();
        frame.port1.close();
      };
      frame.port2.postMessage(null);
    });
  }

  new MutationObserver((mutations) => {
    const areas = new Set();
    for (const { target, addedNodes } of mutations) {
      areas.add(areaOf(target));
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        node.querySelectorAll(SELECTOR).forEach((part) => areas.add(areaOf(part)));
        areas.add(areaOf(node));
      }
    }
    areas.forEach((area) => area && note(area));
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });

  // Painting on a <canvas> changes nothing in the document.
  const known = new WeakMap(); // canvas -> its area; looking it up each time would slow the app
  for (const name of ["putImageData", "drawImage", "fillRect", "clearRect"]) {
    const original = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...values) {
      const area = known.get(this.canvas) ?? (this.canvas.isConnected ? areaOf(this.canvas) : null);
      if (area) {
        known.set(this.canvas, area);
        note(area);
      }
      return original.apply(this, values);
    };
  }

  window.addEventListener(
    "mouseup",
    () => {
      waiting.clear();
      probe.up = probe.changed = performance.now();
      probe.painted = {};
    },
    { capture: true },
  );
})();
