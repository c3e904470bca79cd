// Short sentences: what came of a press, with choices where there are any; and what is said aloud, one in five seconds.
const place = document.getElementById("toast"), voice = document.getElementById("say");
const PAUSE = 5000;
let hiding, gone, saying, spokenAt = -Infinity;

export function toast(text) { offer(text, []); }

// What was answered, and what asks for a choice, is not covered by what is said in passing.
export function mention(text) {
  if (place.hidden) toast(text);
  else setTimeout(() => mention(text), 2000);
}

export function offer(text, choices, { onGone, lasts = choices.length ? 20000 : 6000 } = {}) {
  gone?.();
  gone = onGone;
  place.replaceChildren(text);
  for (const [label, does] of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tb";
    button.textContent = label;
    button.addEventListener("click", () => { gone = undefined; hide(); does(); });
    place.append(" ", button);
  }
  place.hidden = !text;
  clearTimeout(hiding);
  hiding = setTimeout(hide, lasts);
}

function hide() {
  place.hidden = true;
  place.replaceChildren();
  gone?.();
  gone = undefined;
}

// A flood of emergencies is heard; to have each one read out would hide them all.
export function say(text) {
  clearTimeout(saying);
  const wait = spokenAt + PAUSE - performance.now();
  if (wait > 0) { saying = setTimeout(() => say(text), wait); return; }
  spokenAt = performance.now();
  voice.textContent = text;
}
