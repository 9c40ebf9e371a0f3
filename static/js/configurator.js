// The configurator: a click is answered by the states that changed; what was typed is never swapped away.
(() => {
  "use strict";
  const form = () => document.getElementById("quote");
  const field = (name) => form()?.querySelector(`[name="${name}"]`);

  document.addEventListener("change", (event) => {
    const name = event.target.name || "";
    const latest = field("latest");
    if (latest && name.startsWith("choice.")) latest.value = name.slice("choice.".length);
  }, true);

  // "3 0+5": runs of slots, each the gap after the run before and how many more follow, in base 36.
  function* slotsOf(runs) {
    let slot = 0;
    for (const run of runs.split(" ")) {
      const [gap, more = "0"] = run.split("+");
      slot += parseInt(gap, 36);
      for (const end = slot + parseInt(more, 36); slot <= end; slot += 1) yield slot;
    }
  }

  // Of a product with more choices than the page draws, most of what changed stands elsewhere.
  function applyStates(configurator, states) {
    const drawn = new Map();
    configurator.querySelectorAll("[data-slot]").forEach((choice) => drawn.set(Number(choice.dataset.slot), choice));
    for (const part of states ? states.split(";") : []) {
      const [state, runs] = part.split(":");
      for (const slot of slotsOf(runs)) {
        const choice = drawn.get(slot);
        if (!choice) continue;
        choice.dataset.state = state;
        if (state !== "blocked") choice.querySelector(".choice-why").replaceChildren();
      }
    }
  }

  function apply(summary) {
    const configurator = summary.closest("[data-configurator]");
    if (!configurator) return;
    applyStates(configurator, summary.dataset.states);
    const { slots = [], stands = {} } = JSON.parse(summary.dataset.taken || "{}");
    const taken = new Set(slots);
    configurator.querySelectorAll("[data-slot]").forEach((choice) => {
      choice.toggleAttribute("data-taken", taken.has(Number(choice.dataset.slot)));
    });
    configurator.querySelectorAll("[data-stands]").forEach((word) => {
      if (word.dataset.stands in stands) word.textContent = stands[word.dataset.stands];
    });
    configurator.querySelectorAll("[data-group]").forEach((group) => {
      group.classList.toggle("is-decided", Boolean(group.querySelector("input:checked")));
    });
  }

  document.addEventListener("htmx:afterSwap", () => {
    const summary = document.getElementById("summary");
    if (summary) apply(summary);
  });

  document.addEventListener("click", (event) => {
    const free = event.target.closest("[data-free]");
    if (!free) return;
    const boxes = form().querySelectorAll(`[name="choice.${free.dataset.free}"]`);
    boxes.forEach((box) => { box.checked = false; });
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A blocked option that has the focus explains itself, and offers the nearest repair, by one key each.
  document.addEventListener("keydown", (event) => {
    const choice = event.target.closest?.(".choice");
    if (!choice || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "?" && choice.dataset.state === "blocked") {
      event.preventDefault();
      event.stopPropagation();
      choice.querySelector(".mark-blocked").click();
    }
    if (event.key === "r" && choice.querySelector("[data-first-repair]")) {
      event.preventDefault();
      event.stopPropagation();
      choice.querySelector("[data-first-repair]").click();
    }
  }, true);
})();
