// Responses of many kernels to one picture: buttons with a picture, the kernel and its name.

const SIDE = 112; // CSS pixels of a response's longer side, at least one for each value
const SMALL_SIDE = 84; // on a phone, so that three stand side by side
const PHONE = "(max-width: 640px)";
const KERNEL_SIDE = 21; // of a kernel's: 3 for each value of the largest

const galleries = new WeakMap(); // parentElement -> Gallery

function show({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  const gallery = galleries.get(parentElement) ?? new Gallery(parentElement);
  galleries.set(parentElement, gallery);
  gallery.update(decode(data), setStateValue);
  return () => {
    gallery.root.remove();
    galleries.delete(parentElement);
  };
}

class Gallery {
  items = [];
  at = 0; // the one that Tab leads to; the arrow keys lead to the others

  constructor(parent) {
    this.root = element("div", "kg-root", parent);
    const legend = element("div", "kg-legend", this.root);
    this.low = element("span", "", legend, "\u2212");
    this.ramp = element("span", "kg-ramp", legend);
    this.high = element("span", "", legend, "+");
    this.scale = element("span", "", legend);
    this.list = element("div", "kg-list", this.root);
    this.list.setAttribute("role", "group");
    this.list.onkeydown = (event) => this.press(event);
    this.tip = element("div", "kg-tip", this.root);
    this.tip.setAttribute("aria-hidden", "true");
    this.tip.popover = "manual"; // lies above everything
  }

  update({ layers, kernels, chosen, words, colours }, setStateValue) {
    const stops = colours[isDark(this.root) ? "dark" : "light"];
    const table = lookupTable(stops);
    const side = matchMedia(PHONE).matches ? SMALL_SIDE : SIDE;
    this.root.style.setProperty("--kg-selected", colours.selected);
    this.root.style.setProperty("--kg-side", `${side}px`);
    this.ramp.style.background = `linear-gradient(to right, ${stops})`;
    setText(this.scale, words.scale);
    this.list.ariaLabel = words.label;
    while (this.items.length > layers.length) this.items.pop().button.remove();
    while (this.items.length < layers.length) this.items.push(this.make(this.items.length));
    layers.forEach((layer, i) => {
      const { button, canvas, kernel, caption } = this.items[i];
      const [height, width] = layer.shape;
      const { low, high } = layer.extremes;
      setText(caption, layer.title);
      button.setAttribute("aria-pressed", layer.name === chosen);
      button.ariaDescription = fill(words.range, { low: short(low[0]), high: short(high[0]) });
      button.onclick = () => setStateValue("clicked", { name: layer.name, time: Date.now() });
      paint(canvas, layer.values, height, width, side, table);
      paint(kernel, kernels[i].flat(), kernels[i].length, kernels[i][0].length, KERNEL_SIDE, table);
      canvas.onpointerleave = () => this.tip.hidePopover();
      canvas.onpointermove = (event) => this.tell(event, canvas, layer, words);
    });
    const isInside = this.list.contains(document.activeElement);
    this.lead(isInside ? Math.min(this.at, layers.length - 1) : layers.findIndex(({ name }) => name === chosen));
  }

  /** Let Tab lead to one of the responses, the first where there is none of that number. */
  lead(to) {
    this.at = Math.max(0, to);
    this.items.forEach(({ button }, i) => (button.tabIndex = i === this.at ? 0 : -1));
  }

  press(event) {
    const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
    const last = this.items.length - 1;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -this.at, End: last - this.at };
    const item = this.items[this.at + steps[event.key]];
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault(); // the page stays where it is
    item.button.focus();
  }

  /** Show the value under the pointer beside it. */
  tell({ clientX, clientY }, canvas, { values, shape: [rows, columns] }, words) {
    const { left, top, width } = canvas.getBoundingClientRect();
    const cell = width / columns;
    const row = clamp(Math.floor((clientY - top) / cell), 0, rows - 1);
    const column = clamp(Math.floor((clientX - left) / cell), 0, columns - 1);
    const value = fill(words.value, { row: row + 1, column: column + 1, value: short(values[row * columns + column]) });
    this.tip.replaceChildren(element("div", "", null, value), element("div", "kg-quiet", null, words.choose));
    this.tip.showPopover();
    const { width: wide, height } = this.tip.getBoundingClientRect();
    this.tip.style.left = `${clamp(clientX + 14, 4, window.innerWidth - wide - 4)}px`;
    this.tip.style.top = `${clamp(clientY + 14, 4, window.innerHeight - height - 4)}px`;
  }

  make(place) {
    const button = element("button", "kg-item", this.list);
    Object.assign(button, { type: "button", onfocus: () => this.lead(place) });
    const canvas = element("canvas", "kg-picture", button);
    const line = element("span", "kg-line", button);
    const kernel = element("canvas", "kg-picture kg-kernel", line);
    canvas.ariaHidden = kernel.ariaHidden = "true"; // the caption names them
    return { button, canvas, kernel, caption: element("span", "kg-caption", line) };
  }
}

/** Colour each value on a canvas, from minus to plus the largest of all. */
function paint(canvas, values, height, width, side, table) {
  const sharp = devicePixelRatio; // whole pixels of the screen
  const cell = Math.max(1, Math.floor((sharp * side) / Math.max(height, width)) / sharp);
  Object.assign(canvas, { width, height });
  canvas.style.width = `${width * cell}px`;
  canvas.style.height = `${height * cell}px`;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  values.forEach((value, i) => (pixels[i] = table[clamp(Math.round(127.5 + (127.5 * value) / peak), 0, 255)]));
  canvas.getContext("2d").putImageData(image, 0, 0);
}
