// Homes that fell silent together stand in one strip, and their lines are folded; a person's alert never is.
const place = document.getElementById("incidents");
let mark = document.body.dataset.incidents, folded = new Set(place.dataset.folded.split(" ")), asking = false;

export function fold(rows) {
  for (const row of rows) row.classList.toggle("folded", folded.has(row.dataset.loss));
}

// The tick says how the incidents stand; what is shown is asked for only when it is another.
export async function keepUp(stands, redraw) {
  if (stands === mark || asking) return;
  asking = true;
  const answer = await fetch("/console/incidents", { headers: { "X-Script": "1" } }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  asking = false;
  if (!told) return;
  mark = told.mark;
  folded = new Set(told.folded);
  place.innerHTML = told.html; // made and escaped by our own server
  redraw();
}

export function showUnprotected(count) {
  const box = document.getElementById("unprotected");
  box.querySelector(".n").textContent = count;
  box.classList.toggle("zero", count === 0);
}
