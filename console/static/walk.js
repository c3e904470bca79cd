// The live view of a walk test: the tiles are read again every second; a sensor that is proven buzzes the telephone.
const every = 1000;
const line = document.getElementById("line"), left = document.getElementById("left");
let endsAt = Date.now() + Number(document.getElementById("live").dataset.left) * 1000;
document.documentElement.classList.add("js");

const two = (n) => String(n).padStart(2, "0");
function countDown() {
  const seconds = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
  left.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

function say(state) {
  line.className = `line is-${state}`;
  if (line.textContent !== line.dataset[state]) line.textContent = line.dataset[state];
}

async function read() {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
  try {
    return await fetch(location.href, { headers: { "X-Fragment": "1" }, signal: stop.signal, cache: "no-store" });
  } finally {
    clearTimeout(timer);
  }
}

function show(html) {
  const now = document.getElementById("live");
  const fresh = document.adoptNode(new DOMParser().parseFromString(html, "text/html").getElementById("live"));
  if (!fresh || fresh.dataset.running !== "1") return location.reload();
  const before = new Map([...now.querySelectorAll(".tile")].map((tile) => [tile.dataset.sensor, tile]));
  let proven = false;
  for (const tile of fresh.querySelectorAll(".tile")) {
    const was = before.get(tile.dataset.sensor);
    if (was && Number(tile.dataset.signals) > Number(was.dataset.signals)) tile.classList.add("fresh");
    proven ||= Boolean(was) && tile.classList.contains("passed") && !was.classList.contains("passed");
  }
  if (fresh.innerText !== now.innerText || fresh.querySelector(".fresh") || now.querySelector(".fresh")) now.replaceWith(fresh);
  if (proven && navigator.vibrate) navigator.vibrate(80);
  endsAt = Date.now() + Number(fresh.dataset.left) * 1000;
}

async function turn() {
  try {
    const answer = await read();
    if (answer.status === 410) return location.assign(answer.headers.get("X-Over"));
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text());
    say("live");
  } catch {
    say("lost");
  }
  setTimeout(turn, every);
}

setInterval(countDown, 500);
setTimeout(turn, every);
