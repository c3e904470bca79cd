// What stands above the rows: the line, the load, who is on duty, what remains.
export function show(id, text, bad) {
  const place = document.getElementById(id);
  place.querySelector("b").textContent = text;
  place.classList.toggle("bad", bad);
}

export function showRate({ total, bars, flood, text }, word) {
  const bar = document.getElementById("flood");
  bar.hidden = !flood;
  bar.querySelector("span").textContent = text;
  const place = document.getElementById("rate"), drawn = place.querySelectorAll("rect");
  place.querySelector("b").textContent = word(flood ? "flood" : "rate", { n: total });
  bars.forEach((height, minute) => { drawn[minute]?.setAttribute("height", height); drawn[minute]?.setAttribute("y", 26 - height); });
}

export function showWho({ on_duty, to_follow_up }) {
  document.querySelector("#duty b").textContent = on_duty;
  document.querySelector("#left b").textContent = to_follow_up || "";
}
