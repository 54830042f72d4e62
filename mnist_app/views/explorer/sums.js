// What one cell's value is made of, with the real numbers.

const TERMS = 8; // of a dense unit, the largest ones

/** Return a layer's value at a spot. */
function valueAt({ values, shape: [, width, count] }, { map, row, column }) {
  return values[(row * width + column) * count + map];
}

/**
 * Return how a cell's value comes about.
 *
 * `kind` is "input", "convolution", "pooling", "dense", "softmax", "flatten", "same" (one value of the layer
 * before, as an activation by itself takes it) or "unknown" (without the weights). `sources` says what each map
 * or unit of the layer before adds: {map, value}, the largest first; a weighted sum has a `bias`, too.
 */
function sumOf(layers, weights, spot) {
  const layer = layers[spot.layer];
  const before = layers[spot.layer - 1];
  const value = valueAt(layer, spot);
  if (!before) return { kind: "input", value, sources: [] };
  const make = SUMS[layer.className] ?? sameCell;
  return { value, ...make(layer, before, weights?.[layer.name], spot) };
}

const SUMS = {
  Conv2D: convolution,
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  Flatten: flattened,
  Dense: denseUnit,
  Softmax: shareOf,
};

function convolution(layer, before, learned, { map, row, column }) {
  const window = windowOf(layer, before, { top: row, left: column, bottom: row + 1, right: column + 1 });
  if (!learned) return { kind: "unknown", window, sources: [] };
  const [kernel, bias] = learned;
  const [high, wide, channels, filters] = kernel.shape;
  const [height, width] = before.shape;
  const [tall, broad] = layer.config.dilation_rate ?? [1, 1];
  const inputs = Array.from({ length: channels }, (_, channel) => {
    const cells = [];
    let total = 0;
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        const [r, c] = [window.top + y * tall, window.left + x * broad];
        const inside = r >= 0 && c >= 0 && r < height && c < width;
        const value = inside ? before.values[(r * width + c) * channels + channel] : 0;
        const weight = kernel.values[((y * wide + x) * channels + channel) * filters + map];
        cells.push({ value, weight, inside, row: r, column: c });
        total += value * weight;
      }
    }
    return { map: channel, value: total, cells };
  });
  const sum = inputs.reduce((total, each) => total + each.value, 0);
  const shift = bias ? bias.values[map] : 0;
  return { kind: "convolution", window, size: [high, wide], inputs, sum, bias: shift, before: sum + shift, sources: ranked(inputs) };
}

function pooling(layer, before, _, { map, row, column }) {
  const window = windowOf(layer, before, { top: row, left: column, bottom: row + 1, right: column + 1 });
  const [height, width, count] = before.shape;
  const cells = [];
  for (let r = window.top; r < window.bottom; r++) {
    for (let c = window.left; c < window.right; c++) {
      const inside = r >= 0 && c >= 0 && r < height && c < width;
      const value = inside ? before.values[(r * width + c) * count + map] : 0;
      cells.push({ value, inside, row: r, column: c });
    }
  }
  const isMax = layer.className === "MaxPooling2D";
  const known = cells.filter((cell) => cell.inside);
  const winner = isMax ? known.reduce((best, cell) => (cell.value > best.value ? cell : best)) : null;
  const size = [window.bottom - window.top, window.right - window.left];
  return { kind: "pooling", isMax, window, size, cells, winner: cells.indexOf(winner), sources: [{ map, value: 1 }] };
}

function flattened(layer, before, _, { map }) {
  const cell = cellOf(before, map);
  return { kind: "flatten", window: cell, from: cell, sources: [{ map: cell.map, value: 1 }] };
}

function denseUnit(layer, before, learned, { map }) {
  if (!learned) return { kind: "unknown", sources: [] };
  const [kernel, bias] = learned;
  const units = kernel.shape[1];
  const terms = Array.from(before.values, (value, unit) => {
    const weight = kernel.values[unit * units + map];
    return { map: unit, input: value, weight, value: value * weight };
  });
  const sum = terms.reduce((total, each) => total + each.value, 0);
  const largest = ranked(terms);
  const rest = sum - largest.slice(0, TERMS).reduce((total, each) => total + each.value, 0);
  const shift = bias ? bias.values[map] : 0;
  return { kind: "dense", sum, bias: shift, before: sum + shift, rest, others: Math.max(0, terms.length - TERMS), sources: largest };
}

function shareOf(layer, before, _, { map }) {
  const peak = before.values.reduce((a, b) => Math.max(a, b));
  const powers = Array.from(before.values, (value) => Math.exp(value - peak));
  const total = powers.reduce((a, b) => a + b);
  const sources = powers.map((power, unit) => ({ map: unit, value: power / total, power, input: before.values[unit] }));
  return { kind: "softmax", peak, total, power: powers[map], sources: ranked(sources) };
}

function sameCell(layer, before, _, spot) {
  return { kind: "same", input: valueAt(before, spot), sources: [{ map: spot.map, value: 1 }] };
}

/** Return a convolution's input channel that is written out: the chosen one, or the one that counts most. */
function shownInput({ inputs, sources }, channel) {
  return inputs[channel] ?? sources[0];
}

/** Return the cell of the layer before, {map, row, column}, at a place of a sum's window; null in the padding. */
function placeInWindow(sum, n, spot, channel) {
  const { map, cells } = sum.kind === "pooling" ? { map: spot.map, cells: sum.cells } : shownInput(sum, channel);
  const { inside, row, column } = cells[n];
  return inside ? { map, row, column } : null;
}

function ranked(items) {
  return [...items].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}
