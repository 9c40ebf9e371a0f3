// Fingers: where they are, two of them zooming about their centre, one that rests until it picks something up.
import { minuteAt, view, zoomTo } from "./view.js";

export const REST = 400, TREMBLE = 9, FAT = 8;

export class Fingers {
  constructor() {
    this.at = new Map();
    this.pinch = null;
    this.timer = 0;
  }

  down(event, spot) { if (event.pointerType === "touch") this.at.set(event.pointerId, spot); }

  up(event) {
    this.at.delete(event.pointerId);
    this.calm();
    if (this.at.size < 2) this.pinch = null;
  }

  // One finger that rests on something picks it up.
  rest(deed) {
    this.calm();
    this.timer = setTimeout(() => { this.timer = 0; deed(); }, REST);
  }

  calm() { clearTimeout(this.timer); this.timer = 0; }

  get two() { return this.at.size >= 2; }

  begin(top) {
    const { x, y, apart } = this.span();
    this.calm();
    this.pinch = { apart, minutes: view.minutes, fixed: minuteAt(x), deep: y + top };
  }

  // What lay between the fingers stays between them. Gives how far down the rows are then.
  zoomed() {
    const { x, y, apart } = this.span(), { pinch } = this;
    zoomTo((pinch.minutes * pinch.apart) / apart, pinch.fixed, x);
    return pinch.deep - y;
  }

  span() {
    const [a, b] = this.at.values();
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(20, Math.hypot(a.x - b.x, a.y - b.y)) };
  }
}
