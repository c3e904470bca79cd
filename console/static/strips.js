// The strips of 24 hours: history writes a little later than the alert is raised, so they are drawn again.
import { rowOf, rows } from "./rows.js";

const MOST_STRIPS = 100, fresh = new Set();

export function keepStrips({ isLive, onDrawn }) {
  let freshening;

  async function draw(ids) {
    for (let at = 0; isLive() && at < ids.length; at += MOST_STRIPS) {
      const answer = await fetch(`/console/strips?ids=${ids.slice(at, at + MOST_STRIPS)}`, { headers: { "X-Script": "1" } }).catch(() => null);
      const strips = answer?.ok ? await answer.json().catch(() => ({})) : {};
      for (const [id, html] of Object.entries(strips)) { const cell = rowOf(id)?.querySelector(".c-strip"); if (cell) cell.innerHTML = html; }
    }
    onDrawn(ids);
  }

  setInterval(() => draw(rows().map((row) => row.dataset.id)), 60000);
  return {
    soon(id) {
      fresh.add(id);
      freshening ??= setTimeout(() => { freshening = undefined; draw([...fresh]); fresh.clear(); }, 5000);
    },
  };
}
