// While nobody can see or hear a board, the centre counts as empty and no step waits for it.
import * as sound from "./sound.js";

const EVERY_TICKS = 5; // ten seconds
let ticks = 0;

// Driven by the feed's ticks: they come in a hidden page too, where timers are slowed down.
export function sayPresent(csrf, viewing) {
  if (ticks++ % EVERY_TICKS) return;
  const body = new URLSearchParams({ csrf, visible: Number(document.visibilityState === "visible"), audible: Number(sound.isOn()), viewing: viewing ?? "" });
  fetch("/console/presence", { method: "POST", body, headers: { "X-Script": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
}
