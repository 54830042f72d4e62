// The keyboard on the picture.

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }; // rows down, columns across
const FIRST = { layer: 0, map: 0, row: 0, column: 0 };
const ZOOM_KEYS = {
  "+": (viewport, spot) => viewport.step(1, spot),
  "=": (viewport, spot) => viewport.step(1, spot), // the same key without Shift
  "-": (viewport, spot) => viewport.step(-1, spot),
  0: (viewport, spot) => viewport.zoomTo(1, viewport.pointOf(spot)),
};

/** Do what a key means on the picture: walk, zoom, open or close. */
function press(owner, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const { viewport, layers } = owner;
  const { key } = event;
  const spot = owner.spot ?? FIRST;
  if (ZOOM_KEYS[key]) {
    ZOOM_KEYS[key](viewport, owner.spot);
    event.preventDefault();
    return;
  }
  if (KEYS[key]) owner.point(walked(viewport.columnOf(spot), spot, KEYS[key]));
  else if (key === "Tab") {
    const layer = spot.layer + (event.shiftKey ? -1 : 1);
    if (layer < 0 || layer >= layers.length) return; // on to what comes after the picture
    owner.point({ ...FIRST, layer });
  } else if (key === "Enter" || key === " ") owner.open(true);
  else if (key === "Escape") owner.open(false);
  else return;
  event.preventDefault();
  owner.speak();
}

/** Return the cell beside another; at a map's edge it is one of the map beside. */
function walked({ layer, rows }, spot, [down, across]) {
  const [height, width, count] = layer.shape;
  const [row, column] = [spot.row + down, spot.column + across];
  if (row >= 0 && row < height && column >= 0 && column < width) return { ...spot, row, column };
  const map = spot.map + down + across * rows;
  if (map < 0 || map >= count) return spot;
  return { ...spot, map, row: (row + height) % height, column: (column + width) % width };
}
