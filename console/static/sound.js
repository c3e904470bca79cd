// Sound by severity, made here: three tones every 4 s for an emergency, two every 15 s for an urgent alert, one chime.
// What repeats is a looped buffer, so that it goes on without timers, and without a line.
const TONES = { 1: { tones: [988, 784, 988], length: 0.22, every: 4 }, 2: { tones: [784, 659], length: 0.3, every: 15 } };
const LOWEST = { 1: 0.3, 2: 0 };
const button = document.getElementById("sound"), bar = document.getElementById("muted");
let context, on = false, loudness, volume = Number(localStorage.getItem("volume") ?? 0.7), started = 0, quietUntil = 0, toldLost = 0, wants = new Set();
const loops = new Map();

export const isOn = () => on && context?.state === "running";

export async function switchTo(wanted) {
  on = wanted;
  if (on) {
    context ??= made();
    await context.resume();
    chime([880], 0.12);
    sessionStorage.setItem("sound", "on");
  }
  keep(wants);
  return isOn();
}

function made() {
  const fresh = new AudioContext();
  loudness = fresh.createGain();
  loudness.connect(fresh.destination);
  fresh.addEventListener("statechange", show);
  return fresh;
}

// After the page was loaded again the first key or press lets it sound, as it did before.
if (sessionStorage.getItem("sound") === "on") {
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => on || switchTo(true), { once: true });
}

export function show() {
  button.setAttribute("aria-pressed", String(isOn()));
  button.dataset.state = context?.state ?? "none";
  button.dataset.alarms = started;
  button.dataset.sounding = [...loops.keys()].sort().join("");
  button.dataset.quiet = String(Boolean(context) && quietUntil > context.currentTime);
  button.dataset.lost = toldLost;
  // A locked page has no bar: its own button says whether it sounds.
  if (bar) bar.hidden = isOn();
}

export function setVolume(part) {
  volume = part;
  localStorage.setItem("volume", String(part));
  for (const [priority, loop] of loops) loop.gain.gain.value = Math.max(LOWEST[priority], volume);
}

// The pause is counted by the loudspeaker's own clock: no timer of a hidden page makes it longer.
export function pause(seconds) {
  if (!context) return;
  loudness.gain.cancelScheduledValues(0);
  loudness.gain.setValueAtTime(0, context.currentTime);
  loudness.gain.setValueAtTime(1, context.currentTime + seconds);
  quietUntil = context.currentTime + seconds;
  show();
}

function breakPause() {
  if (!context) return;
  loudness.gain.cancelScheduledValues(0);
  loudness.gain.setValueAtTime(1, context.currentTime);
  quietUntil = 0;
}

export function arrived(priority, { flood }) {
  if (priority === "1") breakPause();
  if (priority === "3" && !flood) chime([660], 0.4);
}

// What nobody has taken sounds until somebody takes it; the worst is heard alone.
export function keep(waiting) {
  wants = waiting;
  const wanted = isOn() ? [...["1", "2"].filter((priority) => waiting.has(priority))].slice(0, 1) : [];
  for (const [priority, loop] of loops) if (!wanted.includes(priority)) { loop.source.stop(); loops.delete(priority); }
  for (const priority of wanted) if (!loops.has(priority)) { loops.set(priority, looped(priority)); started += 1; }
  show();
}

function looped(priority) {
  const { tones, length, every } = TONES[priority], source = context.createBufferSource(), gain = context.createGain();
  source.buffer = drawn(tones, length, every);
  source.loop = true;
  gain.gain.value = Math.max(LOWEST[priority], volume);
  source.connect(gain).connect(loudness);
  source.start();
  return { source, gain };
}

function drawn(tones, length, seconds) {
  const rate = context.sampleRate, buffer = context.createBuffer(1, Math.round(rate * seconds), rate), data = buffer.getChannelData(0);
  tones.forEach((tone, place) => {
    const from = Math.round(place * length * 1.15 * rate), size = Math.round(length * rate), edge = 0.01 * rate;
    for (let at = 0; at < size; at += 1) {
      const swell = Math.min(1, at / edge, (size - at) / edge);
      data[from + at] = 0.5 * swell * Math.sin(2 * Math.PI * tone * at / rate);
    }
  });
  return buffer;
}

function chime(tones, length) {
  if (!isOn()) return;
  const source = context.createBufferSource(), gain = context.createGain();
  source.buffer = drawn(tones, length, tones.length * length * 1.2 + 0.1);
  gain.gain.value = Math.max(0.3, volume);
  source.connect(gain).connect(loudness);
  source.start();
}

export function lineLost() {
  toldLost += 1;
  chime([330, 262, 196], 0.35);
  show();
}
