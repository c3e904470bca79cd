// Web Push on this telephone: on, off, and a test. It comes on top of texts and calls.

const said = (name) => document.getElementById("push-words").dataset[name];

function tell(name) {
  document.getElementById("push-state").textContent = said(name);
}

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

async function post(token, what, body) {
  return fetch(`/r/${token}/${what}`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
}

async function on(token) {
  const worker = await navigator.serviceWorker.ready;
  const { key } = await (await fetch(`/r/${token}/push`)).json();
  const one = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const answer = await post(token, "push", JSON.stringify(one));
  tell(answer.ok ? "pushOn" : "pushNo");
}

async function off(token) {
  const worker = await navigator.serviceWorker.ready;
  const one = await worker.pushManager.getSubscription();
  if (one) {
    await post(token, "push-off", JSON.stringify(one));
    await one.unsubscribe();
  }
  tell("pushOff");
}

async function test(token) {
  const answer = await post(token, "push-test", "");
  tell(answer.ok && (await answer.json()).result === "sent" ? "pushSent" : "pushFailed");
}

/** Makes the buttons work where the browser can; where it cannot, it says so when one asks. */
export function offerPush(token) {
  for (const [id, work] of [["push-on", on], ["push-off", off], ["push-test", test]]) {
    document.getElementById(id)?.addEventListener("click", () => work(token).catch(() => tell("pushNo")));
  }
}
