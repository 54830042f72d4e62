// Where windows lie: on the padded input, and which of them lies where one points.

/** Return the input's rows with a null for each cell of padding. */
function padded({ input, down, across }) {
  const blank = (count) => Array(count).fill(null);
  const width = across.before + input[0].length + across.after;
  return [
    ...Array.from({ length: down.before }, () => blank(width)),
    ...input.map((row) => [...blank(across.before), ...row, ...blank(across.after)]),
    ...Array.from({ length: down.after }, () => blank(width)),
  ];
}

/** Return what is under a window: {index in the padded input, value or null, weight}. */
function places({ op: { down, across, kernel }, padded: rows }, row, column) {
  return Array.from({ length: down.size * across.size }, (_, i) => {
    const [r, c] = [Math.floor(i / across.size), i % across.size];
    const [y, x] = [row * down.stride + r * down.dilation, column * across.stride + c * across.dilation];
    return { index: y * rows[0].length + x, value: rows[y][x], weight: kernel?.[r][c] };
  });
}

/** Return the output whose window lies most nearly around a cell of the padded input. */
function outputOver({ output, down, across }, row, column) {
  const nearest = (at, side, count) => clamp(Math.round((at - (reached(side) - 1) / 2) / side.stride), 0, count - 1);
  return nearest(row, down, output.length) * output[0].length + nearest(column, across, output[0].length);
}

/** Return how many cells a window reaches over. */
function reached({ size, dilation }) {
  return dilation * (size - 1) + 1;
}

function signed(rows) {
  return rows.flat().some((value) => value < 0);
}
