// A link to what is seen, to be copied. What the browser alone knows, the other components add when they are asked.

const ASKED = "digit-lab-link"; // the event's name, in explorer/share.js and layer_maps/component.js too

const roots = new WeakMap(); // parentElement -> the nodes below it

function show({ data, parentElement }) {
  if (!data) return;
  const { pieces, words } = JSON.parse(new TextDecoder().decode(data));
  const nodes = roots.get(parentElement) ?? built(parentElement);
  roots.set(parentElement, nodes);
  const { field, button, told } = nodes;
  field.value = linkTo(pieces);
  field.ariaLabel = words.link;
  button.textContent = words.copy;
  told.textContent = "";
  button.onclick = async () => {
    field.value = linkTo(pieces); // what was changed meanwhile is in it
    told.textContent = (await copied(field)) ? words.copied : words.select;
  };
}

/** Return the address of this page with the pieces of a link. */
function linkTo(pieces) {
  const parts = new URLSearchParams(pieces);
  document.dispatchEvent(new CustomEvent(ASKED, { detail: parts }));
  return `${location.origin}${location.pathname}?${parts}`;
}

/** Copy the field's text; return whether that could be done, else it is selected. */
async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // an address without https has no clipboard
  }
}

function built(parent) {
  const root = document.createElement("div");
  root.className = "sl-root";
  const field = Object.assign(document.createElement("textarea"), { className: "sl-field", readOnly: true, rows: 3 });
  field.onfocus = () => field.select();
  const button = Object.assign(document.createElement("button"), { className: "sl-copy", type: "button" });
  const told = Object.assign(document.createElement("span"), { className: "sl-told" });
  told.setAttribute("role", "status");
  root.append(field, button, told);
  parent.append(root);
  return { field, button, told };
}
