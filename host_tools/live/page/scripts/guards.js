// What the guards watch: for each how near it is to its limit, and the last that tripped.

import { capital, put, split } from "./words.js";

const SHOWN = 6;

export class Guards {
  constructor(about) {
    this.about = about;
    this.element = document.createElement("section");
    this.element.className = "card guards";
    this.element.innerHTML =
      `<h2>What the guards watch</h2><div class="tripped" role="alert" hidden></div><ol></ol><p class="hint told"></p>` +
      `<details><summary>All ${about.guards.length}: how near, and what each is for</summary><dl></dl></details>`;
    this.tripped = this.element.querySelector(".tripped");
    this.list = this.element.querySelector("ol");
    this.rows = about.guards.map((guard) => row(guard));
    this.list.append(...this.rows.map((each) => each.item));
    this.element.querySelector("dl").innerHTML = about.guards
      .map((guard) => `<dt>${guard.code} ${guard.name}</dt><dd><p class="far"></p><b>${capital(guard.hazard)}.</b> ${guard.why} Then: ${guard.reaction}. <span class="id">${guard.requirement}</span></dd>`)
      .join("");
    this.details = this.element.querySelector("details");
    this.details.addEventListener("toggle", () => this.frame && this.showAll(this.frame));
    this.fars = [...this.element.querySelectorAll("dl .far")];
    this.element.querySelector(".told").textContent = toldWords(about);
  }

  show(frame) {
    this.frame = frame;
    const shares = this.about.guards.map((guard, k) => share(guard, frame.near[k]));
    const ranked = shares.map((value, k) => [value, k]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const order = ranked.slice(0, SHOWN).map(([, k]) => k);
    this.rows.forEach(({ item }, k) => {
      const isHidden = !order.includes(k) || shares[k] < 0;
      if (item.hidden !== isHidden) item.hidden = isHidden;
    });
    order.forEach((k, place) => {
      const each = this.rows[k];
      if (each.place !== place) each.item.style.order = each.place = place;
      const value = Math.round(Math.min(Math.max(shares[k], 0), 1) * 200) / 200;
      if (each.bar.value !== value) each.bar.value = value;
      each.item.classList.toggle("near", shares[k] > 0.75);
      put(each.text, far(this.about.guards[k], frame.near[k]));
    });
    this.showAll(frame);
  }

  showAll(frame) {
    if (!this.details.open) return;
    this.about.guards.forEach((guard, k) => put(this.fars[k], frame.near[k] ? `now ${far(guard, frame.near[k])}` : guard.unknown));
  }

  trip(event) {
    this.tripped.hidden = false;
    this.tripped.replaceChildren();
    const title = document.createElement("b");
    title.textContent = event.text;
    const help = document.createElement("p");
    help.textContent = event.help;
    this.tripped.append(title, help);
    this.tripped.classList.toggle("mild", event.kind === "rested");
  }

  clear() {
    this.tripped.hidden = true;
  }
}

// A simulation counts them all; of a machine at a line the page says plainly what it doesn't hear.
function toldWords(about) {
  const untold = about.guards.filter((guard) => guard.told === "inside").length;
  if (!untold) return "";
  const told = about.guards.filter((guard) => guard.told === "here").length;
  return `${told} of these show from outside. ${untold} more the machine counts inside: this line doesn't tell them, and they guard all the same.`;
}

function far(guard, near) {
  const [value, limit] = near || [0, 0];
  return guard.code === "E61" ? `${number(value)} ${guard.unit}, least ${number(limit)}` : `${number(value)} of ${number(limit)} ${guard.unit}`;
}

function row(guard) {
  const item = document.createElement("li");
  item.innerHTML = `<span class="what"></span><span class="far"></span><meter min="0" max="1" high="0.75" optimum="0"></meter>`;
  item.querySelector(".what").textContent = `${guard.code} ${guard.name}`;
  const bar = item.querySelector("meter");
  bar.setAttribute("aria-label", `${guard.code} ${guard.name}`);
  return { item, bar, text: item.querySelector(".far") };
}

// -1: not known here.
function share(guard, near) {
  if (!near) return -1;
  if (guard.code === "E61") return near[0] <= 0 ? 0 : Math.max(0, 1 - (near[0] - near[1]) / (0.6 * near[1]));
  return near[1] > 0 ? near[0] / near[1] : 0;
}

function number(value) {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

export class Events {
  constructor(onJump) {
    this.onJump = onJump;
    this.element = document.createElement("section");
    this.element.className = "card events";
    this.element.innerHTML = `<h2>What happened</h2><ol tabindex="0" aria-label="Events, the latest first"></ol>`;
    this.list = this.element.querySelector("ol");
  }

  add(event, clock) {
    const item = document.createElement("li");
    item.className = `is-${event.kind}`;
    const button = document.createElement("button");
    button.type = "button";
    button.innerHTML = `<time></time><span></span>`;
    button.querySelector("time").textContent = clock(event.at_ms);
    button.querySelector("span").textContent = worded(event);
    button.addEventListener("click", () => this.onJump(event.at_ms));
    item.append(button);
    this.list.prepend(item);
    while (this.list.children.length > 200) this.list.lastChild.remove();
  }
}

function worded(event) {
  if (event.kind === "act") return `you: ${event.text}`;
  if (event.kind === "broken") return `broken: ${event.text}${event.help ? ` (${event.help})` : ""}`;
  if (event.kind === "mended") return `mended: ${event.text}`;
  return event.text;
}

// The numbers behind the picture, for whoever wants them and for a screen reader.
export class Numbers {
  constructor(about) {
    this.about = about;
    this.element = document.createElement("details");
    this.element.className = "card numbers";
    this.element.innerHTML =
      `<summary>Numbers of each chamber</summary><table><thead><tr><th scope="col">chamber</th><th scope="col">now</th>` +
      `<th scope="col">wanted</th><th scope="col">target</th><th scope="col">what it does</th></tr></thead><tbody>` +
      about.chambers.map((name) => `<tr><th scope="row">${split(name).join(" ")}</th><td></td><td></td><td></td><td></td></tr>`).join("") +
      `</tbody></table><p class="hint"></p>`;
    this.element.querySelector(".hint").textContent = `mmHg; ${about.pressure_is === "true" ? "the true pressure in the model" : "as the sensors measure it"}`;
    this.element.addEventListener("toggle", () => this.frame && this.show(this.frame));
    this.rows = [...this.element.querySelectorAll("tbody tr")].map((each) => [...each.querySelectorAll("td")]);
  }

  show(frame) {
    this.frame = frame;
    if (!this.element.open) return;
    this.rows.forEach(([now, wanted, target, phase], k) => {
      const kept = frame.state === "running";
      put(now, frame.pressure_mmhg[k].toFixed(1));
      put(wanted, kept && frame.wanted_mmhg[k] ? frame.wanted_mmhg[k].toFixed(1) : "open");
      put(target, kept && frame.target_mmhg[k] ? frame.target_mmhg[k].toFixed(1) : "–");
      put(phase, frame.rested_bits & (1 << k) ? "left out" : frame.phase[k] || (frame.fill_bits & (1 << k) ? "joined" : "–"));
    });
  }
}
