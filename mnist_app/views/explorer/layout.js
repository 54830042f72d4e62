// Where everything lies: a network's layers as columns of tiles.

// How much room things take in CSS pixels, the roomiest first: a map, its hair
// included, its largest cell, and the input; a unit without a name; the space between
// columns and the least of a column; the bar of a unit with a name.
const STYLES = [
  { tile: 27, largest: 4, input: 85, unit: 4, gap: 15, narrowest: 54, track: 46 },
  { tile: 23, largest: 4, input: 58, unit: 4, gap: 10, narrowest: 0, track: 34 },
  { tile: 27, largest: 2, input: 58, unit: 3, gap: 8, narrowest: 0, track: 34 }, // small maps shrink with their cells
];
const HEIGHTS = [300, 360, 420, 480, 540]; // CSS pixels that a column of maps fills at most
const TOP = 40; // for name and shape
const LEFT = 2; // for the frame around a tile of the first column
const LETTER = { name: 7.3, shape: 5.8 }; // about the width of one
const ROW = { height: 22, label: 16, number: 54 }; // of a unit with a name

/**
 * Return how each layer's maps stand, for `placed`: the roomiest and lowest way in which all
 * layers are beside each other. Where there is none, as on a phone, a low one that is scrolled.
 */
function arranged(layers, room, ratio) {
  for (const style of STYLES) {
    for (const height of HEIGHTS) {
      const items = layers.map((layer) => arrangedLayer(layer, height, style));
      if (widthOf(placed(items, 1, ratio)) <= room) return items;
    }
  }
  return layers.map((layer) => arrangedLayer(layer, HEIGHTS[0], STYLES[0]));
}

/** Return one layer's `kind`, "rows" or "maps": equal tiles with a hair of one cell between them, or single units. */
function arrangedLayer(layer, tallest, style) {
  const { kind, shape } = layer;
  const [height, width, count] = shape;
  const { gap } = style;
  const least = Math.max(style.narrowest, layer.name.length * LETTER.name, shapeText(shape).length * LETTER.shape);
  if (kind === "rows") return { layer, kind, gap, least, rows: count, across: 1, track: style.track };
  const units = kind === "vector";
  const most = count === 1 ? style.input : style.tile;
  const cell = units ? style.unit : clamp(Math.round(most / (height + 1)), 1, style.largest);
  const hair = units ? 0 : 1;
  const fitting = Math.max(1, Math.floor(tallest / ((height + hair) * cell)));
  const across = Math.ceil(count / fitting);
  return { layer, kind: "maps", gap, least, cell, hair, across, rows: Math.ceil(count / across) };
}

function shapeText(shape) {
  return shape.filter((length, axis) => length > 1 || axis === 2).join("×");
}

/** Return each layer's column with its place at a zoom. A cell is a whole number of the screen's pixels, `ratio` a CSS pixel. */
function placed(items, zoom, ratio) {
  const whole = (length) => Math.max(1, Math.round(length * ratio)) / ratio;
  let x = LEFT;
  return items.map((item) => {
    const column = { ...item, x: whole(x), y: whole(TOP), ...(item.kind === "rows" ? rowsExtent(item) : tilesExtent(item, whole(item.cell * zoom))) };
    x += Math.max(column.width, item.least) + item.gap;
    return column;
  });
}

function rowsExtent({ rows, track }) {
  return { width: ROW.label + track + ROW.number, height: rows * ROW.height };
}

function tilesExtent({ layer, hair, across, rows }, cell) {
  const [height, width] = layer.shape;
  const [wide, high] = [(width + hair) * cell, (height + hair) * cell];
  return { cell, wide, high, width: across * wide, height: rows * high };
}

function widthOf(columns) {
  const last = columns.at(-1);
  return last.x + last.width + FRAME;
}

/** Return where a point of the picture is after another zoom: at the same cell. */
function movedPoint(before, after, { x, y }) {
  const n = Math.max(0, before.findLastIndex((column) => column.x <= x));
  const [from, to] = [before[n], after[n]];
  const growth = from.kind === "rows" ? 1 : to.cell / from.cell;
  const inside = clamp(x - from.x, 0, from.width);
  return {
    x: to.x + inside * growth + (x - from.x - inside),
    y: to.y + (y - from.y) * (y > from.y ? growth : 1),
  };
}

/** Return the rectangle of a map's cells in CSS pixels; of one cell where a row and a column are given. */
function placeOf(column, map, row, across) {
  if (column.kind === "rows") {
    return { x: column.x, y: column.y + map * ROW.height, width: column.width, height: ROW.height };
  }
  const { cell, wide, high, layer } = column;
  const x = column.x + Math.floor(map / column.rows) * wide;
  const y = column.y + (map % column.rows) * high;
  if (row === undefined) return { x, y, width: layer.shape[1] * cell, height: layer.shape[0] * cell };
  return { x: x + across * cell, y: y + row * cell, width: cell, height: cell };
}

/** Return the spot {layer, map, row, column} at a point in CSS pixels, null where there is none. */
function spotAt(columns, { x, y }) {
  const index = columns.findIndex((each) => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height);
  if (index < 0) return null;
  const column = columns[index];
  const [height, width, count] = column.layer.shape;
  if (column.kind === "rows") return { layer: index, map: Math.floor((y - column.y) / ROW.height), row: 0, column: 0 };
  const [tileX, tileY] = [Math.floor((x - column.x) / column.wide), Math.floor((y - column.y) / column.high)];
  const map = tileX * column.rows + tileY;
  if (map >= count) return null;
  const at = (point, start, tile, length) => Math.min(Math.floor((point - start - tile) / column.cell), length - 1);
  return {
    layer: index,
    map,
    row: at(y, column.y, tileY * column.high, height),
    column: at(x, column.x, tileX * column.wide, width),
  };
}
