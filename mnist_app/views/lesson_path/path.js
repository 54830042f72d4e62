// The lessons in their order, each a button, with the marks that this browser keeps.

const KEPT = "digit-lab-lessons";
const WIDE = 640; // pixels: below, Streamlit's columns stand below each other

function show({ data, parentElement, setTriggerValue }) {
  if (!data) return;
  const root = parentElement.querySelector(".lp-root") ?? made(parentElement);
  const { lessons, chosen, answered, words, colours } = JSON.parse(new TextDecoder().decode(data));
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--lp-${name}`, colour);
  if (root.chosen !== undefined && root.chosen !== chosen) root.scrollIntoView({ block: "start" });
  root.chosen = chosen;
  const marks = kept();
  // What once came out as expected stays so.
  for (const [key, expected] of Object.entries(answered)) marks[key] = marks[key] || expected;
  keep(marks);
  const known = lessons.filter(([key]) => key in marks).length;
  root.nav.ariaLabel = words.lessons;
  root.summary.textContent = fill(words.progress, { done: known, count: lessons.length });
  root.list.replaceChildren(
    ...lessons.map(([key, title], place) => {
      const item = element("li", "lp-item");
      const button = element("button", "lp-button", item);
      button.type = "button";
      if (key === chosen) button.ariaCurrent = "step";
      mark(button, marks[key], place, words);
      element("span", "lp-title", button, title);
      button.onclick = () => {
        if (innerWidth < WIDE) root.details.open = false;
        setTriggerValue("opened", { lesson: key });
      };
      return item;
    }),
  );
  root.forget.textContent = words.forget;
  root.forget.hidden = !known;
  root.forget.onclick = () => {
    keep({});
    setTriggerValue("forgotten", { all: true });
  };
}

function made(parent) {
  const root = element("div", "lp-root", parent);
  root.nav = element("nav", "", root);
  root.details = element("details", "lp-details", root.nav);
  root.details.open = innerWidth >= WIDE;
  root.summary = element("summary", "lp-summary", root.details);
  root.list = element("ol", "lp-list", root.details);
  root.forget = element("button", "lp-forget", root.details);
  root.forget.type = "button";
  return root;
}

/** Put a lesson's number, or what came out, before its title. */
function mark(button, expected, place, words) {
  const sign = element("span", "lp-mark", button, expected === undefined ? `${place + 1}` : expected ? "\u2713" : "\u2717");
  if (expected === undefined) return;
  sign.classList.add(expected ? "lp-right" : "lp-wrong");
  sign.role = "img";
  sign.ariaLabel = sign.title = expected ? words.done : words.tried;
}

/** Return the marks by lesson: true (as expected) or false; a browser that keeps nothing has none. */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT));
    return Object.fromEntries(Object.entries(found ?? {}).filter(([, value]) => typeof value === "boolean"));
  } catch {
    return {};
  }
}

function keep(marks) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(marks));
  } catch {
    // A browser that keeps nothing shows the marks until the page is left.
  }
}
