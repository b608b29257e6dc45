// One machine on the page: its figures, its picture, its traces, its guards, what happened.

import { Checklist } from "./checklist.js";
import { Figure } from "./figure.js";
import { Events, Guards, Numbers } from "./guards.js";
import { Panel } from "./panel.js";
import { Trace } from "./trace.js";
import { STATES, clock, put } from "./words.js";

const FIGURES = [
  ["left", "time left"],
  ["level", "level"],
  ["cycle", "cycle"],
  ["clicks", "valve clicks"],
  ["energy", "energy"],
];

export class Machine {
  constructor(said, lane, page) {
    this.about = said.about;
    this.lane = lane;
    this.page = page;
    this.broken = new Map();
    this.figure = new Figure(this.about, (component, label, from) => page.openPart(this, component, label, from));
    this.trace = new Trace(this.about, (atMs) => page.ask({ do: "seek", at_ms: Math.round(atMs), lane }), (from, to) => this.past(from, to));
    this.guards = new Guards(this.about);
    this.numbers = new Numbers(this.about);
    this.events = new Events((atMs) => this.jump(atMs));
    this.panel = new Panel((button, isDown) => page.ask({ do: "hold", button, is_down: isDown, lane }));
    this.checklist = new Checklist((text) => page.ask({ do: "answer", text, lane }));
    this.build();
    this.trace.begin(said.trace, said.strip, said.events);
    for (const event of said.events) this.take(event);
    this.panel.show(said.panel);
    this.checklist.show(said.checklist);
    if (said.frame) this.show(said.frame);
  }

  build() {
    const { about } = this;
    this.element = document.createElement("article");
    this.element.className = `machine of-${about.kind}`;
    const facts = [about.board && !about.title.includes(about.board_title || about.board) && (about.board_title || about.board), about.plant && `boots: ${about.plant}`, about.seed !== null && `seed ${about.seed}`, about.minutes && `${about.minutes} min at ${about.pressure_mmhg} mmHg`].filter(Boolean);
    this.element.innerHTML =
      `<header class="card head"><div class="title"><p class="kind"></p><h2></h2><p class="hint facts"></p></div>` +
      `<p class="state"><span class="dot"></span><span class="word"></span></p>` +
      `<dl class="figures">${FIGURES.map(([key, words]) => `<div class="${key}"><dt>${words}</dt><dd>–</dd></div>`).join("")}</dl>` +
      `<div class="progress"><i></i></div></header>` +
      `<div class="stage card"></div><div class="below"></div><aside class="side"></aside>`;
    const text = (selector, words) => (this.element.querySelector(selector).textContent = words);
    text(".kind", about.note);
    text(".head h2", about.title);
    text(".facts", facts.join(" · "));
    this.element.querySelector(".stage").append(this.figure.element);
    this.element.querySelector(".below").append(this.trace.element, this.numbers.element);
    this.element.querySelector(".side").append(this.checklist.element, this.panel.element, this.guards.element, this.events.element);
    this.state = this.element.querySelector(".state");
    this.word = this.state.querySelector(".word");
    this.bar = this.element.querySelector(".progress i");
    this.values = Object.fromEntries(FIGURES.map(([key]) => [key, this.element.querySelector(`.figures .${key} dd`)]));
  }

  update(news) {
    for (const frame of news.frames) this.trace.add(frame);
    for (const event of news.events) {
      this.trace.events.push(event);
      this.trace.hurry();
      this.take(event);
    }
    this.panel.show(news.panel);
    this.checklist.show(news.checklist);
    if (news.frames.length) this.show(news.frames[news.frames.length - 1]);
    this.speed = news.speed;
  }

  show(frame) {
    this.frame = frame;
    this.figure.show(frame);
    this.guards.show(frame);
    this.numbers.show(frame);
    const { values } = this;
    const kind = `state ${frame.state}`;
    if (this.state.className !== kind) this.state.className = kind;
    put(this.word, frame.fault && frame.state === "fault" ? `Fault ${frame.fault}` : STATES[frame.state] || frame.state);
    put(values.left, clock(frame.left_ms));
    put(values.level, `${Math.round(frame.level_mmhg)} mmHg`);
    put(values.cycle, String(frame.cycle));
    put(values.clicks, String(frame.clicks));
    put(values.energy, frame.energy_wh === null ? "–" : `${frame.energy_wh.toFixed(2)} Wh`);
    const whole = frame.run_ms + frame.left_ms;
    const width = whole ? `${((100 * frame.run_ms) / whole).toFixed(1)}%` : "0";
    if (this.shownWidth !== width) this.bar.style.width = this.shownWidth = width;
    if (frame.state !== "fault" && !frame.rested_bits) this.guards.clear();
  }

  take(event) {
    this.events.add(event, clock);
    if (event.kind === "fault" || event.kind === "rested") this.guards.trip(event);
    if (event.kind === "broken" || event.kind === "mended") this.note(event);
  }

  note(event) {
    const [component, mode] = event.text.split(":");
    const modes = (this.broken.get(component) || []).filter((each) => each !== mode);
    if (event.kind === "broken") modes.push(mode);
    this.broken.set(component, modes);
    this.figure.broken = this.broken;
    this.figure.markBroken();
  }

  async past(fromMs, toMs) {
    const answer = await this.page.ask({ do: "past", from_ms: fromMs, to_ms: toMs, lane: this.lane });
    return answer.lines ? { lines: answer.lines[0] } : answer;
  }

  jump(atMs) {
    this.trace.jump(atMs);
    this.trace.element.scrollIntoView({ block: "nearest" });
  }

  move(passedMs, isLive, now) {
    this.figure.move(passedMs, isLive);
    this.trace.draw(now);
  }
}
