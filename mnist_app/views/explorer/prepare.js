// From a drawing to digits as MNIST has them, as mnist_app/numerics/preprocess.py
// and segment.py have it. A picture is {values, width, height}, float32, 0 to 1; a
// box {x, y, width, height} is a part of it. `numbers` are preparation_constants
// of explorer_data.py. Connected parts are taken for digits: what cuts or joins them is
// weighed on the server (serving/parting.py), once the pen is lifted.

/**
 * Return what is drawn: {status, digits}, the digits from left to right.
 *
 * status is "blank", "dot" or "read"; a digit has its box in the drawing and
 * 28×28 pixels. Without the step `crop` the place on the canvas counts, so there
 * is only one digit, as where the drawing is said to be a `single` one.
 */
function prepareDrawing(ink, width, height, steps, single, numbers) {
  const drawing = { values: ink, width, height };
  const box = inkBox(drawing, numbers);
  if (!box) return { status: "blank", digits: [] };
  if (isDot(drawing, box, numbers)) return { status: "dot", digits: [] };
  const parts = single || !steps.crop ? [{ picture: drawing, box, x: 0, y: 0 }] : findDigits(drawing, box, numbers);
  const digits = parts.map(({ picture, box, x, y }) => {
    return { box: { ...box, x: x + box.x, y: y + box.y }, digit: prepare(picture, box, steps, numbers) };
  });
  return { status: "read", digits };
}

/** Return the smallest box around all ink, or null where there is none. */
function inkBox({ values, width, height }, { INK }) {
  const ink = Math.fround(INK); // the values are float32: 0.3 is what it is among them
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let first = 0;
    while (first < width && !(values[row + first] >= ink)) first++;
    if (first === width) continue;
    let last = width - 1;
    while (!(values[row + last] >= ink)) last--;
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = Math.min(top, y);
    bottom = y;
  }
  return bottom < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Tell whether the ink is one solid dot: a tap of the pen and no digit. */
function isDot(drawing, box, { INK, DOT_LONG, DOT_ROUND, DOT_FILL }) {
  const { width, height } = box;
  if (Math.max(width, height) > DOT_LONG * Math.min(width, height) + 1) return false;
  const inside = marked(drawing, box, INK);
  let [count, both, either] = [0, 0, 0];
  for (let row = 0, i = 0; row < height; row++) {
    const y = (2 * (row + 0.5)) / height - 1;
    for (let column = 0; column < width; column++, i++) {
      const x = (2 * (column + 0.5)) / width - 1;
      const round = x * x + y * y <= 1;
      if (inside[i]) count++;
      if (inside[i] && round) both++;
      if (inside[i] || round) either++;
    }
  }
  const solid = both / either > DOT_ROUND || count / (width * height) > DOT_FILL;
  return solid && !hasHole(inside, width, height);
}

/** Return 1 for each pixel of ink in the box, else 0. */
function marked({ values, width }, box, INK) {
  const ink = Math.fround(INK);
  const marks = new Uint8Array(box.width * box.height);
  for (let y = 0, i = 0; y < box.height; y++) {
    const row = (box.y + y) * width + box.x;
    for (let x = 0; x < box.width; x++, i++) marks[i] = values[row + x] >= ink ? 1 : 0;
  }
  return marks;
}

/** Tell whether there is paper that no way of paper leads to from outside; a corner is no way. */
function hasHole(inside, width, height) {
  const across = width + 2; // a frame of paper: what touches the border is outside
  const paper = new Uint8Array(across * (height + 2)).fill(1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) paper[(y + 1) * across + x + 1] = 1 - inside[y * width + x];
  }
  const reached = [0];
  paper[0] = 0;
  while (reached.length) {
    const at = reached.pop();
    for (const beside of [at - across, at - 1, at + 1, at + across]) {
      if (!paper[beside]) continue; // beyond the frame too
      paper[beside] = 0;
      reached.push(beside);
    }
  }
  return paper.includes(1);
}

/** Return each digit alone, {picture, box, x, y}: its box in the picture, and where in the drawing that lies. */
function findDigits(drawing, box, numbers) {
  const { labels, parts } = labelled(drawing, box, numbers);
  const most = Math.max(...parts.map((part) => part.area));
  const largest = [...parts].sort((a, b) => a.area - b.area).slice(-numbers.MOST_PARTS);
  const groups = join(largest.filter((part) => part.area >= numbers.SPECK * most).map(group), numbers);
  if (groups.length === 1 && groups[0].labels.length === parts.length) {
    return [{ picture: drawing, box, x: 0, y: 0 }];
  }
  groups.sort((a, b) => a.left - b.left);
  return groups.map((each) => alone(drawing, box, labels, each, numbers));
}

/**
 * Return the label of every pixel in the box, 0 for paper, and the connected
 * parts in the order of their first pixels; a corner connects.
 */
function labelled(drawing, box, { INK }) {
  const { width, height } = box;
  const inside = marked(drawing, box, INK);
  const labels = new Int32Array(inside.length);
  const reached = new Int32Array(inside.length);
  const parts = [];
  for (let start = 0; start < inside.length; start++) {
    if (!inside[start] || labels[start]) continue;
    const part = { label: parts.length + 1, area: 0, top: height, bottom: 0, left: width, right: 0 };
    let waiting = 1;
    reached[0] = start;
    labels[start] = part.label;
    while (waiting) {
      const at = reached[--waiting];
      const y = Math.floor(at / width);
      const x = at - y * width;
      part.area++;
      part.top = Math.min(part.top, y);
      part.bottom = Math.max(part.bottom, y + 1);
      part.left = Math.min(part.left, x);
      part.right = Math.max(part.right, x + 1);
      for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
        for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
          const beside = v * width + u;
          if (!inside[beside] || labels[beside]) continue;
          labels[beside] = part.label;
          reached[waiting++] = beside;
        }
      }
    }
    parts.push(part);
  }
  return { labels, parts };
}

function group({ label, top, bottom, left, right }) {
  return { labels: [label], top, bottom, left, right };
}

/** Return the groups after joining all pairs that belong together. */
function join(groups, numbers) {
  while (groups.length > 1) {
    const tallest = Math.max(...groups.map(({ top, bottom }) => bottom - top));
    let best = { bond: 0 };
    for (let i = 0; i < groups.length; i++) {
      for (let j = i + 1; j < groups.length; j++) {
        const strength = bond(groups[i], groups[j], tallest, numbers);
        if (strength > 0 && strength >= best.bond) best = { bond: strength, i, j }; // of equals the last, as Python's max
      }
    }
    if (best.bond <= 0) break;
    absorb(groups[best.i], groups.splice(best.j, 1)[0]);
  }
  return groups;
}

function absorb(group, other) {
  group.labels.push(...other.labels);
  group.top = Math.min(group.top, other.top);
  group.bottom = Math.max(group.bottom, other.bottom);
  group.left = Math.min(group.left, other.left);
  group.right = Math.max(group.right, other.right);
}

/** Return how surely two groups are one digit; 0 and below: they are two. */
function bond(a, b, tallest, { OVERLAP, SMALL, NEAR }) {
  const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const shared = overlap / Math.min(a.right - a.left, b.right - b.left);
  if (shared >= OVERLAP) return 1 + shared;
  if (Math.min(a.bottom - a.top, b.bottom - b.top) >= SMALL * tallest) return 0;
  return 1 - Math.max(0, -overlap) / (NEAR * tallest);
}

/** Return a group's ink with its soft edge, without that of the others; see findDigits. */
function alone(drawing, box, labels, { labels: own, top, bottom, left, right }, numbers) {
  const edge = numbers.SOFT_EDGE;
  const [x, y] = [box.x + left - edge, box.y + top - edge]; // the edge may reach over the canvas
  const picture = { width: right - left + 2 * edge, height: bottom - top + 2 * edge };
  picture.values = new Float32Array(picture.width * picture.height);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const label = labels[row * box.width + column];
      if (!label || !own.includes(label)) continue;
      // The pixels around, as many steps across or down as the edge is wide.
      for (let v = -edge; v <= edge; v++) {
        const reach = edge - Math.abs(v);
        for (let u = -reach; u <= reach; u++) {
          const [from, to] = [box.x + column + u, box.y + row + v];
          if (from < 0 || to < 0 || from >= drawing.width || to >= drawing.height) continue;
          picture.values[(to - y) * picture.width + from - x] = drawing.values[to * drawing.width + from];
        }
      }
    }
  }
  return { picture, box: inkBox(picture, numbers), x, y };
}

/** Return the 28×28 pixels that become of one digit. */
function prepare(picture, box, steps, { SIDE, BOX, CENTRE, MASS_DIGITS }) {
  const cropped = steps.crop ? box : { x: 0, y: 0, width: picture.width, height: picture.height };
  const factor = BOX / Math.max(cropped.width, cropped.height);
  const fitting = (length) => (steps.scale ? Math.max(1, roundHalfEven(length * factor)) : SIDE);
  const scaled = resize(picture, cropped, fitting(cropped.width), fitting(cropped.height));
  const precision = 10 ** MASS_DIGITS;
  const place = (mass) => roundHalfEven(CENTRE - roundHalfEven(mass * precision) / precision);
  const middle = (length) => Math.floor((SIDE - length + 1) / 2);
  const [left, top] = steps.centre
    ? centreOfMass(scaled).map(place)
    : [middle(scaled.width), middle(scaled.height)];
  return paste(scaled, left, top, SIDE);
}

/** Return the centre of mass, [x, y]. */
function centreOfMass({ values, width, height }) {
  let [sum, x, y] = [0, 0, 0];
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      sum += values[i];
      x += values[i] * column;
      y += values[i] * row;
    }
  }
  return sum === 0 ? [0, 0] : [x / sum, y / sum];
}

/** Return an empty square with the picture in it; what would lie outside is cut off. */
function paste({ values, width, height }, left, top, side) {
  const square = new Float32Array(side * side);
  for (let y = Math.max(top, 0); y < Math.min(top + height, side); y++) {
    for (let x = Math.max(left, 0); x < Math.min(left + width, side); x++) {
      square[y * side + x] = values[(y - top) * width + x - left];
    }
  }
  return square;
}

/**
 * Return a box of a picture at another size, 0 to 1, as Pillow's bicubic resize
 * of float32 pixels has it: first across, then down, float32 in between.
 */
function resize(picture, box, width, height) {
  const narrow = new Float32Array(width * box.height);
  const columns = windows(box.width, width);
  for (let y = 0, i = 0; y < box.height; y++) {
    const line = (box.y + y) * picture.width + box.x;
    for (const { start, weights } of columns) {
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += picture.values[line + start + n] * weights[n];
      narrow[i++] = sum;
    }
  }
  const values = new Float32Array(width * height);
  windows(box.height, height).forEach(({ start, weights }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += narrow[(start + n) * width + x] * weights[n];
      values[y * width + x] = Math.max(0, Math.min(1, sum));
    }
  });
  return { values, width, height };
}

/**
 * Return for each pixel of a line of `after` pixels which of `before` pixels make
 * it: the first one, and the weight of that and each that follows. The filter
 * widens with the reduction, so nothing aliases away.
 */
function windows(before, after) {
  const scale = before / after;
  const wide = Math.max(scale, 1);
  return Array.from({ length: after }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - 2 * wide + 0.5), 0);
    const end = Math.min(Math.trunc(centre + 2 * wide + 0.5), before);
    const weights = Float64Array.from({ length: end - start }, (_, n) => bicubic((n + start - centre + 0.5) / wide));
    const sum = weights.reduce((a, b) => a + b);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** Return Keys's cubic convolution kernel with a = -0.5; it reaches from -2 to 2. */
function bicubic(place) {
  const x = Math.abs(place);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? -0.5 * (((x - 5) * x + 8) * x - 4) : 0;
}

/** Round as Python does: a half goes to the even number. */
function roundHalfEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
