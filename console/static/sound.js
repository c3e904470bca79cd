// Sound by severity, made here: three tones every 4 s for an emergency, two every 15 s for an urgent alert, one chime.
let context, on = false, quietUntil = 0, last = { 1: 0, 2: 0 };

export const isOn = () => on && context?.state === "running";

export async function switchTo(wanted) {
  on = wanted;
  if (on) { context ??= new AudioContext(); await context.resume(); chime([880], 0.12); }
  return isOn();
}

export function pause(seconds) { quietUntil = Date.now() + seconds * 1000; }
export function breakPause() { quietUntil = 0; }

function chime(tones, length) {
  if (!isOn()) return;
  tones.forEach((tone, place) => {
    const at = context.currentTime + place * length * 1.15;
    const voice = context.createOscillator(), gain = context.createGain();
    voice.frequency.value = tone;
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.4, at + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
    voice.connect(gain).connect(context.destination);
    voice.start(at);
    voice.stop(at + length + 0.02);
  });
}

export function arrived(priority) {
  if (priority === "1") { breakPause(); last[1] = 0; }
  if (priority === "2") last[2] = 0;
  if (priority === "3" && Date.now() > quietUntil) chime([660], 0.4);
}

// Called by the feed's ticks, which run in a hidden page too, unlike timers.
export function repeat(unowned) {
  const at = Date.now();
  if (!isOn() || at < quietUntil) return;
  if (unowned.has("1") && at - last[1] >= 3900) { last[1] = at; chime([988, 784, 988], 0.22); }
  else if (unowned.has("2") && at - last[2] >= 14900) { last[2] = at; chime([784, 659], 0.3); }
}

export function lineLost() { chime([330, 262, 196], 0.35); }
