// Paints a network on one canvas: tiles, names, bars, and what is pointed at with its sources.

const EDGES = 16; // of all sources, the largest ones
const THICKEST = 4; // CSS pixels of an edge
const FRAME = 1.5;

/** The picture of one network; everything is in CSS pixels but the images of the tiles. */
class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.images = new Map(); // layer's name -> its tiles, one pixel a cell
  }

  /** Take a network's layers; their values may change later, their shapes do not. */
  take(layers, room) {
    this.layers = layers;
    this.columns = layOut(layers, room - FRAME);
    this.images.clear();
    const last = this.columns.at(-1);
    this.width = last.x + last.width + FRAME;
    this.height = Math.max(...this.columns.map((column) => column.y + column.height)) + FRAME;
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.ceil(this.width * ratio);
    this.canvas.height = Math.ceil(this.height * ratio);
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
  }

  /** Colour every tile anew after the values have changed. */
  colour(scales, peakOf) {
    this.scales = scales;
    this.peaks = this.layers.map(peakOf); // null: each map has its own
    this.columns.forEach((column, n) => {
      if (column.kind === "maps") this.colourTiles(column, this.peaks[n]);
    });
  }

  colourTiles(column, shared) {
    const { layer, rows, across, hair } = column;
    const [height, width, count] = layer.shape;
    const [wide, high] = [width + hair, height + hair];
    let image = this.images.get(layer.name);
    if (!image) {
      const surface = document.createElement("canvas");
      Object.assign(surface, { width: across * wide, height: rows * high });
      image = { surface, data: new ImageData(surface.width, surface.height) };
      this.images.set(layer.name, image);
    }
    const pixels = new Uint32Array(image.data.data.buffer);
    const { table } = layer.signed ? this.scales.diverging : this.scales.sequential;
    const zero = layer.signed ? 127.5 : 0;
    const line = image.surface.width;
    for (let map = 0; map < count; map++) {
      const peak = shared ?? mapPeak(layer, map);
      const factor = peak > 0 ? (255 - zero) / peak : 0;
      const start = (map % rows) * high * line + Math.floor(map / rows) * wide;
      for (let row = 0, at = map; row < height; row++) {
        for (let x = start + row * line, end = x + width; x < end; x++, at += count) {
          const index = zero + factor * layer.values[at];
          pixels[x] = table[index < 0 ? 0 : index > 255 ? 255 : index | 0];
        }
      }
    }
    image.surface.getContext("2d").putImageData(image.data, 0, 0);
  }

  /** Paint it all, with a spot, its sum (of `sumOf`) and its field where one is pointed at. */
  paint({ ink, quiet, font, code, selected }, spot, sum) {
    const { pen } = this;
    const ratio = window.devicePixelRatio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    pen.imageSmoothingEnabled = false;
    pen.textBaseline = "middle";
    this.columns.forEach((column, n) => {
      const { layer, x, y } = column;
      this.write(layer.name, x, 12, `600 12px ${code}`, ink);
      this.write(layer.shape.filter((length, axis) => length > 1 || axis === 2).join("×"), x, 28, `11px ${font}`, quiet);
      if (column.kind === "rows") this.paintRows(column, this.peaks[n], font, ink);
      else {
        const { surface } = this.images.get(layer.name);
        pen.drawImage(surface, x, y, surface.width * column.cell, surface.height * column.cell);
      }
    });
    if (spot) this.paintSpot(spot, sum, selected);
  }

  /** Have the browser save the picture as a PNG, on a background. */
  save(background) {
    const { width, height } = this.canvas;
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const pen = copy.getContext("2d");
    pen.fillStyle = background;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(this.canvas, 0, 0);
    const link = Object.assign(document.createElement("a"), { href: copy.toDataURL(), download: "network.png" });
    link.click();
  }

  paintRows({ layer, x, y }, peak, font, ink) {
    const { values, labels, signed, percent } = layer;
    const { bars } = signed ? this.scales.diverging : this.scales.sequential;
    const largest = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
    const track = ROW.width - ROW.label - ROW.number;
    const zero = x + ROW.label + (signed ? track / 2 : 0);
    const full = signed ? track / 2 : track;
    values.forEach((value, unit) => {
      const middle = y + (unit + 0.5) * ROW.height;
      const weight = unit === largest ? 650 : 400;
      this.write(labels[unit], x, middle, `${weight} 13px ${font}`, ink);
      const length = peak > 0 ? (value / peak) * full : 0;
      this.pen.fillStyle = bars[value < 0 ? 0 : 1];
      this.pen.fillRect(Math.min(zero, zero + length), middle - 6, Math.abs(length), 12);
      const text = percent ? probability(value) : number(value);
      this.write(text, x + ROW.width, middle, `${weight} 12px ${font}`, ink, "right");
    });
  }

  write(text, x, y, font, colour, align = "left") {
    Object.assign(this.pen, { font, fillStyle: colour, textAlign: align });
    this.pen.fillText(text, x, y);
  }

  paintSpot(spot, sum, selected) {
    const { columns, layers } = this;
    const here = columns[spot.layer];
    const before = columns[spot.layer - 1];
    if (before) {
      this.paintEdges(before, here, spot, sum);
      const { window: field } = sum;
      const sources = sum.sources.slice(0, EDGES);
      for (const { map } of sources) {
        if (field && before.kind === "maps") this.frameCells(before, map, field, selected);
      }
    }
    if (spot.layer > 1) this.frameCells(columns[0], 0, fieldOf(layers, spot), selected);
    this.frame(placeOf(here, spot.map), selected);
    if (here.kind === "maps" && here.cell > 1) this.frame(placeOf(here, spot.map, spot.row, spot.column), selected);
  }

  paintEdges(before, here, spot, { sources }) {
    const { pen } = this;
    const { bars } = this.scales.diverging;
    const end = placeOf(here, spot.map);
    const largest = Math.abs(sources[0]?.value ?? 0);
    pen.globalAlpha = 0.75;
    for (const { map, value } of sources.slice(0, EDGES).reverse()) {
      if (!value || !largest) continue;
      const start = placeOf(before, map);
      const [x1, y1] = [start.x + start.width, start.y + start.height / 2];
      const [x2, y2] = [end.x, end.y + end.height / 2];
      pen.strokeStyle = bars[value < 0 ? 0 : 1];
      pen.lineWidth = Math.max(0.5, (THICKEST * Math.abs(value)) / largest);
      pen.beginPath();
      pen.moveTo(x1, y1);
      pen.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  frameCells(column, map, { top, left, bottom, right }, colour) {
    const [height, width] = column.layer.shape;
    const [t, l, b, r] = [Math.max(top, 0), Math.max(left, 0), Math.min(bottom, height), Math.min(right, width)];
    const { x, y } = placeOf(column, map, t, l);
    this.frame({ x, y, width: (r - l) * column.cell, height: (b - t) * column.cell }, colour);
  }

  frame({ x, y, width, height }, colour) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = FRAME;
    this.pen.strokeRect(x - FRAME / 2, y - FRAME / 2, width + FRAME, height + FRAME);
  }
}
