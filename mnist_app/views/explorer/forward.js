// The forward pass of a network, as mnist_app/numerics/forward.py has it: one
// function a layer. Values lie channels last and without a batch axis, as
// {shape, values}. Layers and weights come from pack_network in explorer_data.py.

const GROUP = 4; // rows added at a time: each output is fetched and stored once for so many

const kept = new WeakMap(); // layers -> their outputs: nothing is allocated while a person draws

/** Return the layers, the weights by layer's name and the multiply-adds of a packed network. */
function unpackNetwork(bytes) {
  const { header, blob } = unpack(bytes);
  const { layers, multiplyAdds } = header;
  const weights = {};
  for (const layer of layers) {
    weights[layer.name] = layer.weights.map(({ shape, offset }) => {
      return { shape, values: new Float32Array(blob.buffer, 4 * offset, size(shape)) };
    });
  }
  return { layers, weights, multiplyAdds };
}

/**
 * Return a Map of every layer's output, {shape, values}, by the layer's name.
 * The next call with the same layers writes into the same arrays.
 */
function forward(layers, weights, input) {
  if (!kept.has(layers)) kept.set(layers, new Map(layers.map((layer) => [layer.name, room(layer)])));
  const outputs = kept.get(layers);
  let before = input;
  for (const { name, className, config } of layers) {
    const output = outputs.get(name);
    LAYERS[className](before, config, weights[name], output);
    ACTIVATIONS[config.activation ?? "linear"](output);
    before = output;
  }
  return outputs;
}

const LAYERS = {
  Conv2D: convolve,
  MaxPooling2D: poolMaximum,
  AveragePooling2D: poolAverage,
  Flatten: copy,
  Dense: connect,
  BatchNormalization: normalize,
  Dropout: copy, // drops nothing at prediction
  Activation: copy, // what it does is in its config
  ReLU: (input, config, weights, output) => rectify(copy(input, config, weights, output)),
  Softmax: (input, config, weights, output) => softmax(copy(input, config, weights, output)),
};

const ACTIVATIONS = { linear: () => {}, relu: rectify, softmax };

/** Add up, for each window, the kernel's rows of filters, each times its input. */
function convolve(input, config, [kernel, bias], output) {
  const [height, width, channels, filters] = kernel.shape;
  const rows = new Rows(kernel.values, filters, height * width * channels);
  const [tall, wide] = config.dilation_rate ?? [1, 1];
  eachWindow(input, [height, width], config, output, (place, window) => {
    for (let y = window.top; y < window.bottom; y += tall) {
      for (let x = window.left; x < window.right; x += wide) {
        const tap = ((y - window.y) / tall) * width + (x - window.x) / wide;
        rows.gather(input.values, (y * input.shape[1] + x) * channels, channels, tap * channels);
      }
    }
    rows.addUp(bias, output.values, place * filters);
  });
}

function connect(input, config, [kernel, bias], output) {
  const [inputs, units] = kernel.shape;
  const rows = new Rows(kernel.values, units, inputs);
  rows.gather(input.values, 0, inputs, 0);
  rows.addUp(bias, output.values, 0);
}

/**
 * The rows of a kernel that count for one window: those whose input is not 0.
 * After a ReLU about half of all inputs are, and most of a drawing is paper.
 */
class Rows {
  constructor(kernel, length, most) {
    Object.assign(this, { kernel, length, count: 0 });
    this.factors = new Float64Array(most + GROUP);
    this.starts = new Int32Array(most + GROUP); // where in the kernel each row begins
  }

  /** Take note of `count` inputs from `at` on; the first one's row is `row`. */
  gather(values, at, count, row) {
    const { factors, starts, length } = this;
    let found = this.count;
    for (let i = 0; i < count; i++) {
      const value = values[at + i];
      if (value === 0) continue;
      factors[found] = value;
      starts[found++] = (row + i) * length;
    }
    this.count = found;
  }

  /** Write the bias and the gathered rows, each times its input, added up; and forget them. */
  addUp(bias, output, at) {
    const { kernel, length, factors, starts, count } = this;
    factors.fill(0, count, count + GROUP); // the last group is filled up with rows that add nothing
    starts.fill(0, count, count + GROUP);
    for (let i = 0; i < length; i++) output[at + i] = bias ? bias.values[i] : 0;
    for (let n = 0; n < count; n += GROUP) {
      const [a, b, c, d] = [factors[n], factors[n + 1], factors[n + 2], factors[n + 3]];
      const [p, q, r, s] = [starts[n], starts[n + 1], starts[n + 2], starts[n + 3]];
      for (let i = 0; i < length; i++) {
        output[at + i] += a * kernel[p + i] + b * kernel[q + i] + c * kernel[r + i] + d * kernel[s + i];
      }
    }
    this.count = 0;
  }
}

function poolMaximum(input, config, weights, output) {
  const channels = input.shape[2];
  output.values.fill(-Infinity);
  eachPooled(input, config, output, (to, from) => {
    for (let i = 0; i < channels; i++) {
      if (input.values[from + i] > output.values[to + i]) output.values[to + i] = input.values[from + i];
    }
  });
}

/** Average each window, channel by channel; padding does not count. */
function poolAverage(input, config, weights, output) {
  const channels = input.shape[2];
  output.values.fill(0);
  eachPooled(input, config, output, (to, from, share) => {
    for (let i = 0; i < channels; i++) output.values[to + i] += share * input.values[from + i];
  });
}

function normalize(input, { epsilon }, [gamma, beta, mean, variance], output) {
  const channels = gamma.values.length;
  for (let channel = 0; channel < channels; channel++) {
    const factor = gamma.values[channel] / Math.sqrt(variance.values[channel] + epsilon);
    for (let i = channel; i < input.values.length; i += channels) {
      output.values[i] = (input.values[i] - mean.values[channel]) * factor + beta.values[channel];
    }
  }
}

function copy(input, config, weights, output) {
  output.values.set(input.values);
  return output;
}

function rectify({ values }) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
}

/** Make each e to the value over the sum of all; the largest is taken off first, lest e overflow. */
function softmax({ shape, values }) {
  const units = shape[shape.length - 1];
  for (let at = 0; at < values.length; at += units) {
    const vector = values.subarray(at, at + units);
    const largest = vector.reduce((a, b) => Math.max(a, b));
    vector.forEach((value, i) => (vector[i] = Math.exp(value - largest)));
    const sum = vector.reduce((a, b) => a + b);
    vector.forEach((value, i) => (vector[i] = value / sum));
  }
}

/** Call `visit(to, from, share)` for each pixel of each window: where its channels begin, and 1 / their number. */
function eachPooled(input, config, output, visit) {
  const [, columns, channels] = input.shape;
  eachWindow(input, config.pool_size, config, output, (place, { top, bottom, left, right }) => {
    const share = 1 / ((bottom - top) * (right - left));
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) visit(place * channels, (y * columns + x) * channels, share);
    }
  });
}

/** Call `visit(place, window)` for each window: where it begins, and its first cell and its end inside the input. */
function eachWindow(input, size, config, output, visit) {
  const [rows, columns] = input.shape;
  const [down, across] = config.strides ?? size;
  const [tall, wide] = config.dilation_rate ?? [1, 1];
  const [height, width] = [span(size[0], tall), span(size[1], wide)];
  const same = config.padding === "same";
  const above = same ? padding(rows, height, down) : 0;
  const before = same ? padding(columns, width, across) : 0;
  const window = {};
  for (let place = 0; place < output.shape[0] * output.shape[1]; place++) {
    window.y = Math.floor(place / output.shape[1]) * down - above;
    window.x = (place % output.shape[1]) * across - before;
    window.top = window.y < 0 ? window.y + Math.ceil(-window.y / tall) * tall : window.y;
    window.left = window.x < 0 ? window.x + Math.ceil(-window.x / wide) * wide : window.x;
    window.bottom = Math.min(window.y + height, rows);
    window.right = Math.min(window.x + width, columns);
    visit(place, window);
  }
}

/** Return how many cells a window reaches over when `dilation` parts its own. */
function span(size, dilation) {
  return dilation * (size - 1) + 1;
}

/** Return how much of the padding "same" comes before: the odd one comes after. */
function padding(length, window, step) {
  return Math.floor(Math.max((Math.ceil(length / step) - 1) * step + window - length, 0) / 2);
}

/** Return an output of a layer's shape. */
function room({ outputShape }) {
  return { shape: outputShape, values: new Float32Array(size(outputShape)) };
}

function size(shape) {
  return shape.reduce((a, b) => a * b, 1);
}
