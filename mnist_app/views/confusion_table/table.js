// A confusion matrix as a table of buttons. The arrow keys go from cell to cell.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const FULL = 68; // percent of a colour in its fullest cell; the number on it must be read

const tables = new WeakMap(); // parentElement -> ConfusionTable

function show({ data, parentElement, setTriggerValue }) {
  if (!data) return undefined;
  const table = tables.get(parentElement) ?? new ConfusionTable(parentElement);
  tables.set(parentElement, table);
  table.update(JSON.parse(new TextDecoder().decode(data)), setTriggerValue);
  return () => {
    table.root.remove();
    tables.delete(parentElement);
  };
}

class ConfusionTable {
  cells = []; // rows of buttons

  constructor(parent) {
    this.root = element("div", "cf-root", parent);
    this.table = element("table", "cf-table", this.root);
    this.title = element("caption", "cf-title", this.table);
    const columns = element("colgroup", "", this.table); // the others share what is left
    for (const width of ["1.25rem", "1.25rem"]) element("col", "", columns).style.width = width;
    const head = element("thead", "", this.table);
    const axis = element("tr", "", head);
    element("td", "", axis).colSpan = 2;
    this.readAs = element("th", "cf-axis", axis);
    this.heads = element("tr", "", head);
    element("td", "", this.heads).colSpan = 2;
    this.body = element("tbody", "", this.table);
    this.label = element("th", "cf-axis cf-upright");
    this.labelText = element("span", "", this.label);
    this.body.onkeydown = (event) => this.step(event);
    const legend = element("div", "cf-legend", this.root);
    this.scales = ["right", "wrong"].map((kind) => {
      const scale = element("div", "cf-scale", legend);
      const [name, low] = [element("span", "", scale), element("span", "", scale)];
      element("span", `cf-ramp cf-${kind}`, scale);
      return { name, low, high: element("span", "", scale) };
    });
  }

  update({ counts, chosen, words, colours }, setTriggerValue) {
    this.setTriggerValue = setTriggerValue;
    for (const [name, colour] of Object.entries(colours)) this.root.style.setProperty(`--cf-${name}`, colour);
    if (this.cells.length !== counts.length) this.make(counts.length);
    setText(this.title, words.title);
    setText(this.readAs, words.read_as);
    setText(this.labelText, words.label);
    const most = Math.max(1, ...counts.flatMap((row, label) => row.filter((_, digit) => digit !== label)));
    this.legend(words, most);
    counts.forEach((row, label) => {
      const all = row.reduce((sum, count) => sum + count, 0) || 1;
      row.forEach((count, digit) => {
        const button = this.cells[label][digit];
        const right = label === digit;
        // Mistakes are few: on an even scale most of them would be as pale as none.
        const strength = right ? count / all : Math.sqrt(count / most);
        setText(button, String(count));
        button.className = `cf-cell cf-${right ? "right" : "wrong"}${count ? "" : " cf-none"}`;
        button.style.setProperty("--cf-strength", `${FULL * strength}%`);
        button.setAttribute("aria-disabled", !count);
        button.setAttribute("aria-pressed", chosen?.[0] === label && chosen[1] === digit);
        button.title = button.ariaLabel = fill(words[right ? "cell_right" : "cell_wrong"], { label, digit, count });
        button.onclick = () => count && this.setTriggerValue("clicked", { label, digit });
      });
    });
  }

  make(size) {
    const digits = [...Array(size).keys()];
    this.readAs.colSpan = size;
    this.readAs.scope = "colgroup";
    this.label.rowSpan = size;
    this.label.scope = "rowgroup";
    for (const digit of digits) element("th", "cf-head", this.heads, digit).scope = "col";
    this.cells = digits.map((label) => {
      const row = element("tr", "", this.body);
      if (!label) row.append(this.label);
      element("th", "cf-head", row, label).scope = "row";
      return digits.map((digit) => {
        const button = element("button", "", element("td", "", row));
        button.type = "button";
        button.tabIndex = label || digit ? -1 : 0;
        return button;
      });
    });
  }

  legend(words, most) {
    const ends = [["0 %", "100 %"], ["0", String(most)]];
    this.scales.forEach(({ name, low, high }, i) => {
      setText(name, [words.scale_right, words.scale_wrong][i]);
      setText(low, ends[i][0]);
      setText(high, ends[i][1]);
    });
  }

  /** Move the focus to a neighbouring cell. */
  step(event) {
    const move = STEPS[event.key];
    const label = this.cells.findIndex((row) => row.includes(event.target));
    if (!move || label < 0) return;
    event.preventDefault();
    const [row, column] = [label + move[0], this.cells[label].indexOf(event.target) + move[1]];
    const next = this.cells[row]?.[column];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
