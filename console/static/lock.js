// Ctrl+L, or a quarter of an hour without a key or a pointer, locks this workstation.
const QUIET = Number(document.currentScript?.dataset.quiet ?? 15 * 60) * 1000;
const csrf = document.querySelector("[name=csrf]")?.value ?? document.body.dataset.csrf;
let touched = Date.now();

function lock() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/lock";
  for (const [name, value] of [["csrf", csrf], ["next", location.pathname]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.replaceChildren(form);
  form.submit();
}

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyL" || !event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  lock();
}, { capture: true });
setInterval(() => { if (csrf && Date.now() - touched >= QUIET) lock(); }, 5000);
