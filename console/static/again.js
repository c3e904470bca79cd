// Reads a page again after the seconds that it names, unless somebody is choosing, typing or reading something open.
// WCAG 2.2.1: a page that reloads by itself under somebody's hands is taken from them.

const seconds = Number(document.querySelector("meta[name=again]").content);

function busy() {
  const field = document.activeElement;
  const chosen = document.querySelector("main input[type=checkbox]:checked, main details[open], dialog[open]");
  return document.hidden || chosen || (field && field.matches("input, select, textarea, main a, main button"));
}

setInterval(() => busy() || location.reload(), seconds * 1000);
