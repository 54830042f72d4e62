// Small digits side by side, each a button; all pictures come as one. One button
// is in the tab order, the arrow keys go from there to the others.

function show({ data, parentElement, setTriggerValue }) {
  if (!data) return;
  const root = parentElement.querySelector(".dg-root") ?? element("ul", "dg-root", parentElement);
  const content = new TextDecoder().decode(data);
  const { picture, items, chosen, reveal, colours } = JSON.parse(content);
  root.open = (place) => {
    move(root, place);
    if (reveal) document.querySelector(reveal)?.scrollIntoView({ block: "nearest" });
    setTriggerValue("opened", { index: items[place].index });
  };
  root.onkeydown = (event) => press(root, event);
  if (root.content === content) return; // a button keeps its focus
  root.content = content;
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--dg-${name}`, colour);
  root.style.setProperty("--dg-picture", `url(data:image/png;base64,${picture})`);
  root.style.setProperty("--dg-count", items.length);
  root.classList.toggle("dg-dense", items.every(({ detail }) => !detail));
  const hadFocus = root.contains(root.getRootNode().activeElement);
  root.replaceChildren(...items.map((item, place) => specimen(root, item, place, chosen)));
  move(root, Math.min(root.place ?? 0, items.length - 1), hadFocus);
}

/** Return a list item with the picture in this place of all, its mark and its lines. */
function specimen(root, { index, caption, detail, alt, right }, place, chosen) {
  const item = element("li", "dg-item");
  const button = element("button", "dg-button", item);
  button.type = "button";
  button.title = button.ariaLabel = alt;
  if (chosen !== null) button.ariaPressed = index === chosen;
  button.onclick = () => root.open(place);
  element("span", "dg-picture", button).style.setProperty("--dg-place", place);
  const line = element("span", "dg-caption", button);
  if (right !== null) element("span", right ? "dg-right" : "dg-wrong", line, right ? "\u2713 " : "\u2717 ");
  line.append(caption);
  if (detail) element("span", "dg-detail", button, detail);
  return item;
}

/** Let one button be the one in the tab order. */
function move(root, place, focuses = false) {
  const buttons = root.querySelectorAll(".dg-button");
  buttons.forEach((button, i) => (button.tabIndex = i === place ? 0 : -1));
  root.place = place;
  if (focuses) buttons[place].focus({ preventScroll: true });
}

function press(root, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const columns = getComputedStyle(root).gridTemplateColumns.split(" ").length;
  const last = root.children.length - 1;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -root.place, End: last - root.place };
  const place = root.place + steps[event.key];
  if (Number.isNaN(place)) return;
  event.preventDefault();
  if (place < 0 || place > last) return;
  move(root, place, true);
  root.children[place].scrollIntoView({ block: "nearest" });
}
