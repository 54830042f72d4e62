// What is looked at in the explorer, on its way into a link and out of one. A link counts from 1.

const ASKED = "digit-lab-link"; // the event's name in links/share.js

let isTaken = false; // a link is taken once, as the app is opened

/** Tells a link what only the browser knows, and begins with what a link says. */
class Linking {
  constructor(owner, signal) {
    this.owner = owner;
    document.addEventListener(ASKED, ({ detail }) => this.tell(detail), { signal });
  }

  /** Write the open cell, the filters, the changes and the zoom into a link's pieces. */
  tell(pieces) {
    const { header, layers, spot, isOpen, factors, changes, viewport } = this.owner;
    if (header.scaling !== "layer") pieces.set("scale", header.scaling);
    if (isOpen && spot) pieces.set("cell", [layers[spot.layer].name, spot.map + 1, spot.row + 1, spot.column + 1].join("."));
    const filters = Object.entries(factors.byLayer).flatMap(([layer, ofLayer]) =>
      [...ofLayer].map(([filter, factor]) => [layer, filter + 1, Math.round(100 * factor)].join(".")),
    );
    if (filters.length) pieces.set("filters", filters.join("*"));
    const changed = Object.entries(changes.values).filter(([name, value]) => value !== NOTHING[name]);
    if (changed.length) pieces.set("changes", changed.map(([name, value]) => `${name}.${name === "pen" ? 4 * value : value}`).join("*"));
    if (viewport.zoom !== 1) pieces.set("zoom", Math.round(100 * viewport.zoom));
  }

  /** Begin with what a link says; it was checked against the network. */
  take() {
    if (isTaken) return;
    isTaken = true;
    const { owner } = this;
    const { cell, filters, changes, zoom } = owner.header.view;
    if (changes) owner.changes.set(changes);
    for (const [layer, filter, factor] of filters ?? []) owner.factors.weigh(layer, filter, factor);
    if (zoom) owner.viewport.zoomTo(zoom);
    if (!cell) return;
    const place = owner.layers.findIndex((layer) => layer.name === cell.layer);
    if (place >= 0) owner.click({ ...cell, layer: place });
  }
}
