// What the explorer says in words: of a cell, of the answer, of what changed it.

const LEAST_CHANGE = 0.0005; // of a probability: what is shown with one decimal
const TOLD_DIGITS = 3; // of those whose probability moved, the most
const TOLD_SOURCES = 2; // of a cell's sources, the largest

class Telling {
  constructor(owner) {
    this.owner = owner;
  }

  /** Return a spot's name. */
  name({ layer: n, map, row, column }) {
    const { words } = this.owner.header;
    const layer = this.owner.layers[n];
    const { name } = layer;
    if (layer.labels.length) return fill(words.spot_digit, { name, digit: layer.labels[map] });
    if (layer.kind === "vector") return fill(words.spot_unit, { name, unit: map + 1 });
    return fill(words.spot_cell, { name, map: map + 1, row: row + 1, column: column + 1 });
  }

  /** Return a spot's name, value, field in the drawing and sources. */
  spot(spot, sum) {
    const { header, layers } = this.owner;
    const { words } = header;
    const layer = layers[spot.layer];
    const value = valueAt(layer, spot);
    const parts = [this.name(spot), fill(words.value, { value: layer.percent ? probability(value) : number(value) })];
    if (spot.layer > 0) {
      const { top, left, bottom, right } = fieldOf(layers, spot);
      parts.push(fill(words.field, { height: Math.max(0, bottom - top), width: Math.max(0, right - left) }));
    }
    if (sum.bias !== undefined && sum.sources[0].value) parts.push(this.sources(sum, layers[spot.layer - 1]));
    return parts.join(" · ");
  }

  /** Return how many sources add to a cell, and what the largest add. */
  sources({ sources }, before) {
    const { words } = this.owner.header;
    const one = before.kind === "maps" ? words.map : words.unit;
    const largest = sources.slice(0, TOLD_SOURCES).map(({ map, value }) => `${fill(one, { number: map + 1 })}: ${number(value)}`);
    return fill(words.sources, { count: sources.length, layer: before.name, largest: largest.join(", ") });
  }

  /** Return the digit that the network reads now, and how probable it finds it. */
  answer() {
    const { values, labels } = this.owner.layers.at(-1);
    const best = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    return { digit: labels[best], probability: probability(values[best]) };
  }

  /** Return what the changes did to the probabilities: those of the digits that moved most. */
  change(before, after) {
    const { header, layers, factors } = this.owner;
    const { words } = header;
    const { labels } = layers.at(-1);
    const moved = labels.map((digit, n) => ({ digit, n, by: Math.abs(after[n] - before[n]) }));
    moved.sort((a, b) => b.by - a.by);
    const told = moved.slice(0, TOLD_DIGITS).filter(({ by }) => by >= LEAST_CHANGE);
    const texts = told.map(({ digit, n }) => {
      return fill(words.moved, { digit, before: probability(before[n]), after: probability(after[n]) });
    });
    const off = Object.entries(factors.byLayer).flatMap(([layer, filters]) =>
      [...filters].map(([filter, factor]) => fill(words.filter_at, { layer, map: filter + 1, factor: number(factor) })),
    );
    return [...off, texts.length ? texts.join(", ") : words.not_moved].join(" · ");
  }
}
