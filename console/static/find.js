// The search field over the rows: what stands on a row is found here, a telephone number by asking.
// What is typed stays in the page or goes in a form: no address holds a name.
const page = document.body, field = document.getElementById("find"), found = document.getElementById("found"), form = field.form;
const PAUSE = 250, LEAST_DIGITS = 3;
let word = "", numbers = new Set(), asking, fitting = [];

const plain = (text) => text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
const said = (row) => plain(`${row.cells[2].textContent} ${row.cells[3].textContent} ${row.dataset.dong} ${row.dataset.number}`);

export const asks = () => word !== "";
export const fits = (row) => !word || numbers.has(row.dataset.id) || said(row).includes(word);

export function empty() {
  field.value = "";
  word = "";
  numbers = new Set();
}

// Rows that are shown whatever is asked are not counted as found.
export function show(rows) {
  fitting = word ? rows.filter((row) => !row.classList.contains("folded") && fits(row)) : [];
  found.hidden = !word;
  found.textContent = !word ? "" : fitting.length ? page.dataset.wFound.replace("{n}", fitting.length) : page.dataset.wFoundnone;
}

async function askNumber(redraw) {
  const asked = word, body = new URLSearchParams({ csrf: page.dataset.csrf, q: asked });
  const answer = await fetch("/console/find", { method: "POST", body, headers: { "X-Script": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!told || asked !== word) return;
  numbers = new Set(told.ids);
  redraw();
}

export function listen({ redraw, open }) {
  const typed = () => {
    word = plain(field.value);
    numbers = new Set();
    clearTimeout(asking);
    const digits = word.replace(/\D/g, "");
    if (digits.length >= LEAST_DIGITS && !/[^\d\s+-]/.test(word)) asking = setTimeout(() => askNumber(redraw), PAUSE);
    redraw();
  };
  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.code !== "Escape") return;
    event.preventDefault();
    empty();
    redraw();
  });
  // Enter opens the first that fits; what is not on the board is looked for everywhere.
  form.addEventListener("submit", (event) => {
    if (!word) return event.preventDefault();
    form.elements.csrf.value = page.dataset.csrf;
    if (!fitting.length) return undefined;
    event.preventDefault();
    return open(fitting[0].dataset.id);
  });
  if (field.value) typed(); // what the browser kept over a reload
}
