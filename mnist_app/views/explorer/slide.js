// Lets the window slide over the map, cell by cell.

const SLIDE = 250; // ms a cell

class Slide {
  timer = null;

  constructor(owner) {
    this.owner = owner;
  }

  get isOn() {
    return this.timer !== null;
  }

  toggle() {
    if (this.isOn) this.stop();
    else this.timer = setInterval(() => this.next(), SLIDE);
    this.owner.paint();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  /** Go to the next cell of the map, row by row. */
  next() {
    const { layers, spot } = this.owner;
    const [height, width] = layers[spot.layer].shape;
    const next = (spot.row * width + spot.column + 1) % (height * width);
    this.owner.moveTo({ row: Math.floor(next / width), column: next % width });
  }
}
