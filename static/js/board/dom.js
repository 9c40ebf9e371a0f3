// Small helpers for what stands beside the canvas.
export const at = (id) => document.getElementById(id);

export function h(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (name === "class") node.className = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const icons = at("board-icons").content;
export const icon = (name) => icons.querySelector(`[data-icon="${name}"]`).firstElementChild.cloneNode(true);
export const button = (verb, sign, onclick, style = "btn btn-sm") => h("button", { type: "button", class: style, onclick }, sign ? icon(sign) : null, verb);

const line = at("board-say");
export function say(text) { line.textContent = text; }

// A message of the page's own kind, with an act beside it.
export function notice(text, tint, act) {
  const card = at("board-notice");
  card.className = `board-notice is-${tint}`;
  const close = h("button", { type: "button", class: "icon-btn", "aria-label": "Dismiss message", onclick: () => { card.hidden = true; } }, icon("x"));
  card.replaceChildren(icon(tint === "bad" ? "alert-circle" : tint === "warn" ? "alert-triangle" : "circle-check"), h("p", {}, text), ...(act ? [act] : []), close);
  card.hidden = false;
}

export function unnotice() { at("board-notice").hidden = true; }
