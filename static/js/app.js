// The manners of every page: keys, palette, dialogs, drawer, toasts, lists. Pages work without it for reading.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler, options) => document.addEventListener(type, handler, options);
  const plainClick = (event) => !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const typing = (node) => node.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Toasts -----------------------------------------------------------------------------------------
  const toastSeconds = 6;

  function dismissLater(card) {
    if (card.dataset.timed || card.matches(".is-error, .is-warning")) return;
    card.dataset.timed = "1";
    let timer = setTimeout(() => card.remove(), toastSeconds * 1000);
    card.addEventListener("mouseenter", () => clearTimeout(timer));
    card.addEventListener("mouseleave", () => { timer = setTimeout(() => card.remove(), 2000); });
  }

  // The words of failures stand in the page, in its language.
  const said = (what) => $("#toast-template")?.getAttribute(`data-${what}`);

  function toast(text, retry) {
    const box = $("#toasts");
    const card = $("#toast-template")?.content.firstElementChild.cloneNode(true);
    if (!box || !card) return;
    $$("[data-failure]", box).forEach((old) => old.remove());
    $("p", card).textContent = text;
    const again = $("[data-retry]", card);
    if (retry) again.addEventListener("click", () => { card.remove(); retry(); });
    else again.remove();
    // Below a modal dialog nothing can be clicked, so the messages stand inside it.
    ($("dialog:modal") || document.body).append(box);
    box.append(card);
  }

  // Theme ------------------------------------------------------------------------------------------
  function readTheme() {
    try { return localStorage.getItem("theme") || "system"; } catch { return "system"; }
  }

  function showTheme() {
    $$("[data-theme-choice]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.themeChoice === readTheme()));
  }

  function chooseTheme(choice) {
    try {
      if (choice === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", choice);
    } catch { /* nothing to remember it in */ }
    document.dispatchEvent(new Event("mto:theme"));
    showTheme();
  }

  // Dialogs ----------------------------------------------------------------------------------------
  function openDialog(dialog) {
    if (!dialog || dialog.matches(":modal")) return;
    dialog.close();
    dialog.showModal();
  }

  // A dialog that stands on the page, or that the server draws where the link says when it is asked for.
  async function openLinked(link) {
    const inside = link.dataset.dialogIn;
    if (inside && !document.getElementById(link.dataset.dialog)) {
      const address = link.getAttribute("href").split("#")[0];
      await htmx.ajax("GET", address, { target: inside, swap: "outerHTML" }).catch(() => {});
    }
    openDialog(document.getElementById(link.dataset.dialog));
  }

  function showKeys() {
    const dialog = $("#keys");
    const found = $$("[data-key]").filter((node) => !dialog.contains(node)).map((node) =>
      [node.dataset.key, node.dataset.keyLabel || node.getAttribute("aria-label") || node.textContent.trim()]);
    const list = $("#keys-here");
    list.replaceChildren(...found.map(([key, label]) => {
      const row = document.createElement("div");
      const term = row.appendChild(document.createElement("dt"));
      term.appendChild(document.createElement("kbd")).textContent = key;
      row.appendChild(document.createElement("dd")).textContent = label;
      return row;
    }));
    $$("template[data-keys]").forEach((extra) => list.append(extra.content.cloneNode(true)));
    $("#keys-list").hidden = !$("[data-rows]");
    openDialog(dialog);
  }

  // The text of a field into the clipboard; where the browser allows none it stands selected.
  async function copyText(field, button) {
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { if (!document.execCommand("copy")) return; }
    button.lastChild.textContent = "Copied";
  }

  // Command palette --------------------------------------------------------------------------------
  function openPalette() {
    const dialog = $("#palette");
    if (!dialog) return;
    openDialog(dialog);
    $("input", dialog).select();
  }

  function finds() { return $$("#palette [role=option]"); }

  function chooseFind(index) {
    const all = finds();
    const input = $("#palette input");
    all.forEach((node, i) => node.setAttribute("aria-selected", i === index));
    input.setAttribute("aria-expanded", all.length > 0);
    if (all[index]) {
      input.setAttribute("aria-activedescendant", all[index].id);
      all[index].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function paletteKey(event) {
    const all = finds();
    const here = all.findIndex((node) => node.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") chooseFind((here + 1) % all.length);
    else if (event.key === "ArrowUp") chooseFind((here - 1 + all.length) % all.length);
    else if (event.key === "Enter" && all.length) all[Math.max(here, 0)].click();
    else return;
    event.preventDefault();
  }

  // Drawer: the detail beside the list, under its own address ---------------------------------------
  function openDrawer(href) {
    const drawer = $("#drawer");
    $("#drawer-body").replaceChildren();
    $("#drawer-full").href = href;
    openDialog(drawer);
    history.pushState({ drawer: true }, "", href);
    htmx.ajax("GET", href, { target: "#drawer-body", swap: "innerHTML" });
  }

  addEventListener("popstate", (event) => {
    const drawer = $("#drawer");
    if (!drawer?.open) return;
    event.stopImmediatePropagation();
    drawer.dataset.left = "1";
    drawer.close();
  });

  // Lists ------------------------------------------------------------------------------------------
  function rows() { return $$("[data-rows] tbody tr").filter((row) => $("a[href]", row)); }

  function moveRow(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.classList.contains("is-here"));
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    all[here]?.classList.remove("is-here");
    next.classList.add("is-here");
    (next.querySelector(".row-link") || $("a[href]", next)).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  // A numbered choice of the chosen row.
  function pick(key) {
    const choice = $(`[data-rows] tr.is-here [data-pick="${key}"]`);
    choice?.focus();
    choice?.click();
    return Boolean(choice);
  }

  function listKey(key) {
    if (key === "j") moveRow(1);
    else if (key === "k") moveRow(-1);
    else if (key === "x") $("[data-rows] tr.is-here input[data-select]")?.click();
    else if (/^[1-9]$/.test(key)) return pick(key);
    else return false;
    return true;
  }

  // Keys -------------------------------------------------------------------------------------------
  on("keydown", (event) => {
    if (event.target.closest?.("#palette")) return paletteKey(event);
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape") $$("details.menu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
    if (typing(event.target) || $("dialog:modal:not(#drawer)")) return;
    if (event.key === "/") openPalette();
    else if (event.key === "?") showKeys();
    else if (!listKey(event.key)) {
      const act = $$("[data-key]").find((node) => node.dataset.key === event.key && !node.matches(":disabled, .disabled"));
      if (!act) return;
      act.focus();
      act.click();
    }
    event.preventDefault();
  });

  on("click", (event) => {
    const target = event.target;
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
    if (target.closest("[data-dismiss]")) return target.closest("[data-toast]").remove();
    const theme = target.closest("[data-theme-choice]");
    if (theme) return chooseTheme(theme.dataset.themeChoice);
    if (target.closest("[data-show-keys]")) return showKeys();
    if (target.closest("[data-print]")) return print();
    const copy = target.closest("[data-copy]");
    if (copy) return copyText(document.getElementById(copy.dataset.copy), copy);
    if (target.matches("dialog.palette, dialog.drawer, dialog#keys") && target.open) return target.close();
    const close = target.closest("[data-close]");
    if (close) { event.preventDefault(); return close.closest("dialog").close(); }
    if (!plainClick(event)) return;
    const opener = target.closest("[data-dialog], [data-palette], a[data-drawer]");
    if (!opener) return;
    event.preventDefault();
    if (opener.matches("[data-palette]")) openPalette();
    else if (opener.dataset.dialog) openLinked(opener);
    else openDrawer(opener.href);
  });

  on("close", (event) => {
    if (event.target.contains($("#toasts"))) document.body.append($("#toasts"));
    if (event.target.id !== "drawer") return;
    if (event.target.dataset.left) delete event.target.dataset.left;
    else if (history.state?.drawer) { event.target.dataset.left = "1"; history.back(); setTimeout(() => delete event.target.dataset.left, 300); }
  }, true);

  on("change", (event) => {
    const all = event.target.closest("[data-select-all]");
    if (all) $$("input[data-select]", all.closest("table")).forEach((box) => { box.checked = all.checked; });
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // A form is sent once; coming back to it frees it again.
  on("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.submitter?.formMethod === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => $$("button[type=submit]", form).forEach((button) => button.classList.add("disabled")), 0);
  });
  function free(form) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    $$("button.disabled[type=submit]", form).forEach((button) => button.classList.remove("disabled"));
  }
  addEventListener("pageshow", () => $$("form[data-sent]").forEach(free));

  // htmx -------------------------------------------------------------------------------------------
  const loginPath = $("meta[name=login-path]")?.content;
  const again = (detail) => {
    const source = detail.elt;
    if (!source?.isConnected || detail.requestConfig?.verb !== "get") return null;
    return () => htmx.ajax("GET", detail.pathInfo?.finalRequestPath || detail.requestConfig.path, { source, target: detail.target });
  };
  const quiet = (detail) => detail.elt?.matches("[data-pulse]");

  on("htmx:beforeRequest", (event) => {
    if (quiet(event.detail) && (document.hidden || $("dialog[open]", event.detail.elt))) event.preventDefault();
  });
  on("htmx:beforeSwap", (event) => {
    const { xhr, elt, target } = event.detail;
    // The session ended: a sign-in page must never land inside a part.
    if (loginPath && xhr.responseURL && new URL(xhr.responseURL).pathname === loginPath) {
      event.detail.shouldSwap = false;
      location.reload();
    } else if (quiet({ elt }) && typing(document.activeElement) && target.contains(document.activeElement)) {
      event.detail.shouldSwap = false;
    }
  });
  on("htmx:afterRequest", (event) => { const form = event.detail.elt.closest?.("form[data-sent]"); if (form) free(form); });
  on("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "palette-results") chooseFind(0);
  });
  on("htmx:load", (event) => {
    $("[data-error-summary]", event.detail.elt)?.focus();
    $$("#toasts [data-toast]").forEach(dismissLater);
  });
  on("htmx:oobAfterSwap", () => $$("#toasts [data-toast]").forEach(dismissLater));
  // A section of a page that cannot be loaded says so in its own place.
  function sectionFailed({ target }) {
    const note = target?.parentElement?.querySelector(":scope > template[data-failed]");
    if (!note) return false;
    target.replaceChildren(note.content.cloneNode(true));
    htmx.process(target);
    return true;
  }
  on("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (sectionFailed(event.detail)) return;
    if (quiet(event.detail) && status >= 500) return;
    if (event.detail.target?.id === "palette-results") event.detail.target.replaceChildren();
    toast(said(status) || said("failed-act"), again(event.detail));
  });
  on("htmx:sendError", (event) => { if (!quiet(event.detail) && !sectionFailed(event.detail)) toast(said("unreachable"), again(event.detail)); });
  on("htmx:timeout", (event) => { if (!quiet(event.detail) && !sectionFailed(event.detail)) toast(said("slow"), again(event.detail)); });

  // A dialog that the server opened (no script was there yet) becomes a real one.
  $$("dialog.sheet[open]").forEach(openDialog);
  $$("#toasts [data-toast]").forEach(dismissLater);
  $("[data-error-summary]")?.focus();
  showTheme();
})();
