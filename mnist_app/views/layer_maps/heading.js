// The heading of a component that shows layers.

/** What stands above all layers: a title, and the choice of what shares a colour scale. */
class Heading {
  constructor(owner) {
    this.owner = owner;
  }

  render({ heading, scaling, scalings }) {
    if (!this.texts) this.build(scalings);
    for (const [name, node] of Object.entries(this.texts)) setText(node, heading[name]);
    for (const [name, link] of Object.entries(this.links)) tellAbout(link, heading[name]);
    for (const [name, node] of Object.entries(this.hints)) node.ariaLabel = heading[name];
    this.choice.ariaLabel = heading.scaling;
    for (const { value, input } of this.buttons) input.checked = value === scaling;
  }

  build(scalings) {
    const { owner } = this;
    const top = element("div", "lm-top");
    owner.root.prepend(top);
    const title = element("h3", "lm-topic", top);
    this.texts = { title: element("span", "", title) };
    this.hints = { help: hint(title, owner) };
    this.links = { about: aboutLink(title) };
    this.choice = element("div", "lm-choice", top);
    this.choice.setAttribute("role", "radiogroup");
    const name = element("span", "lm-detail", this.choice);
    this.texts.scaling = element("span", "", name);
    this.hints.scaling_help = hint(name, owner);
    this.links.scaling_about = aboutLink(name);
    this.buttons = segmented(this.choice, "lm-scaling", scalings, (scaling) => owner.rescale(scaling));
    for (const { value, text } of this.buttons) this.texts[`scaling_${value}`] = text;
  }
}

/** Make a question mark that explains itself when it is pointed at or has the focus. */
function hint(parent, owner) {
  const node = element("button", "lm-hint", parent, "?");
  node.type = "button";
  node.onpointerenter = node.onfocus = node.onclick = () => owner.explain(node, node.ariaLabel);
  node.onpointerleave = node.onblur = () => owner.explain(node, null);
  return node;
}

/** Make a link to a paragraph about something, in a tab of its own. */
function aboutLink(parent) {
  return Object.assign(element("a", "lm-about", parent), { target: "_blank", rel: "noopener" });
}

/** Let a link open the paragraph that the page names. */
function tellAbout(link, { sign, title, address }) {
  setText(link, sign);
  link.title = link.ariaLabel = title;
  link.href = address;
}
