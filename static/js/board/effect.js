// What a change does, in words: who becomes late comes first.
import { h, icon } from "./dom.js";
import { day, span, stamp } from "./time.js";

const minute = (moment) => (typeof moment === "number" ? moment : Date.parse(moment) / 60000);
const many = (count, one, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;
const count = (effect, name) => effect[`${name}_count`] ?? effect[name]?.length ?? 0;

function jobs(list, total, verb, most = 8) {
  const items = list.slice(0, most).map((job) => h("li", {},
    h("a", { href: job.url }, `${job.reference} line ${job.position}`), ` ${job.customer || ""}`,
    h("span", { class: "board-from-to" }, `${verb} `, job.after ? stamp(Math.round(minute(job.after))) : "no date", job.promised ? `, promised ${day(Math.round(minute(job.promised)))}` : ""),
  ));
  if (total > most) items.push(h("li", { class: "muted" }, `and ${total - most} more`));
  return h("ul", { class: "board-jobs" }, ...items);
}

export function headline(effect) {
  const late = count(effect, "late");
  return late ? `${many(late, "job becomes late", "jobs become late")}` : "Nobody becomes late";
}

export function effectParts(effect) {
  const late = count(effect, "late"), rescued = count(effect, "rescued"), later = count(effect, "later"), earlier = count(effect, "earlier");
  const saved = Math.round((effect.tardiness_before || 0) - (effect.tardiness_after || 0));
  return [
    h("p", { class: `board-verdict ${late ? "is-bad" : "is-good"}` }, icon(late ? "alert-triangle" : "circle-check"), h("strong", {}, headline(effect))),
    late ? jobs(effect.late, late, "to") : null,
    rescued ? h("p", { class: "board-verdict is-good" }, icon("circle-check"), `${many(rescued, "job is on time again", "jobs are on time again")}`) : null,
    rescued ? jobs(effect.rescued, rescued, "to") : null,
    h("p", { class: "muted" }, [
      effect.moved !== undefined ? `${many(effect.moved, "operation moves", "operations move")}` : "",
      later ? `${many(later, "other job")} later` : "", earlier ? `${many(earlier, "job")} earlier` : "",
      effect.late_after !== undefined ? `late jobs ${effect.late_before} → ${effect.late_after}` : "",
      saved ? `${span(saved)} ${saved > 0 ? "less" : "more"} lateness in all` : "",
    ].filter(Boolean).join(" · ")),
    later ? jobs(effect.later, later, "to", 4) : null,
    ...[...(effect.nowhere || []), ...(effect.warnings || [])].slice(0, 5).map((text) => h("p", { class: "board-verdict is-warn" }, icon("alert-triangle"), text)),
  ].filter(Boolean);
}

export const hurtLines = (effect) => new Set((effect?.late || []).map((job) => job.line_id));
