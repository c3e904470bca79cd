// The responder's page on a telephone: presses wait for a line, the page stays readable without one.
// Without this script the same forms work by themselves.

import { drained, waiting, wait } from "/static/field-queue.js";
import { offerPush } from "/static/field-push.js";

const OFFER_AGAIN_MS = 20_000;
const TRY_AGAIN_MS = 5_000;
const word = (name, parts = {}) =>
  Object.entries(parts).reduce((text, [key, value]) => text.replace(`{${key}}`, value), document.body.dataset[`w${name}`]);

document.documentElement.classList.add("js");

function tell(text) {
  const line = document.getElementById("queue");
  line.textContent = text;
  line.hidden = !text;
}

async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  Object.assign(document.body.dataset, { stage: "", token: "" }, page.body.dataset);
  document.querySelector(".rp").replaceWith(document.adoptNode(page.querySelector(".rp")));
  begin();
}

async function look() {
  const { token } = document.body.dataset;
  if (!token) return;
  try {
    const answer = await fetch(`/r/${token}`, { headers: { Accept: "text/html" } });
    await show(answer);
    if (answer.headers.get("X-From-Cache")) tell(word("Away"));
  } catch {
    tell(word("Away"));
  }
}

async function press(event) {
  const button = event.submitter;
  const url = button?.getAttribute("formaction") || event.target.getAttribute("action");
  if (!url) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(event.target, button));
  fields.set("key", crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`);
  button?.setAttribute("aria-busy", "true");
  try {
    // What waits was pressed before: an outcome must not be told ahead of an arrival.
    if (await waiting()) await drained();
    if (await waiting()) throw new Error("others wait");
    const answer = await fetch(url, { method: "POST", body: fields, signal: AbortSignal.timeout(8_000) });
    if (answer.status >= 500) throw new Error("the server cannot take it now");
    await show(answer);
  } catch {
    // The same key: whether the first try arrived or not, it is carried out once.
    fields.set("said_at", new Date().toISOString());
    await wait({ url, body: fields.toString() });
    button?.removeAttribute("aria-busy");
    await say();
  }
}

async function say() {
  const count = await waiting();
  if (count) tell(word("Waiting", { n: count }));
}

async function send() {
  if (!(await waiting())) return;
  const sent = await drained();
  if (!sent) return say();
  await look();
  const left = await waiting();
  const time = new Date().toTimeString().slice(0, 5);
  tell(left ? word("Waiting", { n: left }) : word("Sent", { time }));
}

function count() {
  const line = document.querySelector(".exp[data-until]");
  if (!line) return;
  const left = Math.round((new Date(line.dataset.until) - Date.now()) / 1000);
  if (left < 0) line.textContent = word("Passed");
  else document.getElementById("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

function begin() {
  for (const form of document.querySelectorAll("#press, #outcome")) form.addEventListener("submit", press);
  document.getElementById("copy")?.addEventListener("click", async (event) => {
    await navigator.clipboard?.writeText(document.getElementById("address").textContent);
    event.target.textContent = word("Copied");
  });
  offerPush(document.body.dataset.token);
  count();
}

begin();
say();
setInterval(count, 1000);
setInterval(send, TRY_AGAIN_MS);
setInterval(() => document.body.dataset.stage === "offer" && !document.querySelector("details[open]") && look(), OFFER_AGAIN_MS);
addEventListener("online", send);
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/r/" }).catch(() => {});
}
