// Time as the server tells it: a wrong clock at the workstation must not move a due time.
let ahead = 0;
const zone = "Asia/Seoul";
const day = { ko: new Intl.DateTimeFormat("ko-KR", { timeZone: zone, month: "long", day: "numeric", weekday: "long" }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone: zone, month: "short", day: "numeric", weekday: "short" }) };
const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const setNow = (iso) => { ahead = Date.parse(iso) - Date.now(); };
export const now = () => Date.now() + ahead;
export const clockText = (at = now()) => time.format(at);
export const dateText = (language) => day[language].format(now());

export function countdown(milliseconds) {
  let seconds = Math.trunc(milliseconds / 1000);
  const sign = seconds < 0 ? "+" : "";
  seconds = Math.abs(seconds);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor((seconds % 3600) / 60);
  return sign + (hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`);
}

export function showDue(scope) {
  for (const one of scope) {
    const due = one.querySelector(".due");
    if (!due || !one.dataset.due) continue;
    const left = Date.parse(one.dataset.due) - now();
    due.querySelector(".left").textContent = countdown(left);
    due.classList.toggle("soon", left > 0 && left < Number(one.dataset.soon) * 1000);
    due.classList.toggle("over-due", left <= 0);
  }
}
