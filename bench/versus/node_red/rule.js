// The same rule as scripts/rule.py: what is cried, what is still, and one open case for a home and a hazard.
const CRIES = { help_button: "help", fall: "fall", smoke: "fire" };
const said = typeof msg.payload === "string" ? JSON.parse(msg.payload) : msg.payload;
const now = Date.now() / 1000;
const name = "home_" + said.home.replace(/[^A-Za-z0-9]/g, "_");
const home = flow.get(name) || { open: {} };
const told = new Set();
for (const reading of said.readings) {
  const value = reading.value;
  const at = reading.at ? Date.parse(reading.at) / 1000 : now;
  if (value.kind === "motion" && value.active) home.moved = Math.max(at, home.moved || 0);
  if (value.kind === "heartbeat" && home.moved && at - home.moved >= 12 * 3600) told.add("stillness");
  if (CRIES[value.kind] && value.active !== false) told.add(CRIES[value.kind]);
}
const fresh = [...told].filter((hazard) => now - (home.open[hazard] || 0) > 600);
for (const hazard of fresh) home.open[hazard] = now;
flow.set(name, home);
return [fresh.map((hazard) => ({ payload: { home_ref: said.home, hazard }, headers: { "content-type": "application/json" } }))];
