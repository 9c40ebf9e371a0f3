// The network state of a terminal: always visible, from what the browser says and what requests meet.
(() => {
  "use strict";
  const show = (on) => document.querySelectorAll("[data-network]").forEach((node) => { node.dataset.network = on ? "on" : "off"; });
  addEventListener("offline", () => show(false));
  addEventListener("online", () => show(true));
  document.addEventListener("htmx:afterRequest", (event) => show(event.detail.xhr.status > 0));
  show(navigator.onLine);
})();
