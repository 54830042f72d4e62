// What of the picture is in sight: it scrolls in its frame and zooms around a point.

const LARGEST_ZOOM = 4;
const ZOOM_STEPS = [1, 1.5, 2, 3, LARGEST_ZOOM]; // of the buttons and keys; 1 shows the whole picture where it fits
const WHEEL = 0.0025; // how much a pixel of the wheel zooms, as a power of e
const WHEEL_LINE = 16; // pixels of a line, where a wheel counts lines
const SCROLL_BAR = 16; // CSS pixels, where it takes room
const AROUND = 8; // CSS pixels around a cell that is brought into sight

/** The frame, and in it a canvas as large as what is in sight, however large the picture is. */
class Viewport {
  zoom = 1;

  constructor(owner, parent) {
    this.owner = owner;
    this.frame = element("div", "ex-frame", parent);
    this.sheet = element("div", "", this.frame); // as large as the picture
    this.canvas = element("canvas", "ex-canvas", this.sheet);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.pen = new CanvasPen(this.canvas);
  }

  listen(signal) {
    const { frame } = this;
    const own = { signal, passive: false }; // the browser's zoom is put off
    frame.addEventListener("scroll", () => this.owner.paintPicture(), { signal });
    frame.addEventListener("wheel", (event) => this.wheel(event), own);
    for (const name of ["touchstart", "touchmove"]) frame.addEventListener(name, (event) => this.pinch(event), own);
    const observer = new ResizeObserver(() => this.owner.header && this.fit());
    observer.observe(frame);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Make room for the picture, at its size of now. */
  layOut() {
    const { width, height, whole } = this.owner.picture;
    Object.assign(this.sheet.style, { width: `${width}px`, height: `${height}px` });
    this.frame.style.setProperty("--ex-whole", `${whole.height + SCROLL_BAR}px`);
    this.fit();
  }

  /** Make the canvas as large as what is in sight. */
  fit() {
    const { picture } = this.owner;
    this.width = Math.min(this.frame.clientWidth, picture.width);
    this.height = Math.min(this.frame.clientHeight, picture.height);
    this.pen.resize(this.width, this.height);
    this.owner.paintPicture();
  }

  /** Return the point of the picture at the upper left, on a pixel of the screen. */
  origin() {
    const onPixel = (length) => Math.round(length * this.pen.ratio) / this.pen.ratio;
    return { x: onPixel(this.frame.scrollLeft), y: onPixel(this.frame.scrollTop) };
  }

  paint(look, pointed) {
    const { x, y } = this.origin();
    this.pen.begin(x, y);
    this.owner.picture.paint(this.pen, look, pointed, y);
  }

  /** Return the spot under the pointer, null where there is none. */
  spotUnder({ offsetX, offsetY }) {
    const { x, y } = this.origin();
    return offsetY < TOP ? null : spotAt(this.owner.picture.columns, { x: x + offsetX, y: y + offsetY });
  }

  columnOf({ layer }) {
    return this.owner.picture.columns[layer];
  }

  /** Return where a cell is in the picture. */
  placeOf(spot) {
    return placeOf(this.columnOf(spot), spot.map, spot.row, spot.column);
  }

  /** Scroll as far as it takes to have a cell in sight. */
  reveal(spot) {
    const { frame, width: wide, height: high } = this;
    const { x, y, width, height } = this.placeOf(spot);
    frame.scrollLeft = clamp(frame.scrollLeft, x + width + AROUND - wide, Math.max(0, x - AROUND));
    frame.scrollTop = clamp(frame.scrollTop, y + height + AROUND - high, Math.max(0, y - TOP - AROUND));
  }

  /** Zoom around a point of the canvas: what is there stays there. */
  zoomTo(zoom, point = this.middle()) {
    const next = clamp(zoom, 1, LARGEST_ZOOM);
    if (next === this.zoom) return;
    this.zoom = next;
    const { picture } = this.owner;
    const { x, y } = this.origin();
    const before = picture.columns;
    picture.zoom(next);
    const to = movedPoint(before, picture.columns, { x: x + point.x, y: y + point.y });
    this.layOut();
    this.frame.scrollLeft = to.x - point.x;
    this.frame.scrollTop = to.y - point.y;
    this.owner.paintPicture();
    this.owner.zoomed();
  }

  /** Zoom a step in (1) or out (-1), around a spot that is pointed at. */
  step(direction, spot) {
    const nearer = ZOOM_STEPS.filter((step) => direction * (step - this.zoom) > 0);
    this.zoomTo(direction > 0 ? Math.min(...nearer, LARGEST_ZOOM) : Math.max(...nearer, 1), this.pointOf(spot));
  }

  /** Return where a spot is on the canvas, the middle where it is out of sight or there is none. */
  pointOf(spot) {
    if (!spot) return undefined;
    const origin = this.origin();
    const { x, y, width, height } = this.placeOf(spot);
    const point = { x: x + width / 2 - origin.x, y: y + height / 2 - origin.y };
    const isInside = point.x >= 0 && point.x <= this.width && point.y >= 0 && point.y <= this.height;
    return isInside ? point : undefined;
  }

  middle() {
    return { x: this.width / 2, y: this.height / 2 };
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // it scrolls; a pinch on a touch pad comes with Ctrl
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE : 1);
    this.zoomTo(this.zoom * Math.exp(-WHEEL * pixels), this.pointUnder(event));
  }

  /** Zoom as two fingers move apart; one finger scrolls as ever. */
  pinch(event) {
    if (event.targetTouches.length !== 2) return;
    event.preventDefault();
    const [a, b] = event.targetTouches;
    const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    if (event.type === "touchstart") this.pinched = { apart, zoom: this.zoom };
    const between = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
    this.zoomTo((this.pinched.zoom * apart) / this.pinched.apart, this.pointUnder(between));
  }

  pointUnder({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

/** The buttons to zoom with. */
class ZoomButtons {
  constructor(owner, parent) {
    this.root = element("span", "ex-zoom", parent);
    this.root.setAttribute("role", "group");
    const { viewport } = owner;
    this.out = button(this.root, () => viewport.step(-1, owner.spot));
    this.whole = button(this.root, () => viewport.zoomTo(1));
    this.in = button(this.root, () => viewport.step(1, owner.spot));
    setText(this.out, "\u2212");
    setText(this.in, "+");
  }

  write(words, zoom) {
    const percent = Math.round(100 * zoom);
    this.root.ariaLabel = words.zoom;
    this.out.ariaLabel = words.zoom_out;
    this.whole.ariaLabel = fill(words.zoom_whole, { percent });
    this.in.ariaLabel = words.zoom_in;
    setText(this.whole, `${percent} %`);
  }
}
