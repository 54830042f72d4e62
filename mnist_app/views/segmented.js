// A row of buttons of which one is pressed, as radio buttons; segmented.css draws it.

/** Make the buttons and return, for each value, its {value, input, text}: the nodes to check and to write on. */
function segmented(parent, name, values, onchoose) {
  const buttons = element("span", "sg-buttons", parent);
  return values.map((value) => {
    const label = element("label", "", buttons);
    const input = Object.assign(element("input", "", label), { type: "radio", name, onchange: () => onchoose(value) });
    return { value, input, text: element("span", "", label) };
  });
}
