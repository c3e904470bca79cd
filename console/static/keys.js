// Keys by their place on the keyboard (event.code), so that they work while the Hangul keyboard is on.
import { rowOf, shownRows } from "./rows.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

export function keys(board) {
  function move(by) {
    const all = shownRows(), at = all.findIndex((row) => row.dataset.id === board.selectedId());
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) board.select(next.dataset.id);
  }

  const plain = {
    KeyJ: () => move(1), ArrowDown: () => move(1), KeyK: () => move(-1), ArrowUp: () => move(-1),
    Enter: () => { const row = document.activeElement?.closest?.("tr[data-id]") ?? shownRows()[0]; if (row) board.select(row.dataset.id); },
    KeyA: () => {
      const head = board.shown(), form = document.querySelector("#detail .acts [data-act=ack], #detail .acts [data-act=take-back]");
      if (!head || !form || form.querySelector("button").disabled) return;
      board.act(form, new URLSearchParams({ version: rowOf(head.dataset.alert)?.dataset.v ?? head.dataset.v }));
    },
    KeyG: () => board.takeNext(),
    // Keys go to the alert that is selected; where the pane still shows another one, they do nothing.
    KeyN: () => board.shown() && board.openForm("note"),
    KeyR: () => board.shown() && board.openForm("resolve"),
    KeyO: () => board.shown() && board.openForm("dispatch"),
    KeyW: () => board.shown() && board.openForm("watch"),
    KeyT: () => board.shown() && board.openForm("hand-over"),
    KeyE: () => board.shown() && document.querySelector('#detail [data-act="escalate"]')?.requestSubmit(),
    KeyC: () => board.shown() && document.querySelector("#detail .tel")?.click(),
    KeyM: () => board.toggleSound(),
    Escape: () => board.closeForms(),
  };
  const shifted = {
    KeyL: () => document.getElementById("language").click(),
    KeyN: () => document.getElementById("theme").click(),
    Slash: () => document.getElementById("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat && !["KeyJ", "KeyK", "ArrowDown", "ArrowUp"].includes(event.code)) return;
    const field = typing(event.target);
    if (field) {
      if (event.code === "Escape" && !field.closest("dialog")) board.closeForms();
      if (event.code === "Enter" && event.ctrlKey) { event.preventDefault(); field.form?.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // Enter on a button or a link does what the button says.
    if (event.code === "Enter" && event.target.closest("button, a")) return;
    const does = (event.shiftKey ? shifted : plain)[event.code];
    if (!does) return;
    event.preventDefault();
    does();
  });
}
