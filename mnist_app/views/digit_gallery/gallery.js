// Small digits side by side, each a button; all pictures come as one.

export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return;
  const root = parentElement.querySelector(".dg-root") ?? element("ul", "dg-root", parentElement);
  root.open = (index) => setTriggerValue("opened", { index });
  const content = new TextDecoder().decode(data);
  if (root.content === content) return; // a button keeps its focus
  root.content = content;
  const { picture, items, colours } = JSON.parse(content);
  for (const name of ["right", "wrong"]) root.style.setProperty(`--dg-${name}`, colours[name]);
  root.style.setProperty("--dg-picture", `url(data:image/png;base64,${picture})`);
  root.style.setProperty("--dg-count", items.length);
  root.replaceChildren(...items.map((item, place) => specimen(root, item, place)));
}

/** Return a list item with the picture in this place of all, its mark and its lines. */
function specimen(root, { index, caption, detail, alt, right }, place) {
  const item = element("li", "dg-item");
  const button = element("button", "dg-button", item);
  button.type = "button";
  button.title = button.ariaLabel = alt;
  button.onclick = () => root.open(index);
  element("span", "dg-picture", button).style.setProperty("--dg-place", place);
  const line = element("span", "dg-caption", button);
  element("span", right ? "dg-right" : "dg-wrong", line, right ? "\u2713" : "\u2717");
  line.append(` ${caption}`);
  if (detail) element("span", "dg-detail", button, detail);
  return item;
}
