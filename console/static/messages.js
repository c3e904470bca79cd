// The raw view keeps itself fresh: only messages that are not shown yet are added, so that what is open stays open.
const every = 2000;
const list = document.getElementById("list"), line = document.getElementById("line"), pause = document.getElementById("pause");
const items = (scope) => [...scope.querySelectorAll(".m")];
let paused = false;
document.documentElement.classList.add("js");

function say(state, n) {
  line.className = `line is-${state}`;
  const text = line.dataset[state].replace("{n}", n);
  if (line.textContent !== text) line.textContent = text;
}

async function read() {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
  try {
    const answer = await fetch(location.href, { headers: { "X-Fragment": "1" }, signal: stop.signal, cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } finally {
    clearTimeout(timer);
  }
}

function show(page) {
  const news = items(page), wanted = new Set(news.map((one) => one.dataset.key));
  const shown = new Set(items(list).map((one) => one.dataset.key));
  const fresh = news.filter((one) => !shown.has(one.dataset.key));
  if (paused) return say("paused", fresh.length);
  for (const one of items(list)) if (!wanted.has(one.dataset.key)) one.remove();
  list.querySelector(".ml").prepend(...fresh.map((one) => document.adoptNode(one)));
  list.querySelector("#none").hidden = news.length > 0;
  say("live");
}

async function turn() {
  try {
    const page = await read();
    if (page) show(page);
  } catch {
    say("lost");
  }
  setTimeout(turn, every);
}

pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  say(paused ? "paused" : "live", 0);
});
setTimeout(turn, every);
