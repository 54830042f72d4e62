// Numbers as cells of a grid show them.

/** Write a whole number as it is and any other with three significant digits. */
function short(value) {
  const rounded = Math.round(value * 1e5) / 1e5;
  return Number.isInteger(rounded) ? String(rounded).replace("-", "\u2212") : number(value);
}
