// Where everything lies: a network's layers as columns of tiles, and a cell's field in the layers before it.

const TILE = 27; // CSS pixels that a map takes, more or less, its hair included
const INPUT_TILE = 85;
const LARGEST_CELL = 4; // CSS pixels
const HEIGHTS = [300, 360, 420, 480, 540]; // CSS pixels that a column of maps fills at most
const TOP = 40; // for name and shape
const COLUMN_GAP = 16;
const NARROWEST = 54; // room for a layer's name
const ROW = { height: 22, width: 116, label: 16, number: 54 }; // of a unit with a name
const UNIT = 4; // CSS pixels of a unit without one

/** Return the columns of the lowest picture that is not wider than the room, or else of the highest. */
function layOut(layers, room) {
  for (const height of HEIGHTS) {
    const columns = columnsOf(layers, height);
    if (columns.at(-1).x + columns.at(-1).width <= room || height === HEIGHTS.at(-1)) return columns;
  }
}

/** Return each layer's column: `kind` "maps" or "rows", its place, and the places of its items. */
function columnsOf(layers, height) {
  let x = 0;
  return layers.map((layer) => {
    const column = layer.kind === "rows" ? rowColumn(layer) : tileColumn(layer, height);
    Object.assign(column, { layer, x, y: TOP, kind: layer.kind === "rows" ? "rows" : "maps" });
    x += Math.max(column.width, NARROWEST) + COLUMN_GAP;
    return column;
  });
}

function rowColumn({ shape }) {
  return { width: ROW.width, height: shape[2] * ROW.height, rows: shape[2], across: 1 };
}

/** Return a column of equal tiles: maps with a hair of one cell between them, or single units. */
function tileColumn({ kind, shape: [height, width, count] }, tallest) {
  const units = kind === "vector";
  const most = count === 1 ? INPUT_TILE : TILE;
  const cell = units ? UNIT : Math.max(1, Math.min(LARGEST_CELL, Math.round(most / (height + 1))));
  const hair = units ? 0 : 1;
  const [wide, high] = [(width + hair) * cell, (height + hair) * cell];
  const fitting = Math.max(1, Math.floor(tallest / high));
  const across = Math.ceil(count / fitting);
  const rows = Math.ceil(count / across);
  return { cell, hair, wide, high, across, rows, width: across * wide, height: rows * high };
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
function spotAt(columns, x, y) {
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

/** Return how far a layer's windows reach and step: {size, stride, edges}, each [down, across]; edges is the padding before. */
function windowing({ config }, before) {
  const size = config.kernel_size ?? config.pool_size;
  if (!size) return null;
  const stride = config.strides ?? size;
  const edge = (axis) => (config.padding === "same" ? padding(before.shape[axis], size[axis], stride[axis]) : 0);
  return { size, stride, edges: [edge(0), edge(1)] };
}

/** Return what a rectangle of a layer's cells is made of in the layer before; it may reach into the padding. */
function windowOf(layer, before, { top, left, bottom, right }) {
  const windows = windowing(layer, before);
  if (windows) {
    const { size, stride, edges } = windows;
    return {
      top: top * stride[0] - edges[0],
      left: left * stride[1] - edges[1],
      bottom: (bottom - 1) * stride[0] - edges[0] + size[0],
      right: (right - 1) * stride[1] - edges[1] + size[1],
    };
  }
  const [height, width] = before.shape;
  const isFlat = layer.shape[0] === 1 && layer.shape[1] === 1;
  return isFlat ? { top: 0, left: 0, bottom: height, right: width } : { top, left, bottom, right };
}

/** Return the rectangle of the input that a cell sees, through all layers back, cut at the edges. */
function fieldOf(layers, { layer, map, row, column }) {
  let field = { top: row, left: column, bottom: row + 1, right: column + 1 };
  for (let n = layer; n > 0; n--) {
    const before = layers[n - 1];
    // A flattened unit is one cell of the maps before, not all of them.
    if (layers[n].className === "Flatten" && n === layer) field = cellOf(before, map);
    else field = windowOf(layers[n], before, field);
  }
  const [height, width] = layers[0].shape;
  return {
    top: Math.max(field.top, 0),
    left: Math.max(field.left, 0),
    bottom: Math.min(field.bottom, height),
    right: Math.min(field.right, width),
  };
}

/** Return the cell of a layer's maps that stands at a place of the flattened vector. */
function cellOf({ shape: [, width, count] }, unit) {
  const cell = Math.floor(unit / count);
  const [row, column] = [Math.floor(cell / width), cell % width];
  return { map: unit % count, row, column, top: row, left: column, bottom: row + 1, right: column + 1 };
}
