// Keeps the cards of a home's page fresh: every 15 s, every 60 s while nobody looks. Each card fails alone.
const cards = [...document.querySelectorAll("section[data-refresh]")];

async function refresh(card) {
  try {
    const answer = await fetch(card.dataset.refresh, { headers: { "x-fragment": "1" }, signal: AbortSignal.timeout(8000) });
    if (answer.status === 401 || answer.status === 423) return location.reload();
    // Whoever works in the card with the keyboard keeps their place: it is drawn again the next time.
    if (card.contains(document.activeElement) || card.querySelector("details[open]")) return card;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("section");
    if (!drawn) throw new Error("no card");
    card.replaceWith(drawn);
    return drawn;
  } catch {
    if (!card.querySelector(".failed")) {
      const words = document.getElementById("failed");
      if (words) card.append(words.content.cloneNode(true));
    }
    return card;
  }
}

function keep(card) {
  const soon = card.dataset.soon ? 2000 : document.hidden ? 60000 : 15000;
  setTimeout(async () => { const next = await refresh(card); if (next) keep(next); }, soon);
}
cards.forEach(keep);

document.addEventListener("click", async (event) => {
  const again = event.target.closest(".failed a");
  const card = again && again.closest("section[data-refresh]");
  if (card) { event.preventDefault(); card.querySelector(".failed").remove(); await refresh(card); }
});
// A cell leads to its day.
document.addEventListener("click", (event) => {
  const cell = event.target.closest("svg.raster [data-d]");
  if (cell) location.href = `/homes/${cell.closest("svg.raster").dataset.home}?tab=activity&day=${cell.dataset.d}`;
});
const print = document.getElementById("print");
if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }
