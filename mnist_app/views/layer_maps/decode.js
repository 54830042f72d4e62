// The data of a component that shows layers.

/** Return the header, each layer with its `values`; see `packed_layers` in layer_maps.py. */
function decode(bytes) {
  const { header, blob } = unpack(bytes);
  for (const layer of header.layers) {
    const [height, width, count] = layer.shape;
    layer.values = new Float32Array(blob.buffer, 4 * layer.offset, height * width * count);
    layer.extremes = extremes(layer.values, count);
  }
  return header;
}
