// A line that is silent: what the screen shows is old, and nothing may be done by it but telephoning.
import { clockText, now } from "./clock.js";
import { show } from "./top.js";

const app = document.querySelector(".app"), detail = document.getElementById("detail"), banner = document.getElementById("banner");
let lostAt = null, toldAt = 0;

export function lineLost(silent, word) {
  lostAt ??= now() - silent;
  app.classList.add("stale");
  banner.hidden = false;
  banner.querySelector("span").textContent = word("lost", { n: Math.round(silent / 1000), time: clockText(lostAt) });
  show("line", word("cut"), true);
  for (const one of buttons()) { one.setAttribute("aria-disabled", "true"); one.inert = true; }
}

export function lineBack() {
  lostAt = null;
  app.classList.remove("stale");
  banner.hidden = true;
  for (const one of buttons()) { one.removeAttribute("aria-disabled"); one.inert = false; }
}

// Once a minute, from the first minute on.
export function staleFor(silent) {
  if (silent < 60000 || now() - toldAt < 60000) return false;
  toldAt = now();
  return true;
}

const buttons = () => detail.querySelectorAll(".act:not(.tel), .ans button, .form button:not([data-close])");
