// The detail pane: the alert that is selected, its forms, its script. What somebody is writing stays as it is.
import { now, countdown, showDue } from "./clock.js";
import { press } from "./press.js";
import { bring, rowOf, rows } from "./rows.js";
import { toast } from "./toast.js";

const page = document.body, detail = document.getElementById("detail"), card = document.getElementById("card");
const word = (name) => page.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
let selected = page.dataset.selected || null, viewing = {};

export const selectedId = () => selected;

export function select(id, { focus = true } = {}) {
  for (const row of rows()) {
    row.setAttribute("aria-selected", String(row.dataset.id === id));
    row.tabIndex = row.dataset.id === id ? 0 : -1;
  }
  const row = rowOf(id);
  bring(row);
  if (row && focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  if (id === selected && shown()) return;
  selected = id;
  openDetail(id);
}

// The pane's head, if the pane shows what is selected: between the choice and its answer it shows another alert.
export function shown() {
  const head = detail.querySelector("[data-part=head]");
  return head?.dataset.alert === selected ? head : null;
}

async function openDetail(id) {
  const html = await fragment(id);
  if (id !== selected) return;
  // Another alert's pane under this row would be worse than none.
  if (html === null) { if (!shown()) { detail.replaceChildren(); toast(word("unsure")); } return; }
  detail.innerHTML = html; // made and escaped by our own server
  detail.scrollTop = 0;
  showDue(detail.querySelectorAll("[data-part=head]"));
  showViewing(viewing);
  history.replaceState(null, "", `/alerts/${id}`);
  document.querySelector("#prefs [name=next]").value = `/alerts/${id}`;
}

export async function refreshDetail() {
  const id = selected, html = shown() && await fragment(id);
  if (!html || !shown() || id !== selected) return;
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const part of holder.content.querySelectorAll("[data-part]")) {
    const old = detail.querySelector(`[data-part="${part.dataset.part}"]`);
    // What is being written, and what was just revealed, stays.
    if (part.dataset.part === "forms" || old?.querySelector(".rv[data-open]")) continue;
    const held = old?.contains(document.activeElement) && document.activeElement.getAttribute("aria-keyshortcuts");
    old?.replaceWith(part);
    if (held) part.querySelector(`[aria-keyshortcuts="${held}"]`)?.focus({ preventScroll: true });
  }
  showDue(detail.querySelectorAll("[data-part=head]"));
  showViewing(viewing);
}

async function fragment(id) {
  const answer = await fetch(`/alerts/${id}`, { headers: { "X-Fragment": "1" }, signal: AbortSignal.timeout(8000) }).catch(() => null);
  if (answer?.status === 401 || answer?.status === 423) location.reload();
  return answer?.ok ? answer.text().catch(() => null) : null;
}

export function showViewing(all) {
  viewing = all;
  const names = viewing[selected] ?? "", place = detail.querySelector("[data-part=viewing]");
  if (place) { place.hidden = !names; place.textContent = names ? word("viewing").replace("{names}", names) : ""; }
}

export function turn() {
  const head = detail.querySelector("[data-part=head]");
  if (!head) return;
  showDue([head]);
  head.querySelector(".elapsed").textContent = countdown(now() - Date.parse(head.dataset.since));
}

// ---- forms

// A form acts on the alert that it was written for, whatever is selected meanwhile.
export const act = (form, fields = new FormData(form), button = form.querySelector("button")) => press(form.getAttribute("action"), fields, { button });

export function openForm(name, whom) {
  const form = detail.querySelector(`#${name}`);
  if (!form) return;
  if (whom) form.querySelector("[name=whom]").value = whom;
  for (const other of detail.querySelectorAll(".form")) other.classList.toggle("open", other === form);
  // Only what was seen is closed: what comes while the form stands open makes the server refuse it.
  const head = detail.querySelector("[data-part=head]");
  if (head) for (const seen of form.querySelectorAll("[name=version]")) seen.value = head.dataset.v;
  for (const problem of form.querySelectorAll(".problem")) problem.hidden = true;
  const step = form.querySelector("[name=step]");
  if (step && head) step.value = head.dataset.step;
  form.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}

export function closeForms() {
  for (const form of detail.querySelectorAll(".form")) form.classList.remove("open");
  if (card.open) card.close();
  rowOf(selected)?.focus({ preventScroll: true });
}

function ring(phone) {
  if (!phone) return;
  const link = document.createElement("a");
  link.href = `tel:${phone}`;
  document.body.append(link);
  link.click();
  link.remove();
}

export function callNumber(number) {
  const whom = detail.querySelector("#call-whom"), option = whom?.options[number - 1];
  if (!option) return;
  whom.value = option.value;
  ring(option.dataset.tel);
  detail.querySelector("#call [name=result]").focus();
}

// ---- the script

export function doStep() {
  const step = detail.querySelector("[data-do]");
  if (!step) return false;
  const kind = step.dataset.do;
  if (kind === "call" || kind === "contact") ring(step.getAttribute("href").replace(/^tel:|^#.*/, ""));
  if (kind === "sheet") openSheet();
  if (step.dataset.opens) openForm(step.dataset.opens);
  else if (kind !== "sheet") detail.querySelector(".sop .now button")?.focus();
  return true;
}

export function answerStep(number) {
  if (card.open) card.close();
  detail.querySelectorAll(".sop .now .ans button")[number - 1]?.click();
}

// The sheet is read aloud beside the board: nobody is sent away from it to see what to say.
export async function openSheet() {
  const answer = await fetch(`/alerts/${selected}/sheet`, { signal: AbortSignal.timeout(8000) }).catch(() => null);
  const main = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  if (!main) return toast(word("unsure"));
  main.querySelector("header a")?.remove();
  const inside = document.createElement("div");
  inside.className = "sheetin";
  inside.append(...main.childNodes);
  card.querySelector(".into").replaceChildren(document.adoptNode(inside));
  if (!card.open) card.showModal();
  return undefined;
}

card.addEventListener("submit", async (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  const answer = await act(event.target, new FormData(event.target, event.submitter), event.submitter);
  if (answer?.status === 204) card.close();
});
card.addEventListener("close", () => detail.querySelector(".sop .now button")?.focus());
detail.addEventListener("submit", async (event) => {
  if (event.target.closest(".rv")) return;
  event.preventDefault();
  const form = event.target, name = form.dataset.act;
  const answer = await act(form, new FormData(form, event.submitter), event.submitter ?? form.querySelector("button"));
  if (answer?.status === 204) {
    if (form.closest(".form")) { form.reset(); closeForms(); }
    if (name === "step" || name === "hold") refreshDetail();
    return;
  }
  const problem = form.querySelector(".problem");
  if (problem && answer) { problem.hidden = false; problem.textContent = answer.text; }
});
detail.addEventListener("click", (event) => {
  const step = event.target.closest("[data-do]"), opener = event.target.closest("[data-open]:not(.rv)");
  if (step) { event.preventDefault(); doStep(); }
  if (opener) {
    // A telephone link rings all the same; what came of the call is asked at once.
    if (!opener.getAttribute("href")?.startsWith("tel:")) event.preventDefault();
    openForm(opener.dataset.open, opener.dataset.whom);
  }
  if (event.target.closest("[data-close]")) closeForms();
});
