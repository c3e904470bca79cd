// Follows the steps of an enrolment: each is ticked within a second of its being made.

const EVERY_MS = 1_000;

async function follow(place) {
  try {
    const answer = await fetch(place.dataset.steps, { headers: { "X-Fragment": "1" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = document.adoptNode(page.querySelector("#steps"));
    // Only what changed is put in: a list that is read aloud is not read again each second.
    if (list.outerHTML !== place.querySelector("#steps")?.outerHTML) place.replaceChildren(list);
  } catch {
    // The line is away; the steps stay as they were, and are asked for again.
  }
}

for (const place of document.querySelectorAll("[data-steps]")) {
  follow(place);
  setInterval(() => document.hidden || follow(place), EVERY_MS);
}
