// What the board shows: one priority, what is new, mine, one dong, what a word names.
// Emergencies and urgent alerts are shown whatever is chosen.
import { countdown, now } from "./clock.js";
import * as find from "./find.js";

const chip = document.getElementById("filter"), word = document.body.dataset.wHidden, dong = document.getElementById("dong");
const table = document.querySelector("table.qt"), more = document.getElementById("more");
const NEVER = new Set(["1", "2"]), SECTIONS = new Set(["new", "mine"]), MOST_DEVICES = 3;
const watched = document.getElementById("watched"), left = watched.querySelector(".left"), boxes = document.querySelectorAll("[data-filter]");
let chosen = document.querySelector('.chip[data-filter]:not([data-filter=""])[aria-pressed="true"]')?.dataset.filter ?? "", unfolded = false;

const HIDDEN = ["filtered", "far", "tucked"];
export const isHidden = (row) => HIDDEN.some((kind) => row.classList.contains(kind));

const isChosen = (row) => !chosen || (SECTIONS.has(chosen) ? row.dataset.section === chosen : row.dataset.p === chosen);
const fits = (row) => NEVER.has(row.dataset.p) || isChosen(row) && (!dong.value || row.dataset.dong === dong.value) && find.fits(row);

export function choose(what) {
  chosen = chosen === what ? "" : what;
}

function showChosen() {
  const any = Boolean(chosen || dong.value || find.asks());
  for (const box of boxes) box.setAttribute("aria-pressed", String(box.dataset.filter ? box.dataset.filter === chosen : !any));
  dong.parentElement.classList.toggle("on", Boolean(dong.value));
  return any;
}

// The dongs that have a row, and the one that is chosen.
function offerDongs(rows) {
  const wanted = [...new Set([...rows.map((row) => row.dataset.dong), dong.value].filter(Boolean))].sort();
  const offered = [...dong.options].slice(1).map((option) => option.value);
  if (wanted.join("|") === offered.join("|") || document.activeElement === dong) return;
  const held = dong.value;
  dong.replaceChildren(dong.options[0], ...wanted.map((one) => new Option(one, one)));
  dong.value = held;
}

// Of the devices a few are shown until all are asked for; nobody's life hangs on what is folded here.
export function apply(rows) {
  let hidden = 0, far = 0, devices = 0;
  for (const row of rows) {
    const out = !fits(row);
    // What is watched rings by itself when its time comes; until then its section says when that is.
    const tucked = row.dataset.section === "watching" && watched.ariaExpanded !== "true" && row.getAttribute("aria-selected") !== "true";
    if (row.classList.contains("tucked") !== tucked) row.classList.toggle("tucked", tucked);
    if (row.classList.contains("filtered") !== out) row.classList.toggle("filtered", out);
    hidden += out;
    const device = !out && !tucked && row.dataset.section === "devices" && !row.classList.contains("folded") && chosen !== "T";
    devices += device;
    const beyond = device && !unfolded && devices > MOST_DEVICES && row.getAttribute("aria-selected") !== "true";
    if (row.classList.contains("far") !== beyond) row.classList.toggle("far", beyond);
    far += beyond;
  }
  const any = showChosen();
  chip.hidden = !any;
  if (any) chip.textContent = word.replace("{n}", hidden);
  more.hidden = far === 0;
  if (far) more.textContent = document.body.dataset.wMore.replace("{n}", far);
  table.setAttribute("aria-rowcount", String(rows.length));
  offerDongs(rows);
  find.show(rows);
}

// The time until the first of them rings again.
export function showWatched(rows) {
  const dues = rows.filter((row) => row.dataset.section === "watching" && row.dataset.due).map((row) => Date.parse(row.dataset.due));
  watched.hidden = !rows.some((row) => row.dataset.section === "watching");
  left.textContent = dues.length ? countdown(Math.min(...dues) - now()) : "";
}

function chooseAll() {
  chosen = "";
  dong.value = "";
  find.empty();
}

export function listen(redraw) {
  watched.addEventListener("click", () => { watched.ariaExpanded = String(watched.ariaExpanded !== "true"); redraw(); });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      event.preventDefault();
      if (box.dataset.filter) choose(box.dataset.filter); else chooseAll();
      redraw();
    });
  }
  dong.addEventListener("change", () => redraw());
  chip.addEventListener("click", (event) => { event.preventDefault(); chooseAll(); redraw(); });
  more.addEventListener("click", () => { unfolded = true; redraw(); });
}
