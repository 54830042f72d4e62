// Responses of many kernels to one picture: buttons with a picture and a name.

const SIDE = 84; // CSS pixels of a picture's longer side, at least one for each value

const galleries = new WeakMap(); // parentElement -> Gallery

export default function ({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  const gallery = galleries.get(parentElement) ?? new Gallery(parentElement);
  galleries.set(parentElement, gallery);
  gallery.update(JSON.parse(new TextDecoder().decode(data)), setStateValue);
  return () => {
    gallery.root.remove();
    galleries.delete(parentElement);
  };
}

class Gallery {
  items = [];

  constructor(parent) {
    this.root = element("div", "kg-root", parent);
    const legend = element("div", "kg-legend", this.root);
    this.low = element("span", "", legend, "\u2212");
    this.ramp = element("span", "kg-ramp", legend);
    this.high = element("span", "", legend, "+");
    this.scale = element("span", "", legend);
    this.list = element("div", "kg-list", this.root);
    this.tip = element("div", "kg-tip", this.root);
    this.tip.setAttribute("aria-hidden", "true");
    this.tip.popover = "manual"; // lies above everything
  }

  update({ items, chosen, words, colours }, setStateValue) {
    const stops = colours[isDark(this.root) ? "dark" : "light"];
    const table = lookupTable(stops);
    this.root.style.setProperty("--kg-selected", colours.selected);
    this.ramp.style.background = `linear-gradient(to right, ${stops})`;
    setText(this.scale, words.scale);
    while (this.items.length > items.length) this.items.pop().button.remove();
    while (this.items.length < items.length) this.items.push(this.make());
    items.forEach((item, i) => {
      const { button, canvas, caption } = this.items[i];
      setText(caption, item.caption);
      button.setAttribute("aria-pressed", item.name === chosen);
      button.onclick = () => setStateValue("clicked", { name: item.name, time: Date.now() });
      paint(canvas, item.rows, table);
      canvas.onpointerleave = () => this.tip.hidePopover();
      canvas.onpointermove = (event) => this.tell(event, canvas, item.rows, words);
    });
  }

  /** Show the value under the pointer beside it. */
  tell({ clientX, clientY }, canvas, rows, words) {
    const { left, top, width } = canvas.getBoundingClientRect();
    const cell = width / rows[0].length;
    const row = clamp(Math.floor((clientY - top) / cell), 0, rows.length - 1);
    const column = clamp(Math.floor((clientX - left) / cell), 0, rows[0].length - 1);
    const value = fill(words.value, { row: row + 1, column: column + 1, value: short(rows[row][column]) });
    this.tip.replaceChildren(element("div", "", null, value), element("div", "kg-quiet", null, words.choose));
    this.tip.showPopover();
    const { width: wide, height } = this.tip.getBoundingClientRect();
    this.tip.style.left = `${clamp(clientX + 14, 4, window.innerWidth - wide - 4)}px`;
    this.tip.style.top = `${clamp(clientY + 14, 4, window.innerHeight - height - 4)}px`;
  }

  make() {
    const button = element("button", "kg-item", this.list);
    button.type = "button";
    const canvas = element("canvas", "kg-picture", button);
    canvas.setAttribute("aria-hidden", "true"); // the caption names it
    return { button, canvas, caption: element("span", "kg-caption", button) };
  }
}

/** Colour each value on the canvas, from minus to plus the largest of all. */
function paint(canvas, rows, table) {
  const [height, width] = [rows.length, rows[0].length];
  const cell = Math.max(1, Math.round(SIDE / Math.max(height, width)));
  Object.assign(canvas, { width, height });
  canvas.style.width = `${width * cell}px`;
  canvas.style.height = `${height * cell}px`;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const values = rows.flat();
  const peak = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  values.forEach((value, i) => (pixels[i] = table[clamp(Math.round(127.5 + (127.5 * value) / peak), 0, 255)]));
  canvas.getContext("2d").putImageData(image, 0, 0);
}
