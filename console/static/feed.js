// The line to the server: one EventSource, opened again by ourselves, and a watchdog that notices a dead line.
const SILENCE = 6000;
const LONGEST_PAUSE = 5000;

export function follow({ url, mark, on, onLine, onRefused }) {
  // Only a word from the server is a sign of life: an attempt to reach it is none.
  let source, last = mark, heard = Date.now(), tried = 0, pause = 500, timer, open = false;

  function connect() {
    clearTimeout(timer);
    if (source) source.close();
    tried = Date.now();
    source = new EventSource(`${url}?after=${encodeURIComponent(last)}`);
    source.onopen = () => { pause = 500; };
    source.onerror = () => {
      // EventSource tries again by itself, except after an answer other than 200: then it gives up for good.
      if (source.readyState === EventSource.CLOSED) { again(); onRefused(); }
    };
    for (const name of ["hello", "alert", "gone", "tick", "reset", "reauth", "notice"]) {
      source.addEventListener(name, (event) => {
        heard = Date.now();
        if (event.lastEventId) last = event.lastEventId;
        if (!open) { open = true; onLine(true, 0); }
        on[name]?.(JSON.parse(event.data), event);
      });
    }
  }

  function again() {
    source.close();
    clearTimeout(timer);
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }

  setInterval(() => {
    const silent = Date.now() - heard;
    if (silent < SILENCE) return;
    open = false;
    onLine(false, silent);
    if (Date.now() - tried > SILENCE) connect();
  }, 500);

  connect();
  window.addEventListener("pagehide", () => source.close());
  return { moveTo(place) { last = place; }, close() { source.close(); } };
}
