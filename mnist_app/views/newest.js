// Has the newest update of a component stay: each component's script has a `show`, which this calls.
//
// Streamlit calls a component once an update. The updates that come while its script is still loading reach
// it in any order (Chromium keeps no order between imports of the same script), and what an outdated one
// returns is called at once, as if the component were gone. Without this the older update would stay.

const states = new WeakMap(); // parentElement -> {updates, remove}: those that may still be the newest, oldest first

export default function (update) {
  const { parentElement } = update;
  const state = states.get(parentElement) ?? { updates: [] };
  states.set(parentElement, state);
  const { updates } = state;
  updates.push(update);
  state.remove = show(update) ?? state.remove;
  // An update that is not taken back at once is here to stay: what came before it is of no use any more.
  setTimeout(() => updates.splice(0, updates.indexOf(update)));
  return () => {
    const place = updates.indexOf(update);
    if (place < 0) return;
    updates.splice(place, 1);
    if (!updates.length || !parentElement.isConnected) state.remove?.();
    else if (place === updates.length) state.remove = show(updates.at(-1)) ?? state.remove;
  };
}
