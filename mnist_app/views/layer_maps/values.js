// What a layer's numbers say: extremes, colours, and numbers as text.

/** Return the lowest and highest value of each of `count` interleaved maps. */
function extremes(values, count) {
  const low = values.slice(0, count);
  const high = values.slice(0, count);
  for (let i = count, map = 0; i < values.length; i++, map = map + 1 === count ? 0 : map + 1) {
    if (values[i] < low[map]) low[map] = values[i];
    if (values[i] > high[map]) high[map] = values[i];
  }
  return { low, high };
}

/** Return the value at the end of the colour scale of one map. */
function mapPeak({ signed, extremes: { low, high } }, map) {
  return Math.max(0, high[map], signed ? -low[map] : 0);
}

function layerPeak(layer) {
  let peak = 0;
  for (let map = 0; map < layer.shape[2]; map++) peak = Math.max(peak, mapPeak(layer, map));
  return layer.percent ? 1 : peak;
}

/** Return 256 colours as ImageData stores them, evenly between the stops. */
function lookupTable(stops) {
  const rgb = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const at = (i / 255) * (rgb.length - 1);
    const below = Math.min(Math.floor(at), rgb.length - 2);
    const [r, g, b] = rgb[below].map((c, k) => Math.round(c + (rgb[below + 1][k] - c) * (at - below)));
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

/** Return a colour of a lookup table as CSS writes it. */
function css(colour) {
  return `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
}

/** Tell whether dark text is read better on a colour of a lookup table. */
function bright(colour) {
  return 0.299 * (colour & 255) + 0.587 * ((colour >> 8) & 255) + 0.114 * ((colour >> 16) & 255) > 140;
}

/** Return a scale: stops, lookup table, colours of bars below and above zero, and of the hair. */
function scale(stops, below, above, hair) {
  return { stops, table: lookupTable(stops), bars: [stops[below], stops[above]], hair };
}

function themeColour(node, name) {
  return getComputedStyle(node).getPropertyValue(`--st-${name}-color`).trim();
}

/** Tell whether the page is dark, from the luminance of its background. */
function isDark(node) {
  const brush = document.createElement("canvas").getContext("2d");
  brush.fillStyle = themeColour(node, "background");
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(brush.fillStyle.slice(at, at + 2), 16)); // now #rrggbb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

/** Write a value with three significant digits, as a percentage where asked. */
function number(value, percent) {
  if (percent && value > 0 && value < 0.001) return "< 0.1 %";
  const shown = percent ? 100 * value : value;
  const digits = shown === 0 ? "0" : Math.abs(shown) >= 100 ? shown.toFixed(0) : shown.toPrecision(3);
  return digits.replace("-", "\u2212") + (percent ? " %" : "");
}

/** Write a probability; a softmax is never quite 1, though float32 may say so. */
function probability(value) {
  return value > 0.999 ? "> 99.9 %" : number(value, true);
}

function fill(pattern, fields) {
  return pattern.replace(/\{(\w+)\}/g, (_, field) => fields[field]);
}

function element(name, className, parent, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  parent?.append(node);
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function same(a, b) {
  return a !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);
}
