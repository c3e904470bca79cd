// Shows what was pushed, and opens its link; it knows nothing else and keeps nothing.

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A browser may push without a text; something must be shown all the same.
  }
  event.waitUntil(
    self.registration.showNotification(said.title || "돌봄 · Dolbom", {
      body: said.text || "",
      lang: said.language || "ko",
      // A repeat replaces what is shown, and does not ring again.
      tag: said.key || "dolbom",
      icon: "/static/icon.svg",
      requireInteraction: Boolean(said.urgent),
      data: { link: said.link || "" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data && event.notification.data.link;
  if (link && new URL(link, self.location.origin).origin === self.location.origin) {
    event.waitUntil(self.clients.openWindow(link));
  }
});
