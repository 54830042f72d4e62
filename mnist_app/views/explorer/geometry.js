// What a cell is made of: its window in the layer before, its field in the drawing.

/** Return how far a layer's windows reach and step: {size, stride, edges}, each [down, across]; edges is the padding before. */
function windowing({ config }, before) {
  const own = config.kernel_size ?? config.pool_size;
  if (!own) return null;
  const size = own.map((length, axis) => span(length, config.dilation_rate?.[axis] ?? 1));
  const stride = config.strides ?? own;
  const edge = (axis) => (config.padding === "same" ? padding(before.shape[axis], size[axis], stride[axis]) : 0);
  return { size, stride, edges: [edge(0), edge(1)] };
}

/** Return the cell {row, column} of a layer whose window lies most nearly around a cell of the layer before. */
function cellAround(layer, before, { row, column }) {
  const { size, stride, edges } = windowing(layer, before);
  const nearest = (place, axis) => {
    return clamp(Math.round((place + edges[axis] - (size[axis] - 1) / 2) / stride[axis]), 0, layer.shape[axis] - 1);
  };
  return { row: nearest(row, 0), column: nearest(column, 1) };
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
