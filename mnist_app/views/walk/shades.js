// Numbers as cells of a grid show them, and as people type them.

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:\/(\d+))?$/;

/** Write a whole number as it is and any other with three significant digits. */
function short(value) {
  const rounded = Math.round(value * 1e5) / 1e5;
  return Number.isInteger(rounded) ? String(rounded).replace("-", "\u2212") : number(value);
}

/** Return the number that is written, such as -1, 0.5 or 1/9; NaN where there is none. */
function parsed(text) {
  const match = NUMBER.exec(text.trim().replace("\u2212", "-"));
  return !match || Number(match[2]) === 0 ? NaN : Number(match[1]) / Number(match[2] ?? 1);
}
