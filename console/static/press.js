// A press is sent once, and again only under the same key: the server answers a second one as it answered the first.
import { offer, toast } from "./toast.js";

const page = document.body, SLOW = 2000, LATE = 8000;
const word = (name) => page.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
let isLive = () => true;

export const whileLive = (asked) => { isLive = asked; };

export async function press(path, form, { button, key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } = {}) {
  if (!isLive()) { toast(word("away")); return null; }
  if (button?.getAttribute("aria-busy") === "true") return null; // it stays pressed once
  const slow = setTimeout(() => button?.setAttribute("data-slow", ""), SLOW);
  button?.setAttribute("aria-busy", "true");
  const answer = await send(path, form, key);
  clearTimeout(slow);
  button?.removeAttribute("aria-busy");
  button?.removeAttribute("data-slow");
  // What stands between us and the server answers with pages of its own.
  if (!answer || answer.status >= 500) return again(path, form, { button, key });
  if (answer.status === 401 || answer.status === 423) { location.reload(); return null; }
  const text = answer.status === 204 ? "" : await answer.text().catch(() => "");
  if (![200, 204, 207].includes(answer.status)) toast(text);
  return { status: answer.status, text };
}

function again(path, form, press_) {
  return new Promise((done) => offer(word("retry"), [[word("again"), () => done(press(path, form, press_))]], { onGone: () => done(null) }));
}

async function send(path, form, key) {
  const body = new URLSearchParams(form);
  body.set("csrf", page.dataset.csrf);
  const headers = { "X-Script": "1", "Idempotency-Key": key };
  const answer = await fetch(path, { method: "POST", body, headers, signal: AbortSignal.timeout(LATE) }).catch(() => null);
  if (answer?.status !== 403 || !await renewed()) return answer;
  body.set("csrf", page.dataset.csrf);
  return fetch(path, { method: "POST", body, headers, signal: AbortSignal.timeout(LATE) }).catch(() => null);
}

// Who signed in again on another page has another session, and its forms another token.
async function renewed() {
  const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
  const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").body.dataset.csrf : null;
  if (!fresh || fresh === page.dataset.csrf) return false;
  page.dataset.csrf = fresh;
  return true;
}
