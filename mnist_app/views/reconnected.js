// Has the page run when the browser has connected anew: its server may be another one, which knows nothing of it yet.

const STATE = "data-test-connection-state"; // of Streamlit's root
const CONNECTED = "CONNECTED";

const watched = new WeakMap(); // parentElement -> what to call

function show({ parentElement, setTriggerValue }) {
  if (watched.has(parentElement)) {
    watched.get(parentElement).again = setTriggerValue; // the newest one
    return undefined;
  }
  const root = document.querySelector(`[${STATE}]`);
  if (!root) return undefined;
  const calls = { again: setTriggerValue };
  watched.set(parentElement, calls);
  let before = root.getAttribute(STATE);
  const observer = new MutationObserver(() => {
    const now = root.getAttribute(STATE);
    if (now === CONNECTED && before !== CONNECTED) calls.again("again", true);
    before = now;
  });
  observer.observe(root, { attributeFilter: [STATE] });
  return () => {
    observer.disconnect();
    watched.delete(parentElement);
  };
}
