// Completion in the row editor of product models. Without it the fields take the same text.
(() => {
  "use strict";
  const wanted = "[data-formula], [data-complete]";
  let list = null;
  let field = null;
  let asked = 0;
  let timer = 0;

  function close() {
    list?.remove();
    field?.removeAttribute("aria-activedescendant");
    field?.setAttribute("aria-expanded", "false");
    list = null;
  }

  function options() { return list ? [...list.children] : []; }

  function choose(index) {
    options().forEach((node, i) => node.setAttribute("aria-selected", String(i === index)));
    const node = options()[index];
    if (!node) return;
    field.setAttribute("aria-activedescendant", node.id);
    node.scrollIntoView({ block: "nearest" });
  }

  function here() { return options().findIndex((node) => node.getAttribute("aria-selected") === "true"); }

  function accept(node) {
    const end = field.selectionStart;
    field.setRangeText(node.dataset.word, end - Number(node.dataset.replaces), end, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
  }

  async function ask(node) {
    const number = ++asked;
    const base = node.form?.dataset.names;
    if (!base) return;
    const text = node.value.slice(0, node.selectionStart).slice(-400);
    const query = new URLSearchParams({ text, list: node.dataset.complete || "" });
    const answer = await fetch(`${base}&${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (number !== asked || document.activeElement !== node || !answer?.ok) return;
    const html = (await answer.text()).trim();
    close();
    if (!html) return;
    field = node;
    list = document.createElement("ul");
    list.className = "suggestions";
    list.id = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.innerHTML = html;
    node.closest(".field").append(list);
    node.setAttribute("aria-expanded", "true");
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[data-word]");
      if (option) accept(option);
    });
  }

  document.addEventListener("focusin", (event) => {
    if (!event.target.matches(wanted)) return close();
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "suggestions"], ["aria-expanded", "false"]]) event.target.setAttribute(name, value);
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches(wanted)) return;
    clearTimeout(timer);
    const before = event.target.value.slice(0, event.target.selectionStart);
    if (!/[\w.]$|[=≠<>,{(]\s*$/u.test(before)) return close();
    timer = setTimeout(() => ask(event.target), 150);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(wanted)) return;
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); ask(event.target); return; }
    if (!list) return;
    const all = options();
    if (event.key === "ArrowDown") choose((here() + 1) % all.length);
    else if (event.key === "ArrowUp") choose((here() - 1 + all.length) % all.length);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && here() >= 0) accept(all[here()]);
    else return;
    event.preventDefault();
  });

  document.addEventListener("focusout", () => setTimeout(() => { if (document.activeElement !== field) close(); }, 100));

  // A click on what is wrong puts the caret there.
  document.addEventListener("click", (event) => {
    const judged = event.target.closest(".judgement[data-line]");
    const area = judged?.closest(".formula-field")?.querySelector("textarea");
    if (!area) return;
    const before = area.value.split("\n").slice(0, Number(judged.dataset.line) - 1);
    const place = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(judged.dataset.column) - 1;
    area.focus();
    area.setSelectionRange(place, place);
  });
})();
