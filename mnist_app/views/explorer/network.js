// The network in the browser: fetched once, then run on anything.

const INPUT_SHAPE = [28, 28, 1];

class LocalNetwork {
  loaded = null; // its layers and weights
  weights = null; // those, times the filters' factors

  get isLoaded() {
    return this.loaded !== null;
  }

  /** Fetch a network's weights, which the browser keeps; without them the page works as it does without. */
  async load(url, signal) {
    Object.assign(this, { url, loaded: null, spare: null, weights: null });
    try {
      const answer = await fetch(new URL(url, document.baseURI), { signal });
      if (!answer.ok) return;
      const loaded = unpackNetwork(new Uint8Array(await answer.arrayBuffer()));
      if (url === this.url) Object.assign(this, { loaded, weights: loaded.weights });
    } catch {
      return; // as above
    }
  }

  /** Return every layer's output for an image, as `forward` does; the next call writes into the same arrays. */
  run(values, weights = this.loaded.weights) {
    return forward(this.loaded.layers, weights, { shape: INPUT_SHAPE, values });
  }

  /** Return the same with the filters as they count now. */
  runChanged(values) {
    return this.run(values, this.weights);
  }

  /** Return the probabilities for an image, the filters as they count now; other outputs stay as they are. */
  probabilitiesOf(values) {
    this.spare ??= [...this.loaded.layers]; // the layers' list tells whose outputs are written to
    const outputs = forward(this.spare, this.weights, { shape: INPUT_SHAPE, values });
    return [...outputs.values()].at(-1).values;
  }

  /** Return the largest difference from other outputs, {values} by layer's name, the input's among them. */
  apart(others) {
    const [input] = others.values();
    let apart = 0;
    for (const [name, { values }] of this.run(input.values)) {
      const other = others.get(name)?.values; // a dropout has none: it drops nothing here
      if (other) values.forEach((value, i) => (apart = Math.max(apart, Math.abs(value - other[i]))));
    }
    return apart;
  }

  /** Let filters count more or less; see `scaledWeights`. */
  reweigh(factors) {
    this.weights = this.loaded && scaledWeights(this.loaded.weights, factors);
  }
}
