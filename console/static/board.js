// The live board: rows from the feed, the detail pane, actions, and keys that work with the Hangul keyboard on.
import { follow } from "./feed.js";
import { checksum, count, place, remove, rowOf, rows, shownRows } from "./rows.js";
import { clockText, countdown, dateText, now, setNow, showDue } from "./clock.js";
import * as sound from "./sound.js";
import { keys } from "./keys.js";
import { fold, keepUp, showUnprotected } from "./incidents.js";
import { show, showRate, showWho } from "./top.js";
import { keepStrips } from "./strips.js";
import { sayPresent } from "./presence.js";

const page = document.body, app = document.querySelector(".app"), detail = document.getElementById("detail");
const word = (name, parts = {}) => Object.entries(parts).reduce((text, [key, value]) => text.replace(`{${key}}`, value), page.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "");
const asking = new Set(); // of each snapshot under way: the alerts that the feed told of meanwhile
let selected = page.dataset.selected || null, live = true, differs = 0, lostAt = null, fetchedAt = 0, toasting, counting;

document.documentElement.classList.add("js");
const strips = keepStrips({ isLive: () => live, onDrawn: (ids) => { if (ids.includes(selected)) refreshDetail(); } });
setNow(page.dataset.now);

// ---- what the feed says

const line = follow({
  url: "/console/feed",
  mark: page.dataset.mark,
  onRefused: refetch,
  onLine(good, silent) { good ? lineBack() : lineLost(silent); },
  on: {
    hello: (event) => setNow(event.now),
    alert(event) {
      for (const told of asking) told.add(event.id);
      arrive(event);
      changed(event.id);
    },
    gone(event) {
      for (const told of asking) told.add(event.id);
      remove(event.id, event.v);
      changed(event.id);
    },
    reset: refetch,
    tick(event) {
      setNow(event.now);
      show("line", word("good"), false);
      const stopped = event.ingest_age === null || event.ingest_age > 30;
      show("ingest", event.ingest_age === null ? "—" : word("ago", { n: Math.round(event.ingest_age) }), stopped);
      const bar = document.getElementById("stopped");
      bar.hidden = !stopped;
      bar.querySelector("span").textContent = stopped ? word("stopped") : "";
      showRate(event.rate, word);
      showUnprotected(event.not_protected);
      showWho(event);
      sayPresent(page.dataset.csrf);
      keepUp(event.incidents, () => { fold(rows()); count(); });
      differs = event.sum === checksum() ? 0 : differs + 1;
      if (differs > 1) { differs = 0; refetch(); }
      sound.repeat(new Set(rows().filter((row) => row.dataset.new === "1").map((row) => row.dataset.p)));
    },
  },
});

// A row comes by the feed or by a snapshot: either way it is heard and said when it rings anew.
function arrive({ id, v, html, say: text }) {
  const before = rowOf(id)?.dataset, row = place(html, { id, version: v });
  if (!row) return;
  fold([row]);
  showDue([row]);
  if (!before) strips.soon(id);
  if (row.classList.contains("folded")) return;
  if (row.dataset.new !== "1" || before?.new === "1" && Number(before.p) <= Number(row.dataset.p)) return;
  sound.arrived(row.dataset.p);
  if (row.dataset.p === "1") say(text);
}

async function refetch() {
  const told = new Set();
  asking.add(told);
  try { await takeSnapshot(told); } finally { asking.delete(told); }
}

async function takeSnapshot(told) {
  const answer = await fetch("/console/snapshot", { headers: { "X-Script": "1" } }).catch(() => null);
  if (answer?.status === 401) location.href = "/sign-in";
  if (!answer?.ok) return;
  const snapshot = await answer.json().catch(() => null);
  if (!snapshot) return;
  setNow(snapshot.now);
  // What the feed told since we asked is newer than the snapshot.
  const rest = snapshot.rows.filter((one) => !told.has(one.id)), kept = new Set([...told, ...rest.map((one) => one.id)]);
  for (const row of rows()) if (!kept.has(row.dataset.id)) row.remove();
  rest.forEach(arrive);
  line.moveTo(snapshot.mark);
  changed(selected);
}

// In a flood the counts are made once for many rows.
function countSoon() {
  counting ??= setTimeout(() => { counting = undefined; count(); }, 40);
}

function changed(id) {
  countSoon();
  if (id && id === selected) refreshDetail();
}

function lineLost(silent) {
  if (live) lostAt = now();
  live = false;
  app.classList.add("stale");
  const banner = document.getElementById("banner");
  banner.hidden = false;
  banner.querySelector("span").textContent = word("lost", { n: Math.round(silent / 1000), time: clockText(lostAt - 6000) });
  show("line", word("cut"), true);
  for (const button of detail.querySelectorAll(".act:not(.tel)")) button.setAttribute("aria-disabled", "true");
  // A line that carries plain requests may still be there where the stream is not.
  if (silent > 15000 && now() - fetchedAt > 5000) { fetchedAt = now(); refetch(); }
  if (silent > 60000 && silent % 60000 < 600) sound.lineLost();
}

function lineBack() {
  live = true;
  app.classList.remove("stale");
  document.getElementById("banner").hidden = true;
  for (const button of detail.querySelectorAll(".act")) button.removeAttribute("aria-disabled");
}

// ---- the detail pane

export function select(id, { focus = true } = {}) {
  for (const row of rows()) row.setAttribute("aria-selected", String(row.dataset.id === id));
  const row = rowOf(id);
  if (row && focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  if (id === selected && shown()) return;
  selected = id;
  openDetail(id);
}

// The pane's head, if the pane shows what is selected: between the choice and its answer it shows another alert.
export function shown() {
  const head = detail.querySelector("[data-part=head]");
  return head?.dataset.alert === selected ? head : null;
}

function go(path) {
  history.replaceState(null, "", path);
  document.querySelector("#prefs [name=next]").value = path;
}

async function openDetail(id) {
  const html = await fragment(id);
  if (id !== selected) return;
  // Another alert's pane under this row would be worse than none.
  if (html === null) { if (!shown()) { detail.replaceChildren(); toast(word("unsure")); } return; }
  detail.innerHTML = html;
  detail.scrollTop = 0;
  showDue(detail.querySelectorAll("[data-part=head]"));
  go(`/alerts/${id}`);
}

async function refreshDetail() {
  const id = selected, html = shown() && await fragment(id);
  if (!html || !shown() || id !== selected) return;
  const holder = document.createElement("template");
  holder.innerHTML = html;
  // What somebody is writing stays as it is.
  for (const part of holder.content.querySelectorAll("[data-part]")) {
    if (part.dataset.part === "forms") continue;
    detail.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceWith(part);
  }
  showDue(detail.querySelectorAll("[data-part=head]"));
}

async function fragment(id) {
  const answer = await fetch(`/alerts/${id}`, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (answer?.status === 401) location.href = "/sign-in";
  return answer?.ok ? answer.text().catch(() => null) : null;
}

// ---- what the operator does

async function post(path, form) {
  if (!live) { toast(word("away")); return null; }
  const body = new URLSearchParams(form);
  body.set("csrf", page.dataset.csrf);
  const answer = await fetch(path, { method: "POST", body, headers: { "X-Script": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
  // What stands between us and the server answers with pages of its own.
  if (!answer || answer.status >= 500) { toast(word("unsure")); return null; }
  if (answer.status === 401) { location.href = "/sign-in"; return null; }
  const text = answer.status === 204 ? "" : await answer.text().catch(() => "");
  if (answer.status !== 204) toast(text);
  return { status: answer.status, text };
}

// A form acts on the alert that it was written for, whatever is selected meanwhile.
export const act = (form, fields = new FormData(form)) => post(form.getAttribute("action"), fields);

export async function takeNext() {
  const waiting = shownRows().filter((row) => row.dataset.section === "new");
  if (!waiting.length) return toast(word("calm"));
  for (const row of waiting) {
    const answer = await post(`/alerts/${row.dataset.id}/ack`, new URLSearchParams({ version: row.dataset.v }));
    if (answer?.status === 204) { toast(""); return select(row.dataset.id); }
    if (answer?.status !== 409) return undefined; // only when a colleague was quicker is the next one tried
  }
}

export function openForm(name, whom) {
  const form = detail.querySelector(`#${name}`);
  if (!form) return;
  if (whom) form.querySelector("[name=whom]").value = whom;
  for (const other of detail.querySelectorAll(".form")) other.classList.toggle("open", other === form);
  // Only what was seen is closed: what comes while the form stands open makes the server refuse it.
  const seen = form.querySelector("[name=version]"), head = detail.querySelector("[data-part=head]");
  if (seen && head) seen.value = head.dataset.v;
  form.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}

export function closeForms() {
  for (const form of detail.querySelectorAll(".form")) form.classList.remove("open");
  for (const form of detail.querySelectorAll(".armed")) form.classList.remove("armed");
  rowOf(selected)?.focus({ preventScroll: true });
}

detail.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, name = form.dataset.act;
  // Calling the next people cannot be taken back: the first press asks, the second does it.
  if (name === "escalate" && !form.classList.contains("armed")) {
    form.classList.add("armed");
    form.querySelector("button").focus();
    return toast(word("sure"));
  }
  form.classList.remove("armed");
  const answer = await act(form, new FormData(form, event.submitter));
  if (answer?.status === 204) {
    if (form.closest(".form")) { form.reset(); closeForms(); }
    return;
  }
  const problem = form.querySelector(".problem");
  if (problem && answer) { problem.hidden = false; problem.textContent = answer.text; }
});
detail.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    // A telephone link rings all the same; what came of the call is asked at once.
    if (!opener.getAttribute("href")?.startsWith("tel:")) event.preventDefault();
    openForm(opener.dataset.open, opener.dataset.whom);
  }
  if (event.target.closest("[data-close]")) closeForms();
});
document.querySelector("table.qt").addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-id]");
  if (!row || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  select(row.dataset.id);
});
document.getElementById("take-next").addEventListener("click", takeNext);
document.getElementById("help-open").addEventListener("click", () => document.getElementById("help").showModal());
document.getElementById("sound").addEventListener("click", toggleSound);

export async function toggleSound() {
  if (sound.isOn()) { sound.pause(60); toast(word("quiet")); return; }
  document.getElementById("sound").setAttribute("aria-pressed", String(await sound.switchTo(true)));
}

export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  place.hidden = !text;
  clearTimeout(toasting);
  toasting = setTimeout(() => { place.hidden = true; }, 6000);
}

function say(text) { document.getElementById("say").textContent = text; }

// ---- the clock

function turn() {
  document.getElementById("clock").textContent = clockText();
  document.getElementById("date").textContent = dateText(page.dataset.language);
  showDue(rows());
  const head = detail.querySelector("[data-part=head]");
  if (head) {
    showDue([head]);
    head.querySelector(".elapsed").textContent = countdown(now() - Date.parse(head.dataset.since));
  }
  count();
}
setInterval(turn, 500);
turn();
keys({ select, act, shown, takeNext, openForm, closeForms, toggleSound, selectedId: () => selected });
if (selected) select(selected, { focus: false });
