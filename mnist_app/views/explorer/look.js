// The page's theme as the picture needs it: asked for once, for it stays as it is while one draws.

/** Return the two colour scales of the page's theme. */
function scalesOf(root, colours) {
  const { sequential, diverging } = colours[isDark(root) ? "dark" : "light"];
  return {
    sequential: scale(sequential, 4, 4, themeColour(root, "secondary-background")),
    diverging: scale(diverging, 1, 5, themeColour(root, "background")),
  };
}

/** Return the colours and fonts of texts and frames. */
function lookOf(root, { selected }) {
  const style = getComputedStyle(root);
  const [code, quiet] = ["--st-code-font", "--lm-quiet"].map((name) => style.getPropertyValue(name).trim());
  return { ink: style.color, quiet, background: themeColour(root, "background"), font: style.fontFamily, code, selected };
}
