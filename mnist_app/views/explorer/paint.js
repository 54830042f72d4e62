// Paints a network: tiles, names, bars, and what is pointed at with its sources.

const EDGES = { thickest: 4, faintest: 0.12, boldest: 0.8 }; // CSS pixels, opacity; by what a source adds
const FRAME = 1.5; // CSS pixels

/** The picture of one network; everything is in CSS pixels but the images of the tiles. */
class Picture {
  images = new Map(); // layer's name -> its tiles, one pixel a cell

  /** Take a network's layers; their values may change later, their shapes do not. */
  take(layers, room, zoom, ratio) {
    this.layers = layers;
    this.ratio = ratio;
    this.items = arranged(layers, room, ratio);
    this.images.clear();
    this.isColoured = false;
    this.zoom(1);
    this.whole = { width: this.width, height: this.height }; // at 100 %
    this.zoom(zoom);
  }

  zoom(zoom) {
    this.columns = placed(this.items, zoom, this.ratio);
    this.width = Math.ceil(widthOf(this.columns));
    this.height = Math.ceil(Math.max(...this.columns.map((column) => column.y + column.height)) + FRAME);
  }

  /** Colour every tile anew after the values have changed. */
  colour(scales, peakOf) {
    this.scales = scales;
    this.peaks = this.layers.map(peakOf); // null: each map has its own
    this.items.forEach((item, n) => {
      if (item.kind === "maps") this.colourTiles(item, this.peaks[n]);
    });
    this.isColoured = true;
  }

  colourTiles({ layer, rows, across, hair }, shared) {
    const [height, width, count] = layer.shape;
    const [wide, high] = [width + hair, height + hair];
    if (!this.images.has(layer.name)) this.images.set(layer.name, new Tiles(across * wide, rows * high));
    const tiles = this.images.get(layer.name);
    const scale = this.scaleOf(layer);
    for (let map = 0; map < count; map++) {
      tiles.colour(layer, map, Math.floor(map / rows) * wide, (map % rows) * high, scale, shared ?? mapPeak(layer, map));
    }
    tiles.finish();
  }

  scaleOf({ signed }) {
    return signed ? this.scales.diverging : this.scales.sequential;
  }

  /**
   * Paint it all with a pen; `pointed` has a spot, its sum (of `sumOf`) and a place in its
   * window, `tap`, where one is pointed at. The names stand below `top`, for they stay in sight.
   */
  paint(pen, look, { spot, sum, tap } = {}, top = 0) {
    this.columns.forEach((column, n) => {
      const { layer, x, y, cell } = column;
      if (column.kind === "rows") return this.paintRows(pen, column, this.peaks[n], look);
      const { surface } = this.images.get(layer.name);
      pen.image(surface, x, y, surface.width * cell, surface.height * cell);
    });
    if (spot) this.paintSpot(pen, look, spot, sum, tap);
    if (top > 0) pen.area(0, top, this.width, TOP - FRAME, look.background);
    for (const { layer, x } of this.columns) {
      pen.text(layer.name, x, top + 12, [600, 12, look.code], look.ink);
      pen.text(shapeText(layer.shape), x, top + 28, [400, 11, look.font], look.quiet);
    }
  }

  paintRows(pen, { layer, x, y, width, track }, peak, { font, ink }) {
    const { values, labels, signed, percent } = layer;
    const { bars } = this.scaleOf(layer);
    const largest = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    const zero = x + ROW.label + (signed ? track / 2 : 0);
    const full = signed ? track / 2 : track;
    values.forEach((value, unit) => {
      const middle = y + (unit + 0.5) * ROW.height;
      const weight = unit === largest ? 650 : 400;
      pen.text(labels[unit], x, middle, [weight, 13, font], ink);
      const length = peak > 0 ? (value / peak) * full : 0;
      pen.area(Math.min(zero, zero + length), middle - 6, Math.abs(length), 12, bars[value < 0 ? 0 : 1]);
      const text = percent ? probability(value) : number(value);
      pen.text(text, x + width, middle, [weight, 12, font], ink, "right");
    });
  }

  paintSpot(pen, { selected, ink }, spot, sum, tap) {
    const { columns, layers } = this;
    const here = columns[spot.layer];
    const before = columns[spot.layer - 1];
    if (before) {
      this.paintEdges(pen, before, here, spot, sum);
      for (const { map } of sum.window && before.kind === "maps" ? sum.sources : []) {
        pen.frame(cellsOf(before, map, sum.window), selected, FRAME);
      }
    }
    if (spot.layer > 1) pen.frame(cellsOf(columns[0], 0, fieldOf(layers, spot)), selected, FRAME);
    pen.frame(placeOf(here, spot.map), selected, FRAME);
    if (here.kind === "maps" && here.cell > 1) pen.frame(placeOf(here, spot.map, spot.row, spot.column), selected, FRAME);
    if (tap) pen.frame(placeOf(before, tap.map, tap.row, tap.column), ink, FRAME);
  }

  /** Draw an edge from each source, the largest above the others. */
  paintEdges(pen, before, here, spot, { sources }) {
    const { bars } = this.scales.diverging;
    const end = placeOf(here, spot.map);
    const largest = Math.abs(sources[0]?.value ?? 0);
    for (let n = sources.length - 1; n >= 0; n--) {
      const { map, value } = sources[n];
      if (!value) continue;
      const share = Math.abs(value) / largest;
      const start = placeOf(before, map);
      pen.curve(
        [start.x + start.width, start.y + start.height / 2],
        [end.x, end.y + end.height / 2],
        bars[value < 0 ? 0 : 1],
        Math.max(0.5, EDGES.thickest * share),
        EDGES.faintest + (EDGES.boldest - EDGES.faintest) * share,
      );
    }
  }
}

/** Return the rectangle of some of a map's cells, of those that are inside it. */
function cellsOf(column, map, { top, left, bottom, right }) {
  const [height, width] = column.layer.shape;
  const [t, l, b, r] = [Math.max(top, 0), Math.max(left, 0), Math.min(bottom, height), Math.min(right, width)];
  const { x, y } = placeOf(column, map, t, l);
  return { x, y, width: (r - l) * column.cell, height: (b - t) * column.cell };
}

/** Maps as one image, one pixel a cell. */
class Tiles {
  constructor(width, height, surface = document.createElement("canvas")) {
    this.surface = Object.assign(surface, { width, height });
    this.data = new ImageData(width, height);
    this.pixels = new Uint32Array(this.data.data.buffer);
    this.line = width;
  }

  /** Colour a layer's map whose upper left is at a pixel; `peak` has the last colour of the scale. */
  colour({ shape: [height, width, count], values, signed }, map, left, top, { table }, peak) {
    const { pixels, line } = this;
    const zero = signed ? 127.5 : 0;
    const factor = peak > 0 ? (255 - zero) / peak : 0;
    for (let row = 0, at = map; row < height; row++) {
      const start = (top + row) * line + left;
      for (let x = start, end = start + width; x < end; x++, at += count) {
        const index = zero + factor * values[at];
        pixels[x] = table[index < 0 ? 0 : index > 255 ? 255 : index | 0];
      }
    }
  }

  finish() {
    this.surface.getContext("2d").putImageData(this.data, 0, 0);
  }
}
