// What the page says in words.

export const STATES = {
  idle: "Idle",
  checking: "Checking",
  running: "Running",
  paused: "Paused",
  venting: "Venting",
  done: "Done",
  fault: "Fault",
  service: "On the bench",
};

export const COLOURS = ["#246fc6", "#7865d8", "#b45db8", "#dc6b80", "#e39433"];

// Writes only what has changed: each writing makes the browser lay out and paint anew.
export function put(element, text) {
  if (element.shownText === text) return;
  element.shownText = text;
  element.textContent = text;
}

export function clock(ms) {
  const s = Math.max(Math.round(ms / 1000), 0);
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

// One colour for each chamber of a leg, foot first: the same as in every other picture of Soleus.
export function chamberColours(count) {
  if (count === 1) return [COLOURS[0]];
  return Array.from({ length: count }, (_, k) => {
    const place = (k / (count - 1)) * (COLOURS.length - 1);
    const low = Math.min(Math.floor(place), COLOURS.length - 2);
    return between(COLOURS[low], COLOURS[low + 1], place - low);
  });
}

export function between(a, b, share) {
  const part = (c, k) => parseInt(c.slice(k, k + 2), 16);
  const mixed = [1, 3, 5].map((k) => Math.round(part(a, k) + (part(b, k) - part(a, k)) * share));
  return "#" + mixed.map((n) => n.toString(16).padStart(2, "0")).join("");
}

// "the foot and ankle of both legs and the left calf"
export function together(names, legs, count) {
  if (names.length === count && count > 2) return "every chamber";
  const legsOf = new Map();
  for (const name of names) {
    const [leg, zone] = split(name);
    legsOf.set(zone, [...(legsOf.get(zone) || []), leg]);
  }
  const both = [...legsOf].filter(([, on]) => legs > 1 && on.length === legs).map(([zone]) => zone);
  const one = [...legsOf].filter(([zone]) => !both.includes(zone)).flatMap(([zone, on]) => on.map((leg) => (`the ${legs > 1 ? `${leg} ` : ""}${zone}`)));
  return listed(both.length ? [`the ${listed(both)} of both legs`, ...one] : one);
}

export function split(name) {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

// What the air does in this frame, in a sentence or two: for whoever sees such a machine for the first time.
export function story(frame, about) {
  if (!frame) return "";
  const legs = about.legs.length;
  const are = (test) => about.chambers.filter((_, k) => test(k, 1 << k));
  const filling = are((k, bit) => frame.fill_bits & bit && frame.pump_permille > 0);
  const held = are((k, bit) => isClosed(frame, about, bit) && !(frame.fill_bits & bit) && frame.pressure_mmhg[k] > 6);
  const letting = are((k, bit) => !isClosed(frame, about, bit) && !(frame.fill_bits & bit) && frame.pressure_mmhg[k] > 6);
  const parts = [];
  if (filling.length) parts.push(`The pump fills ${together(filling, legs, about.chambers.length)}.`);
  if (held.length) parts.push(`${capital(together(held, legs, about.chambers.length))} ${many(held, about) ? "keep their" : "keeps its"} air.`);
  if (letting.length) parts.push(`${capital(together(letting, legs, about.chambers.length))} ${many(letting, about) ? "let their" : "lets its"} air go.`);
  switch (frame.state) {
    case "checking":
      return "Every vent is open. Each sensor must read zero before the pump may start.";
    case "running":
      if (frame.asks_for_life) return "Is anybody awake? Press a button, or the session ends.";
      return parts.join(" ") || "All vents are open: the legs rest, and fill with blood again.";
    case "paused":
      return "Paused: all vents open, pump off.";
    case "venting":
      return "The session is over. Every vent is open until each chamber was seen empty.";
    case "done":
      return "Done: the legs are free.";
    case "fault":
      return "A guard has ended the session: all vents open, pump off, until a person clears it.";
    case "service":
      return parts.join(" ") || "A bench tests the machine.";
    default:
      return "Ready. Start begins with a check of every sensor.";
  }
}

function many(names, about) {
  return names.length < about.chambers.length && new Set(names.map((name) => split(name)[1])).size > 1;
}

function isClosed(frame, about, bit) {
  return about.valves === "three_way" ? false : Boolean(frame.seal_bits & bit);
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
