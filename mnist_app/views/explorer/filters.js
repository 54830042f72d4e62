// What a filter looks for: a pattern made to excite it, and the test images that excite it most.

const PATTERN = 96; // CSS pixels of a pattern's side, more or less
const PIXEL = 3; // CSS pixels of a test image's pixel
const SAME_MAPS = ["MaxPooling2D", "AveragePooling2D", "BatchNormalization", "Activation", "ReLU"]; // one for each before

const fetched = new Map(); // address -> the promise of its filters: fetched once, when first asked for

/** Return the place of the convolution whose filters a layer's maps come from; null where there is none. */
function convolutionOf(layers, place) {
  while (SAME_MAPS.includes(layers[place].className)) place--;
  return layers[place].className === "Conv2D" ? place : null;
}

/** Return the promise of what `pack_filters` in views/filters.py has packed. */
function filtersAt(url) {
  if (!fetched.has(url)) fetched.set(url, fetchFilters(url));
  return fetched.get(url);
}

async function fetchFilters(url) {
  try {
    const answer = await fetch(new URL(url, document.baseURI));
    if (!answer.ok) throw new Error(answer.statusText);
    return unpack(new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    fetched.delete(url); // the next filter tries again
    throw error;
  }
}

/** The part of the panel below a cell's arithmetic. */
class Filters {
  constructor(owner, parent) {
    this.owner = owner;
    this.root = element("section", "ex-filter", parent);
    const head = element("div", "ex-panel-head", this.root);
    this.title = element("h5", "ex-filter-title", head);
    this.about = aboutLink(head);
    this.legend = element("div", "lm-legend", head);
    [this.low, this.ramp, this.high] = ["lm-low", "lm-ramp", "lm-high"].map((name) => element("span", name, this.legend));
    this.body = element("div", "ex-filter-body", this.root);
  }

  /** Show what the filter of a spot's map looks for, where there is one: as pictures or as numbers. */
  async show(spot, asNumbers) {
    const { layers, header, scale } = this.owner;
    const place = convolutionOf(layers, spot.layer);
    this.root.hidden = place === null;
    if (place === null) return;
    const { url, problem, words } = header.filters;
    const title = fill(words.title, { map: spot.map + 1, layer: layers[place].name });
    const shown = [title, url, problem, asNumbers, scale.sequential.table[0]]; // the last one tells the theme
    if (same(this.shown, shown)) return;
    this.shown = shown;
    setText(this.title, title);
    tellAbout(this.about, header.about.filter);
    setText(this.low, words.paper);
    setText(this.high, words.ink);
    this.ramp.style.background = `linear-gradient(to right, ${scale.sequential.stops})`;
    this.say(problem ?? words.loading);
    if (problem) return;
    try {
      const filters = await filtersAt(url);
      if (this.shown === shown) this.write(filters, place, spot.map, asNumbers);
    } catch {
      if (this.shown === shown) this.say(words.unreachable);
    }
  }

  /** Show a sentence and nothing else. */
  say(text) {
    this.legend.hidden = true;
    this.body.replaceChildren(element("p", "ex-says", null, text));
  }

  write({ header, blob }, place, map, asNumbers) {
    const { words } = this.owner.header.filters;
    const layer = this.owner.layers[place];
    const found = header.layers[layer.name];
    if (!found) return this.say(words.left_out);
    this.legend.hidden = false;
    this.body.replaceChildren();
    this.body.classList.toggle("ex-filter-numbers", !!asNumbers);
    const rectified = layer.config.activation === "relu";
    const best = found.best[map].filter(([, , , value]) => value > 0 || !rectified);
    const fields = { map: map + 1, layer: layer.name, seen: header.seen.toLocaleString("en"), best: number(found.best[map][0][3]) };
    this.writePattern(found, blob, map, asNumbers, fields);
    const images = best.map(([image, row, column, value]) => {
      const [height, width] = header.side;
      const pixels = blob.subarray(image * height * width, (image + 1) * height * width);
      const field = fieldOf(this.owner.layers, { layer: place, map, row, column });
      const seen = `${field.top + 1}–${field.bottom} × ${field.left + 1}–${field.right}`;
      const [index, label] = [header.indices[image], header.labels[image]];
      return { pixels, size: header.side, field, told: { index, label, row: row + 1, column: column + 1, value: number(value), seen } };
    });
    this.writeImages(images, asNumbers, fields);
  }

  writePattern({ size, offset, reached }, blob, map, asNumbers, fields) {
    const { words } = this.owner.header.filters;
    const part = element("div", "ex-filter-part", this.body);
    if (!size) return element("p", "ex-says", part, words.no_pattern);
    const [height, width] = size;
    const pixels = blob.subarray(offset + map * height * width, offset + (map + 1) * height * width);
    Object.assign(fields, { height, width, value: number(reached[map]) });
    const caption = fill(words.pattern, fields);
    if (asNumbers) this.owner.panel.grid(part, size, Array.from(pixels, (value) => value / 255), { caption });
    else {
      const cell = Math.max(1, Math.floor(PATTERN / Math.max(height, width)));
      const { canvas } = this.picture(part, pixels, size, cell, caption, fill(words.pattern_alt, fields));
      Object.assign(canvas.dataset, { pattern: `${height},${width}`, value: reached[map] });
    }
    element("p", "ex-says", part, fill(words.pattern_says, fields));
  }

  writeImages(images, asNumbers, fields) {
    const { words } = this.owner.header.filters;
    const part = element("div", "ex-filter-part ex-filter-images", this.body);
    if (!images.length) return element("p", "ex-says", part, fill(words.none, fields));
    if (asNumbers) this.writeTable(part, images);
    else {
      const row = element("div", "ex-filter-row", part);
      for (const { pixels, size, field, told } of images) {
        const alt = fill(words.image, { ...fields, ...told });
        const { frame, canvas } = this.picture(row, pixels, size, PIXEL, fill(words.image_caption, told), alt);
        const { top, left, bottom, right } = field;
        const edges = { top, left, width: right - left, height: bottom - top };
        for (const [edge, pixel] of Object.entries(edges)) frame.style[edge] = `${pixel * PIXEL}px`;
        frame.hidden = false;
        Object.assign(canvas.dataset, { index: told.index, label: told.label, field: [top, left, bottom, right] });
      }
    }
    element("p", "ex-says", part, fill(words.images_say, fields));
  }

  writeTable(parent, images) {
    const { words } = this.owner.header.filters;
    const table = element("table", "ex-filter-table", parent);
    const columns = ["index", "label", "row", "column", "value", "seen"];
    const head = element("tr", "", table);
    for (const name of columns) element("th", "", head, words[`head_${name}`]).scope = "col";
    for (const { told } of images) {
      const line = element("tr", "", table);
      for (const name of columns) element("td", "", line, told[name]);
    }
  }

  /** Paint pixels from 0 to 255 as a picture that tells its text when it is pointed at; a frame waits in it. */
  picture(parent, pixels, [height, width], cell, caption, alt) {
    const figure = element("figure", "ex-grid", parent);
    const holder = element("div", "ex-side", figure);
    const canvas = Object.assign(element("canvas", "ex-filter-picture", holder), { tabIndex: 0, ariaLabel: alt });
    canvas.setAttribute("role", "img");
    Object.assign(canvas.style, { width: `${width * cell}px`, height: `${height * cell}px` });
    const tiles = new Tiles(width, height, canvas);
    tiles.colour({ shape: [height, width, 1], values: pixels }, 0, 0, 0, this.owner.scale.sequential, 255);
    tiles.finish();
    canvas.onpointerenter = canvas.onfocus = () => this.owner.explain(canvas, alt);
    canvas.onpointerleave = canvas.onblur = () => this.owner.explain(canvas, null);
    const frame = element("span", "ex-side-frame", holder);
    frame.hidden = true;
    element("figcaption", "", figure, caption);
    return { canvas, frame };
  }
}
