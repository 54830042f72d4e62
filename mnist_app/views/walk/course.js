// Where a walk stands: which window is shown, which outputs are known, what was guessed.

const FILLED_FROM = 101; // so many windows and more: the output is there from the beginning
const TOLERANCE = 0.005; // of a guess, for people who round

class Course {
  values = []; // the output, row by row
  at = -1; // the window shown; -1: none yet
  reach = 0; // so many outputs are known
  guessing = false;
  score = { right: 0, asked: 0 };

  get count() {
    return this.values.length;
  }

  get isOver() {
    return this.at >= this.count - 1;
  }

  /** Tell whether the value of the window shown is to be guessed. */
  get isAsked() {
    return this.guessing && this.at >= Math.max(0, this.reach);
  }

  /** Go to before the first window, with so many outputs known. */
  begin(reach = this.guessing || this.count < FILLED_FROM ? 0 : this.count) {
    Object.assign(this, { at: -1, reach, score: { right: 0, asked: 0 } });
    if (this.guessing) this.step();
  }

  setGuessing(on) {
    if (on === this.guessing) return;
    this.guessing = on;
    this.begin();
  }

  /** Go to the next window, unless the value of this one is to be guessed first. */
  step() {
    if (!this.isAsked) this.jump(Math.min(this.at + 1, this.count - 1));
  }

  /** Go to a window, and tell whether one may. */
  jump(at) {
    if (at < 0 || at >= this.count || (this.guessing && at > this.reach)) return false;
    this.at = at;
    if (!this.guessing) this.reach = Math.max(this.reach, at + 1);
    return true;
  }

  /** Tell whether a guess of the value that is asked is right; from now on it is known. */
  judge(guess) {
    const value = this.values[this.at];
    const isRight = Math.abs(guess - value) <= Math.max(TOLERANCE, TOLERANCE * Math.abs(value));
    this.score.asked += 1;
    this.score.right += isRight ? 1 : 0;
    this.reach = this.at + 1;
    return isRight;
  }
}
