// The page: waits for the machine, shows it, and carries what a person does to it.

import { Breaking } from "./breaking.js";
import { Line } from "./line.js";
import { Machine } from "./machine.js";
import { Controls, Workshop } from "./session.js";
import { put } from "./words.js";

// A machine that says nothing for so long isn't shown as if it were live.
const QUIET_MS = 1500;
const TOAST_MS = 4000;

const at = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.machines = [];
    this.trouble = "";
    this.silentS = 0;
    this.controls = new Controls(at("acts"), at("play"), (act) => this.ask(act));
    this.workshop = new Workshop(at("workshop"), (act) => this.ask(act), (words) => this.toast(words));
    this.breaking = new Breaking(at("part"), (act) => this.ask(act));
    this.line = new Line((message) => this.hear(message));
    this.lastMs = performance.now();
    requestAnimationFrame((now) => this.move(now));
    setInterval(() => this.tellTrouble(), 250);
    theme(at("theme"));
    document.addEventListener("keydown", (event) => this.shortcut(event));
  }

  async ask(act) {
    if (act.do === "anew") this.isBeginning = true;
    const answer = await this.line.ask(act);
    if (act.do === "anew") this.isBeginning = false;
    if (answer.error) this.toast(answer.error);
    return answer;
  }

  hear(message) {
    if (message.kind === "hello") this.begin(message);
    else message.lanes.forEach((news, lane) => this.machines[lane]?.update(news));
    this.note(message.lanes);
  }

  begin({ lanes, choices }) {
    this.machines = lanes.map((said, lane) => new Machine(said, lane, this));
    at("machines").replaceChildren(...this.machines.map((machine) => machine.element));
    document.body.classList.toggle("versus", lanes.length > 1);
    this.controls.begin(lanes[0].about);
    this.workshop.begin(lanes[0].about, choices, lanes.length);
    document.title = `${lanes[0].about.title} · Soleus live`;
    // Before anything is shown: a recording never looks live.
    this.tellTrouble();
    document.body.dataset.ready = String(Number(document.body.dataset.ready || 0) + 1);
  }

  note(lanes) {
    this.trouble = lanes.map((lane) => lane.trouble).filter(Boolean).join(" ");
    this.silentS = Math.max(...lanes.map((lane) => lane.silent_s));
    const frame = this.machines[0]?.frame;
    if (frame) this.controls.show(frame, lanes[0].speed);
  }

  tellTrouble() {
    const silentMs = Math.max(this.line.silentMs(), this.silentS * 1000);
    let words = this.trouble;
    if (!this.line.isOpen) words = `${this.line.refusal || "soleus live doesn't answer"}: nothing here is live. This page looks for it again by itself.`;
    else if (this.isBeginning) words = silentMs > QUIET_MS ? "The next session begins: a virtual board takes some seconds to start." : words;
    else if (!words && silentMs > QUIET_MS) words = `Last heard ${(silentMs / 1000).toFixed(0)} s ago: what you see is old. The stop button at the machine always works.`;
    const isRecorded = this.machines[0]?.about.kind === "recording";
    const isLive = (this.isLive = this.line.isOpen && silentMs <= QUIET_MS && !(this.trouble && !isRecorded));
    if (at("banner").hidden !== !words) at("banner").hidden = !words;
    put(at("banner"), words);
    document.body.classList.toggle("stale", !isLive);
    put(at("live-word"), !isLive ? "not live" : isRecorded ? "recorded" : "live");
  }

  openPart(machine, component, label, from) {
    this.breaking.open(machine.about, machine.lane, component, label, machine.broken.get(component) || [], from);
  }

  // Escape stops what runs, unless it closes something; it never starts anything.
  shortcut(event) {
    if (event.key !== "Escape" || at("part").open || event.defaultPrevented) return;
    const stop = document.querySelector('[data-press="stop"]');
    if (stop && this.machines[0]?.frame?.state === "running") stop.click();
  }

  toast(words) {
    at("toast").textContent = words;
    at("toast").classList.add("shown");
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => at("toast").classList.remove("shown"), TOAST_MS);
  }

  move(now) {
    const passedMs = Math.min(now - this.lastMs, 200);
    this.lastMs = now;
    for (const machine of this.machines) machine.move(passedMs, this.isLive, now);
    requestAnimationFrame((next) => this.move(next));
  }
}

function theme(button) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = localStorage.getItem("soleus-theme");
  const show = () => {
    const isDark = chosen ? chosen === "dark" : dark.matches;
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(isDark));
    for (const canvas of document.querySelectorAll(".traces canvas")) canvas.dispatchEvent(new Event("pointerleave"));
  };
  button.addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("soleus-theme", chosen);
    show();
  });
  dark.addEventListener("change", show);
  show();
}

window.soleusPage = new Page();
