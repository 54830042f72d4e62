// Saves the whole picture, with a title and a legend, as a PNG or an SVG.

const PAPER = { narrowest: 860, margin: 16, title: 30, told: 22, legend: 46, ramp: 120 }; // CSS pixels
const MOST_PIXELS = 16_000_000; // of a PNG: browsers make no larger canvas everywhere
const PEAKS = 14; // CSS pixels below each column, for its legend

class SaveButtons {
  constructor(owner, parent) {
    this.root = element("span", "ex-buttons", parent);
    this.png = button(this.root, () => saveAs(pngOf(owner), "network.png"));
    this.svg = button(this.root, () => saveAs(svgOf(owner), "network.svg"));
  }

  write(words) {
    setText(this.png, words.save);
    setText(this.svg, words.save_svg);
  }
}

function pngOf(owner) {
  const { width, height } = paperSize(owner);
  const canvas = document.createElement("canvas");
  const pen = new CanvasPen(canvas);
  pen.resize(width, height, Math.min(window.devicePixelRatio, Math.sqrt(MOST_PIXELS / (width * height))));
  pen.begin();
  paintPaper(pen, owner, width, height);
  return canvas.toDataURL();
}

function svgOf(owner) {
  const { width, height } = paperSize(owner);
  const pen = new SvgPen(width, height, titleOf(owner));
  paintPaper(pen, owner, width, height);
  const text = new XMLSerializer().serializeToString(pen.root);
  return URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
}

function saveAs(href, download) {
  Object.assign(document.createElement("a"), { href, download }).click();
  if (href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(href), 60_000); // when it has been read
}

function titleOf({ header, telling }) {
  return fill(header.words.picture_title, { network: header.network.name, ...telling.answer() });
}

/** Return how large the paper is for all that is written on it. */
function paperSize({ picture, spot }) {
  const { narrowest, margin, title, told, legend } = PAPER;
  return {
    width: Math.max(picture.width, narrowest) + 2 * margin,
    height: picture.height + PEAKS + 2 * margin + title + (spot ? told : 0) + legend,
  };
}

/** Paint the background, the title, what is pointed at, the picture and the legend. */
function paintPaper(pen, owner, width, height) {
  const { look, picture, told, spot } = owner;
  pen.area(0, 0, width, height, look.background);
  pen.move(PAPER.margin, PAPER.margin);
  pen.text(titleOf(owner), 0, 8, [650, 15, look.font], look.ink);
  let top = PAPER.title;
  if (spot) {
    pen.text(told.textContent, 0, top, [400, 13, look.font], look.ink);
    top += PAPER.told;
  }
  pen.move(0, top);
  picture.paint(pen, look, owner.pointed());
  paintPeaks(pen, owner);
  pen.move(0, picture.height + PEAKS);
  paintLegend(pen, owner);
}

/** Write below every column of maps the range of its colours. */
function paintPeaks(pen, { picture, look }) {
  picture.columns.forEach(({ kind, layer, x, y, height }, n) => {
    const peak = picture.peaks[n];
    if (kind !== "maps" || peak === null) return;
    const text = layer.signed ? `\u00b1${number(peak)}` : `0\u2013${number(peak)}`;
    pen.text(text, x, y + height + PEAKS / 2, [400, 10, look.font], look.quiet);
  });
}

/** Draw the colour scales in use, what gives them their ends, and the two colours of the edges. */
function paintLegend(pen, { picture, look, header, sum }) {
  const { heading, scaling, words } = header;
  const font = [400, 12, look.font];
  const y = 20;
  let x = 0;
  const write = (text, room) => {
    pen.text(text, x, y, font, look.ink);
    x += room;
  };
  for (const signed of new Set(picture.layers.map((layer) => layer.signed))) {
    const scale = picture.scaleOf({ signed });
    const ramp = new Tiles(scale.table.length, 1);
    ramp.pixels.set(scale.table);
    ramp.finish();
    write(signed ? "\u2212" : "0", 14);
    pen.image(ramp.surface, x, y - 6, PAPER.ramp, 12);
    pen.frame({ x, y: y - 6, width: PAPER.ramp, height: 12 }, look.quiet, 0.5);
    x += PAPER.ramp + 8;
    write(signed ? "+" : words.full, signed ? 24 : 100);
  }
  if (sum?.bias !== undefined) {
    EDGE_KINDS.forEach((kind, n) => {
      pen.area(x, y - 1.5, 20, 3, picture.scales.diverging.bars[n]);
      x += 26;
      write(words[kind], 90);
    });
  }
  pen.text(`${heading.scaling} ${heading[`scaling_${scaling}`]}`, 0, y + 18, [400, 11, look.font], look.quiet);
}
