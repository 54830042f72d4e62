// What the picture is painted with: on a canvas, or as the elements of an SVG.
// A font is [weight, CSS pixels, family]; texts stand on the middle of their line.

/** Return how many of the screen's pixels a CSS pixel of a node takes; a presentation is enlarged. */
function pixelRatio(node) {
  return window.devicePixelRatio * (node.currentCSSZoom ?? 1);
}

class CanvasPen {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  /** Make the canvas so large, in CSS pixels. */
  resize(width, height, ratio = pixelRatio(this.canvas)) {
    this.ratio = ratio;
    const [wide, high] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) Object.assign(this.canvas, { width: wide, height: high });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
  }

  /** Begin anew, with a point of the picture at the upper left. */
  begin(left = 0, top = 0) {
    const { pen, canvas, ratio } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
    pen.imageSmoothingEnabled = false;
    pen.textBaseline = "middle";
  }

  /** Move the origin of all that follows. */
  move(x, y) {
    this.pen.translate(x, y);
  }

  text(text, x, y, [weight, size, family], colour, align = "left") {
    Object.assign(this.pen, { font: `${weight} ${size}px ${family}`, fillStyle: colour, textAlign: align });
    this.pen.fillText(text, x, y);
  }

  image(surface, x, y, width, height) {
    this.pen.drawImage(surface, x, y, width, height);
  }

  area(x, y, width, height, colour) {
    this.pen.fillStyle = colour;
    this.pen.fillRect(x, y, width, height);
  }

  /** Draw the outside edge of a rectangle. */
  frame({ x, y, width, height }, colour, thickness) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = thickness;
    this.pen.strokeRect(x - thickness / 2, y - thickness / 2, width + thickness, height + thickness);
  }

  /** Draw a curve from one side to another that begins and ends level. */
  curve([x1, y1], [x2, y2], colour, thickness, opacity) {
    const { pen } = this;
    const middle = (x1 + x2) / 2;
    pen.strokeStyle = colour;
    pen.lineWidth = thickness;
    pen.globalAlpha = opacity;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(middle, y1, middle, y2, x2, y2);
    pen.stroke();
    pen.globalAlpha = 1;
  }
}

const SVG = "http://www.w3.org/2000/svg";
const ALIGNS = { left: "start", right: "end", center: "middle" };

class SvgPen {
  constructor(width, height, title) {
    const size = { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" };
    this.root = this.group = this.add("svg", size, null);
    this.add("title", {}).textContent = title;
  }

  add(name, attributes, parent = this.group) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
      node.setAttribute(key, typeof value === "number" ? +value.toFixed(2) : value);
    }
    parent?.append(node);
    return node;
  }

  move(x, y) {
    this.group = this.add("g", { transform: `translate(${x} ${y})` });
  }

  text(text, x, y, [weight, size, family], colour, align = "left") {
    const font = { "font-family": family, "font-size": size, "font-weight": weight };
    this.add("text", { x, y, dy: "0.35em", fill: colour, "text-anchor": ALIGNS[align], ...font }).textContent = text;
  }

  image(surface, x, y, width, height) {
    const style = "image-rendering: pixelated";
    this.add("image", { x, y, width, height, href: surface.toDataURL(), preserveAspectRatio: "none", style });
  }

  area(x, y, width, height, colour) {
    this.add("rect", { x, y, width, height, fill: colour });
  }

  frame({ x, y, width, height }, colour, thickness) {
    const [half, line] = [thickness / 2, { fill: "none", stroke: colour, "stroke-width": thickness }];
    this.add("rect", { x: x - half, y: y - half, width: width + thickness, height: height + thickness, ...line });
  }

  curve([x1, y1], [x2, y2], colour, thickness, opacity) {
    const middle = (x1 + x2) / 2;
    const d = `M${[x1, y1]}C${[middle, y1, middle, y2, x2, y2].map((at) => +at.toFixed(2))}`;
    this.add("path", { d, fill: "none", stroke: colour, "stroke-width": thickness, "stroke-opacity": opacity });
  }
}
