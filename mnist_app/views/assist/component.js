// What every page has for people without a mouse or without sight; it works on what other components show.

const DRAWING = `${CANVAS} [data-testid=stBidiComponentIsolated]`; // the drawable canvas's host

const assists = new WeakMap(); // parentElement -> Assist

function show({ data, parentElement }) {
  if (!data) return undefined;
  const assist = assists.get(parentElement) ?? new Assist(parentElement);
  assists.set(parentElement, assist);
  assist.update(JSON.parse(new TextDecoder().decode(data)));
  return () => {
    assist.remove();
    assists.delete(parentElement);
  };
}

class Assist {
  constructor(parent) {
    this.root = element("div", "", parent);
    this.announcer = new Announcer(this.root);
    this.observer = new MutationObserver(() => this.wake());
    this.patience = new Patience();
    this.watch(document.body);
  }

  remove() {
    this.observer.disconnect();
    cancelAnimationFrame(this.waking);
    this.patience.remove();
    this.root.remove();
  }

  update(content) {
    this.content = content;
    this.pen?.write(content);
    this.wake();
  }

  watch(node) {
    this.observer.observe(node, { childList: true, subtree: true });
  }

  /** Look once a frame, however much changes. */
  wake() {
    this.waking ??= requestAnimationFrame(() => {
      this.waking = undefined;
      this.announcer.look();
      this.equip();
    });
  }

  /** Give the canvas a pen for the keys when there is one without. */
  equip() {
    const shadow = document.querySelector(DRAWING)?.shadowRoot;
    if (!shadow) return;
    if (shadow !== this.shadow) this.watch(shadow); // the canvas comes after its host
    this.shadow = shadow;
    const canvas = shadow.querySelector("canvas.upper-canvas");
    if (!canvas || canvas === this.pen?.canvas) return;
    this.pen = new Pen(canvas, (text) => this.announcer.say(text));
    this.pen.write(this.content);
  }
}
