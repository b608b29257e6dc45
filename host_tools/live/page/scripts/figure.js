// The picture of the machine: two legs, and between them where the air goes. Drawn from the board's own file.

import { HEIGHT, cushion, inlet, leg, middle, spans } from "./shape.js";
import { capital, put, split, story } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
const SWELL_MOST = 15;
const SWELL_AT_MMHG = 90;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

export class Figure {
  constructor(about, onPart) {
    this.about = about;
    this.onPart = onPart;
    this.shown = about.chambers.map(() => 0);
    this.turn = 0;
    this.turning = 0;
    this.broken = new Map();
    this.narrow = matchMedia("(max-width: 640px)");
    this.element = document.createElement("figure");
    this.element.className = "figure";
    this.element.innerHTML = `<p class="story"></p><div class="drawing"></div><figcaption></figcaption>`;
    this.story = this.element.querySelector(".story");
    this.narrow.addEventListener("change", () => this.draw());
    this.draw();
  }

  draw() {
    const { about } = this;
    const one = about.legs.length === 1;
    const small = this.narrow.matches;
    const k = small ? 0.6 : 1;
    const w = one ? (small ? 300 : 560) : small ? 420 : 960;
    this.lay = {
      small,
      k,
      w,
      h: HEIGHT * k + (small ? 108 : 160),
      top: small ? 20 : 34,
      xm: one ? w - (small ? 60 : 110) : w / 2,
      fill: small ? 27 : 64,
      tee: small ? 49 : 122,
      sensor: small ? 65 : 168,
      valve: small ? 0.66 : 1,
      bar: small ? 5 : 8,
    };
    const svg = this.svg("svg", {
      viewBox: `0 0 ${w} ${this.lay.h}`,
      role: "group",
      "aria-label": "The machine: legs in their boots, and the way of the air",
    });
    this.parts = { chambers: [], rows: [] };
    this.drawManifold(svg);
    about.legs.forEach((name, index) => this.drawLeg(svg, name, index));
    const holder = this.element.querySelector(".drawing");
    holder.replaceChildren(svg);
    this.element.querySelector("figcaption").innerHTML =
      `<span class="key fills">filling</span><span class="key holds">closed, keeps its air</span>` +
      `<span class="key lets">open to the room</span><span class="key wanted">wanted now</span>` +
      `<span class="key above">above it</span>`;
    if (this.last) this.show(this.last, this.state);
    this.markBroken();
  }

  svg(name, attributes = {}, parent = null, text = null) {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== null) element.textContent = text;
    parent?.append(element);
    return element;
  }

  // A thing that can be broken answers to a click and to the keyboard.
  part(parent, component, label) {
    const group = this.svg("g", { class: "thing", "data-component": component }, parent);
    if (!(component in this.about.faults)) {
      group.classList.add("fixed");
      return group;
    }
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "0");
    group.setAttribute("aria-label", `${label}: break it`);
    group.dataset.label = label;
    this.svg("title", {}, group, label);
    const open = () => this.onPart(component, label, group);
    group.addEventListener("click", open);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open();
      }
    });
    return group;
  }

  rowY(position) {
    const { lay, about } = this;
    const count = about.chambers.length / about.legs.length;
    const low = lay.top + 552 * lay.k;
    const high = lay.top + 58 * lay.k;
    return count === 1 ? (low + high) / 2 : low - ((low - high) * position) / (count - 1);
  }

  drawManifold(svg) {
    const { lay, about } = this;
    const [x, low] = [lay.xm, lay.h - (lay.small ? 40 : 56)];
    const top = this.rowY(about.chambers.length / about.legs.length - 1) - (lay.small ? 16 : 24);
    const manifold = this.part(svg, "manifold", "manifold");
    this.svg("rect", { class: "pipe", x: x - lay.bar, y: top, width: 2 * lay.bar, height: low - top, rx: lay.bar }, manifold);
    this.parts.air = this.svg("rect", { class: "air", x: x - lay.bar + 2, y: top + 2, width: 2 * lay.bar - 4, height: low - top - 4, rx: lay.bar - 2 }, manifold);
    this.parts.manifoldText = this.svg("text", { class: "small", x, y: top - 8, "text-anchor": "middle" }, svg, "");
    if (about.sensors !== "per_chamber") this.drawSensor(svg, "sensor.manifold", "sensor of the manifold", x + lay.bar + (lay.small ? 9 : 12), top + (lay.small ? 1 : 12));
    this.drawPump(svg, x, low);
    const side = lay.small ? 44 : 96;
    this.drawRelief(svg, x - lay.bar, low - (lay.small ? 34 : 48));
    this.drawSupply(svg, x - side, low);
    this.drawClock(svg, x + side, low);
    if ("bus" in about.faults) this.drawBus(svg, x + side + (lay.small ? 36 : 62), low);
  }

  drawPump(svg, x, y) {
    const r = this.lay.small ? 20 : 30;
    const pump = this.part(svg, "pump", "pump");
    this.svg("circle", { class: "pump", cx: x, cy: y, r }, pump);
    const rotor = this.svg("g", {}, pump);
    for (const angle of [0, 120, 240])
      this.svg("path", { class: "blade", d: `M0 0C${r * 0.5} ${-r * 0.5} ${r * 0.8} ${-r * 0.1} ${r * 0.72} ${r * 0.12}C${r * 0.4} ${r * 0.2} ${r * 0.1} ${r * 0.2} 0 0Z`, transform: `rotate(${angle})` }, rotor);
    this.svg("circle", { class: "hub", cx: x, cy: y, r: r * 0.16 }, pump);
    this.parts.rotor = { rotor, x, y };
    this.rotate(this.turn);
    this.parts.pump = pump;
    this.parts.pumpText = this.svg("text", { class: "small", x, y: y + r + 14, "text-anchor": "middle" }, svg, "pump");
  }

  drawRelief(svg, x, y) {
    const relief = this.part(svg, "relief", "relief valve");
    const s = this.lay.small ? 0.7 : 1;
    this.svg("path", { class: "box", d: `M${x} ${y}h${-12 * s}m0 ${-9 * s}h${-16 * s}v${18 * s}h${16 * s}z` }, relief);
    this.svg("path", { class: "spring", d: `M${x - 15 * s} ${y - 5 * s}l${-4 * s} ${10 * s}l${-3 * s} ${-10 * s}l${-3 * s} ${10 * s}` }, relief);
    if (!this.lay.small && this.about.relief_mmhg) this.svg("text", { class: "tiny", x: x - 36, y: y + 4, "text-anchor": "end" }, svg, `relief at ${this.about.relief_mmhg}`);
  }

  drawSupply(svg, x, y) {
    const supply = this.part(svg, "supply", "supply");
    const s = this.lay.small ? 0.75 : 1;
    this.svg("rect", { class: "box", x: x - 18 * s, y: y - 11 * s, width: 34 * s, height: 22 * s, rx: 4 }, supply);
    this.svg("rect", { class: "ink", x: x + 16 * s, y: y - 4 * s, width: 4 * s, height: 8 * s }, supply);
    this.parts.charge = this.svg("rect", { class: "charge", x: x - 15 * s, y: y - 8 * s, width: 28 * s, height: 16 * s, rx: 2 }, supply);
    this.parts.supplyText = this.svg("text", { class: "small", x, y: y + (this.lay.small ? 24 : 30), "text-anchor": "middle" }, svg, "");
  }

  drawClock(svg, x, y) {
    const chip = this.part(svg, "clock", "clock of the chip");
    const s = this.lay.small ? 0.75 : 1;
    for (const k of [-7, 0, 7]) this.svg("path", { class: "legs-of-chip", d: `M${x - 17 * s} ${y + k * s}h${34 * s}` }, chip);
    this.svg("rect", { class: "box", x: x - 12 * s, y: y - 13 * s, width: 24 * s, height: 26 * s, rx: 4 }, chip);
    this.parts.hand = this.svg("path", { class: "spring", d: `M${x} ${y}v${-7 * s}M${x} ${y}h${5 * s}` }, chip);
    this.svg("text", { class: "small", x, y: y + (this.lay.small ? 24 : 30), "text-anchor": "middle" }, svg, "clock");
  }

  drawBus(svg, x, y) {
    const bus = this.part(svg, "bus", "bus of the sensors");
    const s = this.lay.small ? 0.75 : 1;
    this.svg("path", { class: "box", d: `M${x - 13 * s} ${y - 10 * s}h${26 * s}v${20 * s}h${-26 * s}z` }, bus);
    this.svg("path", { class: "spring", d: `M${x - 10 * s} ${y - 4 * s}h${5 * s}v${8 * s}h${5 * s}v${-8 * s}h${5 * s}v${8 * s}h${4 * s}` }, bus);
    this.svg("text", { class: "small", x, y: y + (this.lay.small ? 24 : 30), "text-anchor": "middle" }, svg, "bus");
  }

  drawLeg(svg, name, index) {
    const { lay, about } = this;
    const perLeg = about.chambers.length / about.legs.length;
    const mirrored = index === 1;
    const place = (x, y) => [mirrored ? lay.w - 6 - x * lay.k : 6 + x * lay.k, lay.top + y * lay.k];
    const group = this.svg("g", { transform: mirrored ? `translate(${lay.w - 6} ${lay.top}) scale(${-lay.k} ${lay.k})` : `translate(6 ${lay.top}) scale(${lay.k})` }, svg);
    const limb = this.part(group, `leg.${name}`, `${name} leg`);
    this.svg("path", { class: "limb", d: leg() }, limb);
    const parts = spans(about.zones.slice(index * perLeg, (index + 1) * perLeg));
    parts.forEach((span, position) => this.drawChamber(svg, group, index * perLeg + position, position, span, place, mirrored));
    const [x, y] = place(142, -8);
    this.svg("text", { class: "leg-name", x, y, "text-anchor": "middle" }, svg, capital(name));
  }

  drawChamber(svg, group, index, position, span, place, mirrored) {
    const name = this.about.chambers[index];
    const words = split(name).join(" ");
    this.drawRow(svg, index, position, place(...inlet(span)), mirrored, words);
    const garment = this.part(group, `garment.${name}`, `${words}: the boot`);
    const goal = this.svg("path", { class: "goal", d: "" });
    const body = this.svg("path", { class: "cushion" }, garment);
    garment.append(goal);
    const [x, y] = place(...middle(span));
    const low = span[0] < 0.5;
    const text = this.svg("text", { class: "value", x: x + (mirrored ? -1 : 1) * (low ? 10 * this.lay.k : 0), y: y + 5, "text-anchor": "middle" }, svg, "");
    this.svg("text", { class: "tiny name", x: text.getAttribute("x"), y: y + (this.lay.small ? 15 : 19), "text-anchor": "middle" }, svg, this.lay.small ? "" : split(name)[1]);
    this.parts.chambers[index] = { body, goal, text, span, garment };
  }

  // Manifold, fill valve, branch with the vent, sensor, hose: from the middle outwards.
  drawRow(svg, index, position, [hx, hy], mirrored, words) {
    const { lay, about } = this;
    const name = about.chambers[index];
    const side = mirrored ? 1 : -1;
    const y = this.rowY(position);
    const at = (d) => lay.xm + side * d;
    const row = {};
    this.svg("path", { class: "pipe-line", d: `M${at(lay.bar)} ${y}H${at(lay.tee)}` }, svg);
    row.feed = this.svg("path", { class: "flow", d: `M${at(lay.bar)} ${y}H${at(lay.tee)}` }, svg);
    const hose = this.part(svg, `hose.${name}`, `hose of ${words}`);
    const bend = (at(lay.tee) + hx) / 2;
    const d = `M${at(lay.tee)} ${y}C${bend} ${y} ${bend} ${hy} ${hx} ${hy}`;
    this.svg("path", { class: "reach", d }, hose);
    this.svg("path", { class: "pipe-line hose", d }, hose);
    row.hose = this.svg("path", { class: "flow", d }, hose);
    if (about.valves === "three_way") {
      row.fill = this.drawValve(svg, `valve.${name}`, `valve of ${words}`, at(lay.fill), y, false);
      row.puff = this.drawPuff(svg, at(lay.fill), y - 14 * lay.valve, -1);
    } else {
      row.fill = this.drawValve(svg, `valve.${name}.fill`, `fill valve of ${words}`, at(lay.fill), y, false);
      const up = y - 24 * lay.valve;
      this.svg("path", { class: "pipe-line", d: `M${at(lay.tee)} ${y}V${up - 9 * lay.valve}` }, svg);
      row.vent = this.drawValve(svg, `valve.${name}.vent`, `vent valve of ${words}`, at(lay.tee), up, true);
      row.puff = this.drawPuff(svg, at(lay.tee), up - 13 * lay.valve, side);
    }
    if (!lay.small && position === about.chambers.length / about.legs.length - 1) {
      this.svg("text", { class: "tiny", x: at(lay.fill), y: y + 24, "text-anchor": "middle" }, svg, about.valves === "three_way" ? "valve" : "fill");
      if (row.vent) this.svg("text", { class: "tiny", x: at(lay.tee + 17), y: y - 21, "text-anchor": side > 0 ? "start" : "end" }, svg, "vent");
    }
    this.svg("circle", { class: "joint", cx: at(lay.tee), cy: y, r: 3.4 * lay.valve }, svg);
    if (about.sensors !== "manifold") {
      const share = lay.small ? 0.34 : 0.42;
      const [px, py] = onCurve([at(lay.tee), y], [bend, y], [bend, hy], [hx, hy], share);
      row.sensor = this.drawSensor(svg, `sensor.${name}`, `sensor of ${words}`, px, py);
    }
    this.parts.rows[index] = row;
  }

  drawValve(svg, component, label, x, y, upright) {
    const valve = this.part(svg, component, label);
    const s = this.lay.valve;
    const turn = upright ? ` rotate(90)` : "";
    const body = this.svg("g", { transform: `translate(${x} ${y})${turn} scale(${s})` }, valve);
    this.svg("rect", { class: "reach", x: -16, y: -13, width: 32, height: 26 }, body);
    this.svg("path", { class: "wings", d: "M-11 -8L0 0L-11 8ZM11 -8L0 0L11 8Z" }, body);
    this.svg("path", { class: "coil", d: "M0 0V-9M-5 -9H5" }, body);
    return valve;
  }

  drawPuff(svg, x, y, side) {
    const s = this.lay.valve;
    return this.svg("path", { class: "puff", d: `M${x} ${y}q${side * 4 * s} ${-5 * s} 0 ${-9 * s}M${x - 6 * s} ${y + s}q${-4 * s} ${-4 * s} ${-2 * s} ${-8 * s}M${x + 6 * s} ${y + s}q${4 * s} ${-4 * s} ${2 * s} ${-8 * s}` }, svg);
  }

  drawSensor(svg, component, label, x, y) {
    const sensor = this.part(svg, component, label);
    const r = this.lay.small ? 6 : 9;
    this.svg("circle", { class: "sensor", cx: x, cy: y, r }, sensor);
    this.svg("text", { class: "tiny p", x, y: y + (this.lay.small ? 3 : 3.6), "text-anchor": "middle" }, sensor, "P");
    return sensor;
  }

  markBroken() {
    for (const group of this.element.querySelectorAll(".thing[data-label]")) {
      const modes = this.broken.get(group.dataset.component) || [];
      group.classList.toggle("broken", modes.length > 0);
      const what = modes.length ? `broken (${modes.join(", ")}): mend it` : "break it";
      group.setAttribute("aria-label", `${group.dataset.label}: ${what}`);
    }
  }

  show(frame, state) {
    this.last = frame;
    this.state = state;
    const { about, parts } = this;
    put(this.story, story(frame, about));
    const wanted = ["running", "service"].includes(frame.state);
    about.chambers.forEach((_, k) => {
      const bit = 1 << k;
      const { goal, text, garment, span, size: drawn } = parts.chambers[k];
      const row = parts.rows[k];
      const [now, goalMmhg] = [frame.pressure_mmhg[k], wanted ? frame.wanted_mmhg[k] : 0];
      if (drawn === undefined) this.swell(parts.chambers[k], (this.shown[k] = now));
      const fills = Boolean(frame.fill_bits & bit) && frame.pump_permille > 0;
      const joined = Boolean(frame.fill_bits & bit);
      const open = about.valves === "three_way" ? !joined : !(frame.seal_bits & bit);
      const over = goalMmhg > 0 ? now - goalMmhg : 0;
      garment.classList.toggle("fills", fills);
      garment.classList.toggle("above", over > 5);
      garment.classList.toggle("far-above", over > 15);
      garment.classList.toggle("rested", Boolean(frame.rested_bits & bit));
      row.feed.classList.toggle("on", fills);
      row.hose.classList.toggle("on", fills);
      row.hose.classList.toggle("back", open && now > 4 && !fills);
      row.puff.classList.toggle("on", open && now > 4);
      row.fill.classList.toggle("open", joined);
      row.vent?.classList.toggle("open", open);
      row.sensor?.classList.toggle("missing", Boolean(frame.missing_bits & bit));
      const size = swell(goalMmhg);
      if (this.parts.chambers[k].goalSize !== size) {
        goal.setAttribute("d", goalMmhg > 0 ? cushion(span, size) : "");
        this.parts.chambers[k].goalSize = size;
      }
      const shown = now > 2 || goalMmhg > 0 ? String(Math.round(Math.max(now, 0))) : "";
      put(text, shown);
    });
    this.showSource(frame);
  }

  showSource(frame) {
    const { parts } = this;
    parts.pump.classList.toggle("on", frame.pump_permille > 0);
    put(parts.pumpText, frame.pump_permille ? `pump ${Math.round(frame.pump_permille / 10)} %` : "pump off");
    put(parts.manifoldText, frame.manifold_mmhg === null ? "manifold" : `${Math.round(Math.max(frame.manifold_mmhg, 0))} mmHg`);
    fade(parts.air, Math.min(Math.max(frame.manifold_mmhg || 0, frame.pump_permille ? 30 : 0) / 110, 1));
    put(parts.supplyText, frame.supply_v > 0.5 ? `${frame.supply_v.toFixed(1)} V` : "supply");
    fade(parts.charge, frame.supply_v > 0.5 ? 1 : 0.15);
    this.turning = frame.pump_permille / 1000;
  }

  // Between two frames the picture moves on, so that it flows at the screen's own pace.
  move(passedMs, isLive) {
    if (!this.last) return;
    const share = isStill.matches ? 1 : 1 - Math.exp(-passedMs / 70);
    this.parts.chambers.forEach((chamber, k) => {
      const goal = this.last.pressure_mmhg[k];
      const before = this.shown[k];
      this.shown[k] = Math.abs(goal - before) < 0.05 ? goal : before + (goal - before) * share;
      if (this.shown[k] !== before) this.swell(chamber, this.shown[k]);
    });
    if (isLive && this.turning && !isStill.matches) this.rotate((this.turn + passedMs * 0.9 * this.turning) % 360);
  }

  // A cushion that moved by less than a tenth of a dot is left as it is drawn.
  swell(chamber, mmhg) {
    const size = swell(mmhg).toFixed(1);
    if (chamber.size === size) return;
    chamber.size = size;
    chamber.body.setAttribute("d", cushion(chamber.span, Number(size)));
    const air = Math.min(Math.max(mmhg, 0) / SWELL_AT_MMHG, 1).toFixed(2);
    if (chamber.air !== air) chamber.body.style.setProperty("--air", (chamber.air = air));
  }

  rotate(degrees) {
    const { rotor, x, y } = this.parts.rotor;
    this.turn = degrees;
    rotor.setAttribute("transform", `translate(${x} ${y}) rotate(${degrees.toFixed(0)})`);
  }
}

function fade(element, opacity) {
  const shown = opacity.toFixed(2);
  if (element.shownOpacity !== shown) element.style.opacity = element.shownOpacity = shown;
}

function swell(mmhg) {
  return Math.sqrt(Math.min(Math.max(mmhg, 0) / SWELL_AT_MMHG, 1.5)) * SWELL_MOST;
}

function onCurve(a, b, c, d, t) {
  const u = 1 - t;
  return [0, 1].map((k) => u * u * u * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t * t * t * d[k]);
}
