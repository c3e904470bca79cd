// Cases on their way between two operators: a bar with an answer, asked for again only when the tick tells of another.
import { countdown, now } from "./clock.js";
import { press } from "./press.js";

const place = document.getElementById("offers");
// What the page came with may be over before the first tick: then it is asked for, whatever the tick says.
let mark = place.childElementCount ? null : "", asking = false;

async function draw() {
  if (asking) return;
  asking = true;
  const answer = await fetch("/console/offers", { headers: { "X-Script": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  asking = false;
  if (!told) return;
  mark = told.mark;
  place.innerHTML = told.html; // made and escaped by our own server
}

export function keepOffers(stands) { if (stands !== mark) draw(); }

export function turnOffers() {
  for (const bar of place.querySelectorAll("[data-until]")) bar.querySelector(".left").textContent = countdown(Math.max(0, Date.parse(bar.dataset.until) - now()));
}

export const acceptFirst = () => place.querySelector("[data-answer=accept]")?.click();

export function listenOffers({ open }) {
  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target, button = form.querySelector("button"), path = form.getAttribute("action");
    const answer = await press(path, new FormData(form), { button });
    if (answer) await draw();
    if (answer?.status === 204 && button.dataset.answer === "accept") open(path.split("/")[2]);
  });
}
