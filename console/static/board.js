// The live board: rows from the feed, take-next, sound, and what is shown while the line is silent.
import { follow } from "./feed.js";
import { checksum, count, draw, keepingPlace, place, remove, rowOf, rows, shownRows } from "./rows.js";
import { clockText, dateText, now, setNow, showDue } from "./clock.js";
import * as filters from "./filters.js";
import * as find from "./find.js";
import * as pane from "./pane.js";
import * as settings from "./settings.js";
import * as sound from "./sound.js";
import { keys } from "./keys.js";
import { fold, keepUp, showUnprotected } from "./incidents.js";
import { acceptFirst, keepOffers, listenOffers, turnOffers } from "./offers.js";
import { lineBack, lineLost, staleFor } from "./line.js";
import { press, whileLive } from "./press.js";
import { show, showRate, showWho } from "./top.js";
import { keepStrips } from "./strips.js";
import { sayPresent } from "./presence.js";
import { mention, offer, say, toast } from "./toast.js";

const page = document.body;
const word = (name, parts = {}) => Object.entries(parts).reduce((text, [key, value]) => text.replace(`{${key}}`, value), page.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "");
const asking = new Set(); // of each snapshot under way: the alerts that the feed told of meanwhile
const waiting = [];
let live = true, differs = 0, fetchedAt = 0, counting, flushing, flushedAt = 0, flood = !document.getElementById("flood").hidden, warned = 0;

document.documentElement.classList.add("js");
whileLive(() => live);
const strips = keepStrips({ isLive: () => live, onDrawn: (ids) => { if (ids.includes(pane.selectedId())) pane.refreshDetail(); } });
setNow(page.dataset.now);

// ---- what the feed says

const line = follow({
  url: "/console/feed",
  mark: page.dataset.mark,
  onRefused: refetch,
  onLine(good, silent) { good ? back() : lost(silent); },
  on: {
    hello: (event) => setNow(event.now),
    alert(event) {
      for (const told of asking) told.add(event.id);
      arriveSoon(event);
    },
    gone(event) {
      flush();
      for (const told of asking) told.add(event.id);
      remove(event.id, event.v);
      changed(event.id);
    },
    reset: refetch,
    // What began or is over is said once; what goes on stands in a bar of its own.
    notice({ level, text }) { mention(text); if (level === "alarm") say(text); },
    reauth(event) {
      if (now() - warned < 60000) return;
      warned = now();
      const sign = () => window.open("/sign-in", "_blank", "noopener");
      offer(word("reauth", { n: Math.max(1, Math.round(event.in / 60)) }), [[word("resign"), sign]], { lasts: 55000 });
    },
    tick(event) {
      flush();
      setNow(event.now);
      show("line", word("good"), false);
      const stopped = event.ingest_age === null || event.ingest_age > 30 || event.canary_age !== null && event.canary_age > 120;
      show("ingest", event.ingest_age === null ? "—" : word("ago", { n: Math.round(event.ingest_age) }), stopped);
      const bar = document.getElementById("stopped");
      bar.hidden = !stopped;
      bar.querySelector("span").textContent = stopped ? word("stopped") : "";
      flood = event.rate.flood;
      showRate(event.rate, word);
      showUnprotected(event.not_protected);
      showWho(event);
      keepOffers(event.offers);
      pane.showViewing(event.viewing);
      sayPresent(page.dataset.csrf, pane.selectedId());
      keepUp(event.incidents, () => { fold(rows()); recount(); });
      differs = event.sum === checksum() ? 0 : differs + 1;
      if (differs > 1) { differs = 0; refetch(); }
    },
  },
});

// One row at once; of many that come together, some at a time, so that a key is never waited for.
function arriveSoon(event) {
  waiting.push(event);
  if (performance.now() - flushedAt > 60) return flush(40);
  flushing ??= setTimeout(() => { flushing = undefined; flush(40); }, 30);
}

function flush(most = Infinity) {
  if (!waiting.length) return;
  const batch = waiting.splice(0, most);
  keepingPlace(() => batch.forEach(arrive));
  for (const event of batch) changed(event.id);
  flushedAt = performance.now();
  if (waiting.length) flushing ??= setTimeout(() => { flushing = undefined; flush(40); }, 0);
}

// A row comes by the feed or by a snapshot: either way it is heard and said when it rings anew.
function arrive({ id, v, html, say: text }) {
  const before = rowOf(id)?.dataset, row = place(html, { id, version: v });
  if (!row) return;
  fold([row]);
  showDue([row]);
  if (!before) strips.soon(id);
  if (row.classList.contains("folded")) return;
  // A colleague gave it to us: nothing rings then, so it is said.
  if (before?.section === "others" && row.dataset.section === "mine") { toast(word("yours", { what: text })); sound.arrived("3", { flood: false }); }
  if (row.dataset.new !== "1" || before?.new === "1" && Number(before.p) <= Number(row.dataset.p)) return;
  sound.arrived(row.dataset.p, { flood });
  keepSounding();
  if (row.dataset.p === "1") say(text);
}

const keepSounding = () => sound.keep(new Set(shownRows({ filtered: true }).filter((row) => row.dataset.new === "1").map((row) => row.dataset.p)));

async function refetch() {
  const told = new Set();
  asking.add(told);
  try { await takeSnapshot(told); } finally { asking.delete(told); }
}

async function takeSnapshot(told) {
  const answer = await fetch("/console/snapshot", { headers: { "X-Script": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
  if (answer?.status === 401) location.href = "/sign-in";
  if (!answer?.ok) return;
  const snapshot = await answer.json().catch(() => null);
  if (!snapshot) return;
  setNow(snapshot.now);
  // What the feed told since we asked is newer than the snapshot.
  const rest = snapshot.rows.filter((one) => !told.has(one.id)), kept = new Set([...told, ...rest.map((one) => one.id)]);
  for (const row of rows()) if (!kept.has(row.dataset.id)) remove(row.dataset.id, Infinity);
  keepingPlace(() => rest.forEach(arrive));
  line.moveTo(snapshot.mark);
  changed(pane.selectedId());
}

// In a flood the counts are made once for many rows.
function recount() {
  filters.apply(rows());
  draw();
  filters.showWatched(rows());
  count();
  keepSounding();
}

function changed(id) {
  counting ??= setTimeout(() => { counting = undefined; recount(); }, 40);
  if (id && id === pane.selectedId()) pane.refreshDetail();
}

function lost(silent) {
  live = false;
  lineLost(silent, word);
  // A line that carries plain requests may still be there where the stream is not.
  if (silent > 15000 && now() - fetchedAt > 5000) { fetchedAt = now(); refetch(); }
  if (staleFor(silent)) sound.lineLost();
}

function back() {
  live = true;
  lineBack();
}

// ---- what the operator does

async function takeNext() {
  const answer = await press("/alerts/claim-next", {}, { button: document.getElementById("take-next") });
  if (answer?.status !== 200) return;
  toast("");
  pane.select(JSON.parse(answer.text).id);
}

// A colleague who was quicker is named, with how long ago, and one can go on looking or help.
async function act(form, fields) {
  const answer = await pane.act(form, fields);
  if (answer?.status !== 409) return answer;
  offer(answer.text, [[word("follow"), () => pane.refreshDetail()], [word("together"), () => pane.openForm("note")]]);
  return answer;
}

async function takeSmall(event) {
  const button = event.currentTarget;
  if (!button.classList.contains("armed")) { button.classList.add("armed"); return toast(word("surebulk")); }
  button.classList.remove("armed");
  const small = rows().filter((row) => row.dataset.new === "1" && ["4", "T"].includes(row.dataset.p)).slice(0, 200);
  if (!small.length) return toast(word("calm"));
  const answer = await press("/alerts/bulk", small.map((row) => ["id", row.dataset.id]), { button });
  if (answer?.status === 207) toast(word("bulk", { n: JSON.parse(answer.text).done.filter((one) => one.status === 204).length }));
  return undefined;
}

async function toggleSound() {
  if (sound.isOn()) { sound.pause(60); toast(word("quiet")); return; }
  await sound.switchTo(true);
  keepSounding();
}

async function trySound() {
  await sound.switchTo(true);
  keepSounding();
  const answer = await press("/console/sound", {}, { button: document.getElementById("try-sound") });
  if (answer?.status === 204) toast(word("tried"));
}

document.querySelector("table.qt").addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-id]");
  if (!row || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  pane.select(row.dataset.id);
});
for (const [id, does] of Object.entries({ "take-next": takeNext, sound: toggleSound, muted: toggleSound, "try-sound": trySound, "take-small": takeSmall })) {
  document.getElementById(id).addEventListener("click", does);
}
document.getElementById("help-open").addEventListener("click", () => document.getElementById("help").showModal());

// ---- the clock

function turn() {
  document.getElementById("clock").textContent = clockText();
  document.getElementById("date").textContent = dateText(page.dataset.language);
  showDue(rows());
  filters.showWatched(rows());
  pane.turn();
  turnOffers();
  count();
}
setInterval(turn, 500);
settings.listen();
filters.listen(recount);
listenOffers({ open: pane.select });
find.listen({ redraw: recount, open: pane.select });
recount();
turn();
sound.show();
keys({ ...pane, acceptFirst, act, takeNext, toggleSound, filter: (what) => { filters.choose(what); recount(); } });
if (pane.selectedId()) pane.select(pane.selectedId(), { focus: false });
