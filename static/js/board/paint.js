// The colours of the page for the canvas, and patterns that tell states apart without colour.
import { BLOCKED, HELD, PAUSED, READY, RUNNING } from "./data.js";

const NAMES = ["paper", "surface", "sunk", "line", "line-strong", "ink", "muted", "accent", "accent-ink", "link", "hover", "chosen",
  "info-bg", "info-fg", "warn-bg", "warn-fg", "bad-bg", "bad-fg", "good-bg", "good-fg", "danger", "active-bg", "active-fg"];

function tile(size, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  draw(canvas.getContext("2d"), size);
  return canvas;
}

function stripes(ground, ink, width, size = 8) {
  return tile(size, (pen) => {
    if (ground) { pen.fillStyle = ground; pen.fillRect(0, 0, size, size); }
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.beginPath();
    for (const at of [-size, 0, size]) { pen.moveTo(at - 1, size + 1); pen.lineTo(at + size + 1, -1); }
    pen.stroke();
  });
}

function dots(ground, ink) {
  return tile(6, (pen) => {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 6, 6);
    pen.fillStyle = ink;
    pen.beginPath();
    pen.arc(3, 3, 1, 0, 7);
    pen.fill();
  });
}

export function readPaint(pen) {
  const styles = getComputedStyle(document.documentElement), paint = {};
  for (const name of NAMES) paint[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = styles.getPropertyValue(`--${name}`).trim();
  const pattern = (picture) => pen.createPattern(picture, "repeat");
  paint.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  paint.small = `11px ${getComputedStyle(document.body).fontFamily}`;
  paint.strong = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  pen.font = paint.font;
  paint.widths = Float32Array.from({ length: 128 }, (_, code) => pen.measureText(String.fromCharCode(Math.max(32, code))).width);
  paint.down = pattern(stripes(paint.badBg, paint.badFg, 1.5, 9));
  paint.heldBand = pattern(stripes(paint.surface, paint.infoFg, 1, 7));
  // By status: ground, frame, ink, width of the frame.
  paint.states = [];
  paint.states[0] = [paint.infoBg, paint.infoFg, paint.infoFg, 1];
  paint.states[BLOCKED] = [pattern(stripes(paint.warnBg, mixed(paint.warnFg), 1.5)), paint.warnFg, paint.warnFg, 1];
  paint.states[READY] = [paint.infoBg, paint.infoFg, paint.infoFg, 2];
  paint.states[RUNNING] = [paint.accent, paint.accent, paint.accentInk, 1];
  paint.states[PAUSED] = [pattern(dots(paint.warnBg, paint.warnFg)), paint.warnFg, paint.warnFg, 1];
  paint.states[HELD] = [pattern(stripes(paint.surface, mixed(paint.infoFg), 1.5)), paint.infoFg, paint.infoFg, 1];
  paint.grounds = [paint.infoBg, paint.warnBg, paint.infoBg, paint.accent, paint.warnBg, paint.surface];
  return paint;
}

const mixed = (colour) => (colour.startsWith("#") && colour.length === 7 ? `${colour}66` : colour);
