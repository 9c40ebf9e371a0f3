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

  function apply(summary) {
    const configurator = summary.closest("[data-configurator]");
    if (!configurator) return;
    for (const [state, slots] of JSON.parse(summary.dataset.states || "[]")) {
      for (const slot of slots) {
        const choice = configurator.querySelector(`[data-slot="${slot}"]`);
        if (!choice) continue;
        choice.dataset.state = state;
        if (state !== "blocked") choice.querySelector(".choice-why").replaceChildren();
      }
    }
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
