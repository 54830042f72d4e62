// Numbers and colours as cells of a grid show them.

/** Write a whole number as it is and any other with three significant digits. */
function short(value) {
  const rounded = Math.round(value * 1e5) / 1e5;
  return Number.isInteger(rounded) ? String(rounded).replace("-", "\u2212") : number(value);
}

function css(colour) {
  return `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
}

function bright(colour) {
  return 0.299 * (colour & 255) + 0.587 * ((colour >> 8) & 255) + 0.114 * ((colour >> 16) & 255) > 140;
}
