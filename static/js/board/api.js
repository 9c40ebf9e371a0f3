// Changes go to the server as JSON; what it refuses comes back in words.
const root = document.getElementById("board");
const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

export class Refusal extends Error {
  constructor(status, problem) {
    super([problem.detail || "That did not work on our side; nothing was changed.", problem.remedy].filter(Boolean).join(" "));
    Object.assign(this, { status, field: problem.field || "" });
  }
}

async function post(address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token },
    });
  } catch {
    throw new Refusal(0, { detail: "No connection to the server.", remedy: "Check the network, then try again." });
  }
  if (answer.redirected) {
    throw new Refusal(401, { detail: "You are signed out: nothing was changed.", remedy: "Reload the page and sign in." });
  }
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json().catch(() => ({})) : {};
  if (!answer.ok) throw new Refusal(answer.status, told);
  return told;
}

export const save = (changes, note = "") => post(root.dataset.changes, { changes, note });
export const undo = (edit) => post(root.dataset.undo.replace("/0/", `/${edit}/`), {});

// What plans moved up to this version is known; it matters to nobody here whether that could be noted.
export function noteSeen(version) {
  const body = new URLSearchParams({ version });
  fetch(root.dataset.seen, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": token } }).catch(() => {});
}

// The newest question counts: answers to older ones are dropped.
let asked = 0, timer = 0;
export function preview(changes, wait, show) {
  clearTimeout(timer);
  const mine = (asked += 1);
  timer = setTimeout(async () => {
    const began = performance.now();
    try {
      const effect = await post(root.dataset.preview, { changes });
      if (mine === asked) show(effect, null, performance.now() - began);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (mine === asked) show(null, refusal, performance.now() - began);
    }
  }, wait);
}

export function forget() {
  clearTimeout(timer);
  asked += 1;
}
