// The list of devices in trouble is read again every thirty seconds, unless somebody is choosing or typing.

const AGAIN_MS = 30_000;

function busy() {
  const field = document.activeElement;
  return document.hidden || document.querySelector("input[name=alert]:checked") || (field && field.matches("input"));
}

setInterval(() => busy() || location.reload(), AGAIN_MS);
