// Keys by their place on the keyboard (event.code), so that they work while the Hangul keyboard is on.
import { rowOf, shownRows } from "./rows.js";
import { mode } from "./settings.js";

const typing = (target) => target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog");
const MOVES = ["KeyJ", "KeyK", "ArrowDown", "ArrowUp"];
const FREE = new Set(["ArrowDown", "ArrowUp", "Enter", "Escape"]); // no single letters: they work in every setting

export function keys(board) {
  // What a digit means: the answer of a step, somebody to call, else a priority.
  let digits = "";

  function move(by) {
    const all = shownRows(), at = all.findIndex((row) => row.dataset.id === board.selectedId());
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) board.select(next.dataset.id);
  }

  // Keys go to the alert that is selected; where the pane still shows another one, they do nothing.
  const form = (name) => () => board.shown() && board.openForm(name);
  const plain = {
    KeyJ: () => move(1), ArrowDown: () => move(1), KeyK: () => move(-1), ArrowUp: () => move(-1),
    Enter: () => { const row = document.activeElement?.closest?.("tr[data-id]") ?? shownRows()[0]; if (row) board.select(row.dataset.id); },
    KeyA: () => {
      const head = board.shown(), taking = document.querySelector("#detail .acts [data-act=ack], #detail .acts [data-act=take-back]");
      if (!head || !taking || taking.querySelector("button").disabled) return;
      board.act(taking, new URLSearchParams({ version: rowOf(head.dataset.alert)?.dataset.v ?? head.dataset.v }));
    },
    KeyD: () => { if (board.shown() && board.doStep()) digits = "step"; },
    KeyG: () => board.takeNext(),
    KeyN: form("note"), KeyR: form("resolve"), KeyO: form("dispatch"), KeyW: form("watch"), KeyT: form("hand-over"), KeyH: form("hold"), KeyE: form("escalate"),
    KeyC: () => { if (board.shown()) { board.openForm("call"); digits = "call"; } },
    KeyM: () => board.toggleSound(),
    Slash: () => { const field = document.getElementById("find"); field.focus(); field.select(); },
    Escape: () => board.closeForms(),
  };
  const shifted = {
    KeyA: () => board.acceptFirst(),
    KeyE: () => board.shown() && board.openSheet(),
    KeyL: () => document.getElementById("language").click(),
    KeyN: () => document.getElementById("theme").click(),
    Slash: () => document.getElementById("help").showModal(),
  };

  function digit(number) {
    if (digits === "call" && number) { digits = ""; return board.callNumber(number); }
    if (digits === "step" && number) { digits = ""; return board.answerStep(number); }
    if (number <= 5) board.filter(number ? ["1", "2", "3", "4", "T"][number - 1] : "mine");
  }

  function wanted(event) {
    const number = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    if (number && !event.shiftKey) return () => digit(Number(number[1]));
    return (event.shiftKey ? shifted : plain)[event.code];
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat && !MOVES.includes(event.code)) return;
    const field = typing(event.target), calls = digits === "call" && field?.id === "call-whom" && /^(?:Digit|Numpad)[1-9]$/.test(event.code);
    if (field && !calls) {
      if (event.code === "Escape" && !field.closest("dialog")) board.closeForms();
      if (event.code === "Enter" && event.ctrlKey) { event.preventDefault(); field.form?.requestSubmit(); }
      // What cannot be taken back is chosen in the list, and done by the button that names it.
      else if (event.code === "Enter" && field.matches("[data-then]")) { event.preventDefault(); field.form.querySelector("button").focus(); }
      return;
    }
    const single = !FREE.has(event.code), how = mode();
    if (event.ctrlKey || event.metaKey || single && how === "off" || event.altKey !== (single && how === "alt")) return;
    // Enter on a button or a link does what the button says.
    if (event.code === "Enter" && event.target.closest("button, a")) return;
    const does = wanted(event);
    if (!does) return;
    event.preventDefault();
    if (!/^(?:Digit|Numpad)/.test(event.code)) digits = "";
    does();
  });
}
