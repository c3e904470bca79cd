// The lock page counts, blinks and sounds on; it is never told a name.
import * as sound from "./sound.js";
import { sayPresent } from "./presence.js";

const EVERY = 2000, list = document.getElementById("counts"), button = document.getElementById("sound");
const marks = () => [...list.querySelectorAll("[data-p]")];
document.documentElement.classList.add("js");

function showSound() {
  button.setAttribute("aria-pressed", String(sound.isOn()));
  list.dataset.sound = sound.isOn() ? "on" : "off";
}

// A browser lets a page sound once the one before it on the same site was used, or after the first key here.
const wake = async () => { await sound.switchTo(true); showSound(); };
button.addEventListener("click", async () => { await sound.switchTo(!sound.isOn()); showSound(); });
document.addEventListener("keydown", () => { if (!sound.isOn()) wake(); }, { once: true });

// Only a line that is away is passed over: a fault in what follows must be seen, for it would silence the page.
const asked = () => fetch("/locked/state", { headers: { "X-Script": "1" }, cache: "no-store", signal: AbortSignal.timeout(8000) }).catch(() => null);

async function turn() {
  setTimeout(turn, EVERY);
  const answer = await asked();
  if (answer?.status === 401) return location.assign("/sign-in");
  if (answer?.ok) show(await answer.json());
}

function show(counts) {
  const rings = new Set();
  for (const one of counts) {
    const mark = marks().find((item) => item.dataset.p === one.p);
    if (!mark) continue;
    if (one.new > Number(mark.dataset.new)) sound.arrived(one.p, { flood: false });
    mark.dataset.new = one.new;
    mark.classList.toggle("rings", one.new > 0);
    mark.querySelector(".pri").classList.toggle("off", one.open === 0);
    mark.querySelector("b").textContent = one.open;
    if (one.new) rings.add(one.p);
  }
  sound.keep(rings);
  list.dataset.rings = [...rings].join(" ");
  sayPresent(list.dataset.csrf);
}

wake().catch(showSound);
turn();
