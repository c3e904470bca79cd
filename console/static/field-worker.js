// The worker of responders' pages: it shows pushes, and keeps the last page for where there is no line.

const SHELL = "dolbom-shell-1";
const FACTS = "dolbom-facts";
// A link is over after a day, and what it showed is wiped from the telephone.
const KEPT_MS = 24 * 3600 * 1000;
const DRAWN_WITH = [
  "/static/tokens.css", "/static/responder.css", "/static/icon.svg",
  "/static/field.js", "/static/field-queue.js", "/static/field-push.js",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(DRAWN_WITH)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(wiped().then(() => self.clients.claim()));
});

async function wiped() {
  const facts = await caches.open(FACTS);
  for (const request of await facts.keys()) {
    const answer = await facts.match(request);
    if (Date.now() - Number(answer.headers.get("X-Kept-At")) > KEPT_MS) await facts.delete(request);
  }
}

async function kept(path, answer) {
  const facts = await caches.open(FACTS);
  if (answer.status === 410 || answer.status === 403) return facts.delete(path);
  if (!answer.ok) return;
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-From-Cache": "1" });
  headers.set("Content-Security-Policy", answer.headers.get("Content-Security-Policy"));
  headers.set("X-Kept-At", String(Date.now()));
  await facts.put(path, new Response(await answer.clone().text(), { headers }));
}

async function page(request) {
  const { pathname } = new URL(request.url);
  try {
    const answer = await fetch(request);
    await kept(pathname, answer.clone());
    await wiped();
    return answer;
  } catch (away) {
    await wiped();
    const last = await (await caches.open(FACTS)).match(pathname);
    if (last) return last;
    throw away;
  }
}

/** Keeps the page that answers a press: the one before shows what is over, or less than there is to see now. */
async function pressed(request) {
  const path = new URL(request.url).pathname.split("/").slice(0, 3).join("/");
  const answer = await fetch(request);
  if ((answer.headers.get("Content-Type") || "").startsWith("text/html")) await kept(path, answer.clone());
  return answer;
}

async function drawn(request) {
  try {
    return await fetch(request);
  } catch (away) {
    const known = await caches.match(request, { cacheName: SHELL });
    if (known) return known;
    throw away;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin) return;
  if (event.request.method === "POST" && /^\/r\/[^/]+\/[a-z-]+$/.test(pathname)) event.respondWith(pressed(event.request));
  if (event.request.method !== "GET") return;
  if (/^\/r\/[^/]+$/.test(pathname)) event.respondWith(page(event.request));
  else if (DRAWN_WITH.includes(pathname)) event.respondWith(drawn(event.request));
});

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A browser may push without a text; something must be shown all the same.
  }
  const korean = (said.language || "ko") === "ko";
  const asks = [
    { action: "accept", title: korean ? "수락" : "I will go" },
    { action: "decline", title: korean ? "갈 수 없음" : "I cannot" },
  ];
  event.waitUntil(
    self.registration.showNotification(said.title || "돌봄 · Dolbom", {
      body: said.text || "",
      lang: said.language || "ko",
      // A repeat replaces what is shown, and does not ring again.
      tag: said.key || "dolbom",
      icon: "/static/icon.svg",
      requireInteraction: Boolean(said.urgent),
      actions: said.asks ? asks : [],
      data: { link: said.link || "" },
    }),
  );
});

async function answered(link, action) {
  if (action === "accept" || action === "decline") {
    // Where it does not arrive the page is opened all the same, and asks again.
    await fetch(`${link}/${action}`, { method: "POST", body: new URLSearchParams() }).catch(() => {});
  }
  if (action !== "decline") await self.clients.openWindow(link);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data && event.notification.data.link;
  if (link && new URL(link, self.location.origin).origin === self.location.origin) {
    event.waitUntil(answered(new URL(link, self.location.origin).href, event.action));
  }
});
