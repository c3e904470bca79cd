// The page that could not be read is asked for again, and taken when it is there: what is shown stays until then.
const EVERY = 5000;

async function ask() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8000) }).catch(() => null);
  if (answer && answer.status < 500) location.reload();
  else setTimeout(ask, EVERY);
}

setTimeout(ask, EVERY);
