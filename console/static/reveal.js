// Show what is masked in its own place, and take it away after a minute; the key V opens the first one of the page.
const places = () => [...document.querySelectorAll(".rv")];

async function ask(place, form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Script": "1" } });
  const step = answer.headers.get("X-Step-Up");
  if (step) return location.assign(step);
  if (answer.status === 401 || answer.status === 423) return location.reload();
  show(place, new DOMParser().parseFromString(await answer.text(), "text/html").body);
}

function show(place, body) {
  const out = place.querySelector(".rv-out");
  out.replaceChildren(...[...body.childNodes].map((one) => document.adoptNode(one)));
  place.dataset.open = "";
  const value = out.querySelector("[data-seconds]"), why = out.querySelector("[name=why]");
  if (value) setTimeout(() => hide(place), Number(value.dataset.seconds) * 1000);
  else if (why) why.focus();
  else setTimeout(() => hide(place), 8000);
}

function hide(place) {
  place.querySelector(".rv-out").replaceChildren();
  delete place.dataset.open;
}

document.addEventListener("submit", (event) => {
  const place = event.target.closest?.(".rv");
  if (!place) return;
  event.preventDefault();
  ask(place, event.target).catch(() => event.target.submit());
});

document.addEventListener("keydown", (event) => {
  const keys = document.documentElement.dataset.keys ?? "on";
  if (event.code !== "KeyV" || keys === "off" || event.altKey !== (keys === "alt") || event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const first = places().find((place) => !("open" in place.dataset));
  if (!first) return;
  event.preventDefault();
  first.querySelector("form").requestSubmit();
});
