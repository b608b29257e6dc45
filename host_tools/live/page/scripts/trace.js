// Pressures over time: the last two minutes of each leg, and the whole session as a strip to jump in.

import { STATES, chamberColours, clock, listed, put, split } from "./words.js";

const SPAN_MS = 120000;
const ROWS_MOST = 2600;
// A dot of the trace is more than a tenth of a second wide: nobody sees it drawn more often.
const DRAWN_EVERY_MS = 100;
const STRIP_EVERY_MS = 500;
const PAD = { left: 34, right: 12, top: 8, bottom: 18 };

export class Trace {
  constructor(about, onSeek, onPast) {
    this.about = about;
    this.onSeek = onSeek;
    this.onPast = onPast;
    this.perLeg = about.chambers.length / about.legs.length;
    this.colours = chamberColours(this.perLeg);
    this.rows = [];
    this.strip = [];
    this.stripEvery = 1000;
    this.events = [];
    this.nowMs = 0;
    // Not null: a person looks at an earlier moment, and this is the right edge of what they see.
    this.heldMs = null;
    this.heldRows = [];
    this.pointer = null;
    this.isDirty = true;
    // What a person has just done is drawn at once.
    this.isUrgent = true;
    this.drawnAt = this.stripAt = 0;
    this.sizes = new Map();
    this.build();
  }

  build() {
    const { about } = this;
    this.element = document.createElement("section");
    this.element.className = "card traces";
    const key = this.colours.map((colour, k) => `<span class="chamber-key"><i data-colour="${colour}"></i>${split(about.chambers[k])[1]}</span>`).join("");
    this.element.innerHTML =
      `<header><h2>Pressure, mmHg</h2><div class="keys">${key}<span class="chamber-key"><i class="dash"></i>wanted</span></div>` +
      `<button type="button" class="quiet now" hidden>Back to now</button></header>` +
      about.legs.map((leg) => `<div class="trace"><span class="leg-label">${about.legs.length > 1 ? leg : ""}</span><canvas role="img" aria-label="Pressure of the ${leg} leg over the last two minutes"></canvas></div>`).join("") +
      `<div class="strip"><canvas></canvas></div><p class="readout" aria-live="off"></p>`;
    for (const i of this.element.querySelectorAll("i[data-colour]")) i.style.background = i.dataset.colour;
    this.canvases = [...this.element.querySelectorAll(".trace canvas")];
    this.stripCanvas = this.element.querySelector(".strip canvas");
    this.readout = this.element.querySelector(".readout");
    this.nowButton = this.element.querySelector(".now");
    this.nowButton.addEventListener("click", () => this.release());
    this.wire();
    // Known without asking: a question about its size makes the browser lay out the page.
    const resized = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.sizes.set(target, contentRect);
      this.hurry();
    });
    for (const canvas of [...this.canvases, this.stripCanvas]) resized.observe(canvas);
  }

  wire() {
    const canvas = this.stripCanvas;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "slider");
    canvas.setAttribute("aria-label", "The whole session: jump to a moment");
    canvas.setAttribute("aria-valuemin", "0");
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return (Math.min(Math.max((event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right), 0), 1) * this.endMs()) | 0;
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.jump(at(event));
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && this.jump(at(event)));
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -5000, ArrowRight: 5000, PageUp: -60000, PageDown: 60000 }[event.key];
      if (step) this.jump(Math.min(Math.max((this.heldMs ?? this.nowMs) + step, 0), this.endMs()));
      else if (event.key === "Home") this.jump(0);
      else if (event.key === "End") this.release();
      else return;
      event.preventDefault();
    });
    for (const each of this.canvases) {
      each.addEventListener("pointermove", (event) => {
        const box = each.getBoundingClientRect();
        this.pointer = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
        this.hurry();
      });
      each.addEventListener("pointerleave", () => {
        this.pointer = null;
        this.hurry();
      });
    }
  }

  endMs() {
    const planned = this.about.duration_ms || Math.max(this.nowMs, 1);
    return Math.max(planned, 1000);
  }

  begin(trace, strip, events) {
    this.rows = rowsOf(trace);
    this.strip = rowsOf(strip);
    this.events = [...events];
    this.nowMs = this.rows.length ? this.rows[this.rows.length - 1].at_ms : 0;
    this.hurry();
  }

  hurry() {
    this.isDirty = this.isUrgent = true;
  }

  add(frame) {
    if (frame.at_ms < this.nowMs) this.rows = this.rows.filter((row) => row.at_ms < frame.at_ms);
    this.rows.push({ ...frame, most: most(frame) });
    if (this.rows.length > ROWS_MOST) this.rows.splice(0, this.rows.length - ROWS_MOST);
    while (this.rows.length && this.rows[0].at_ms < frame.at_ms - SPAN_MS * 1.1) this.rows.shift();
    this.nowMs = frame.at_ms;
    if (!this.about.duration_ms) this.addToStrip(frame);
    this.isDirty = true;
  }

  addToStrip(frame) {
    const last = this.strip[this.strip.length - 1];
    if (last && frame.at_ms - last.at_ms < this.stripEvery) return;
    this.strip.push(frame);
    if (this.strip.length > 900) {
      this.strip = this.strip.filter((_, k) => k % 2 === 0);
      this.stripEvery *= 2;
    }
  }

  // A recording is played from there; of what runs now, an earlier stretch is shown.
  async jump(atMs) {
    if (this.about.duration_ms) {
      this.onSeek(atMs);
      return;
    }
    if (atMs >= this.nowMs - 500) return this.release();
    this.heldMs = Math.min(Math.max(atMs + SPAN_MS / 2, Math.min(SPAN_MS, this.nowMs)), this.nowMs);
    this.markedMs = atMs;
    this.nowButton.hidden = false;
    const wanted = this.heldMs;
    const answer = await this.onPast(Math.max(Math.round(wanted - SPAN_MS), 0), Math.round(wanted));
    if (answer.lines && this.heldMs === wanted) this.heldRows = rowsOf(answer.lines);
    this.hurry();
  }

  release() {
    this.heldMs = this.markedMs = null;
    this.nowButton.hidden = true;
    this.hurry();
  }

  draw(now) {
    if (!this.isDirty || (!this.isUrgent && now - this.drawnAt < DRAWN_EVERY_MS)) return;
    const theme = this.inks();
    const isStripDue = this.isUrgent || now - this.stripAt >= STRIP_EVERY_MS;
    this.isUrgent = false;
    // What the strip still lacks is drawn when it is due.
    this.isDirty = !isStripDue;
    this.drawnAt = now;
    const rows = this.heldMs === null ? this.rows : this.heldRows;
    const toMs = this.heldMs ?? Math.max(this.nowMs, SPAN_MS);
    const highest = rows.reduce((high, row) => Math.max(high, row.most), 60);
    const top = Math.ceil((highest + 4) / 20) * 20;
    this.canvases.forEach((canvas, leg) => this.drawLeg(canvas, leg, rows, toMs, top, theme));
    if (isStripDue) {
      this.stripAt = now;
      this.drawStrip(theme);
    }
    this.drawReadout(rows, toMs);
  }

  // The theme's colours, asked for once.
  inks() {
    const name = document.documentElement.dataset.theme;
    if (this.theme?.name !== name) {
      const style = getComputedStyle(document.documentElement);
      this.theme = { name };
      for (const key of ["ink", "muted", "line", "alarm", "accent"]) this.theme[key] = style.getPropertyValue(`--${key}`).trim();
      this.isUrgent = true;
    }
    return this.theme;
  }

  // A pen for an empty canvas, and its size.
  pen(canvas) {
    const ratio = devicePixelRatio || 1;
    const { width, height } = this.sizes.get(canvas) || canvas.getBoundingClientRect();
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    return { pen, width, height };
  }

  drawLeg(canvas, leg, rows, toMs, top, theme) {
    const { pen, width, height } = this.pen(canvas);
    const fromMs = toMs - SPAN_MS;
    const x = (ms) => PAD.left + ((ms - fromMs) / SPAN_MS) * (width - PAD.left - PAD.right);
    const y = (mmhg) => height - PAD.bottom - (Math.max(mmhg, 0) / top) * (height - PAD.top - PAD.bottom);
    grid(pen, x, y, fromMs, toMs, top, width, theme);
    for (const event of this.events) if (event.at_ms >= fromMs && event.at_ms <= toMs) mark(pen, x(event.at_ms), height, event, theme);
    if (this.markedMs != null) rule(pen, x(this.markedMs), height, theme.accent, [2, 3]);
    for (let k = 0; k < this.perLeg; k++) {
      const index = leg * this.perLeg + k;
      pen.strokeStyle = this.colours[k];
      pen.globalAlpha = 0.65;
      pen.lineWidth = 1.2;
      pen.setLineDash([4, 3]);
      stroke(pen, rows, fromMs, (row) => x(row.at_ms), (row) => (isWanted(row) && row.wanted_mmhg[index] > 0 ? y(row.wanted_mmhg[index]) : null));
      pen.globalAlpha = 1;
      pen.setLineDash([]);
      pen.lineWidth = 2;
      stroke(pen, rows, fromMs, (row) => x(row.at_ms), (row) => y(row.pressure_mmhg[index]));
    }
    if (this.pointer !== null) rule(pen, x(fromMs + this.pointer * SPAN_MS), height, theme.muted, []);
  }

  drawStrip(theme) {
    const { pen, width, height } = this.pen(this.stripCanvas);
    const end = this.endMs();
    const x = (ms) => PAD.left + (ms / end) * (width - PAD.left - PAD.right);
    const count = this.about.chambers.length;
    const rowH = (height - 16) / count;
    this.strip.forEach((row, n) => {
      const next = this.strip[n + 1];
      const [x0, x1] = [x(row.at_ms), next ? x(next.at_ms) : Math.min(x(row.at_ms) + 2, width - PAD.right)];
      for (let k = 0; k < count; k++) {
        const leg = Math.floor(k / this.perLeg);
        const place = leg * this.perLeg + (this.perLeg - 1 - (k % this.perLeg));
        pen.globalAlpha = Math.min(Math.max(row.pressure_mmhg[place], 0) / 70, 1);
        if (pen.globalAlpha < 0.03) continue;
        pen.fillStyle = this.colours[place % this.perLeg];
        pen.fillRect(x0, k * rowH + leg, Math.max(x1 - x0 + 0.5, 1), rowH - 1);
      }
    });
    pen.globalAlpha = 1;
    for (const event of this.events) mark(pen, x(event.at_ms), height - 14, event, theme);
    const seen = this.heldMs ?? this.nowMs;
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1.5;
    const from = x(Math.max(seen - SPAN_MS, 0));
    if (!this.about.duration_ms) pen.strokeRect(from, 0.75, Math.max(x(seen) - from, 2), height - 15);
    else rule(pen, x(this.nowMs), height - 14, theme.accent, []);
    pen.fillStyle = theme.muted;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.fillText("0:00", PAD.left, height - 2);
    pen.textAlign = "right";
    pen.fillText(clock(end), width - PAD.right, height - 2);
    this.stripCanvas.setAttribute("aria-valuemax", String(Math.round(end / 1000)));
    this.stripCanvas.setAttribute("aria-valuenow", String(Math.round(seen / 1000)));
    this.stripCanvas.setAttribute("aria-valuetext", clock(seen));
  }

  drawReadout(rows, toMs) {
    if (this.pointer === null || this.pointer < 0 || this.pointer > 1) {
      put(this.readout, this.heldMs === null ? "" : `Looking at ${clock(this.markedMs ?? toMs)}; the machine goes on.`);
      return;
    }
    const ms = toMs - SPAN_MS + this.pointer * SPAN_MS;
    const row = rows.findLast((each) => each.at_ms <= ms);
    const words = row ? `${clock(row.at_ms)}, ${STATES[row.state] || row.state}: ${listed(this.about.chambers.map((name, k) => `${split(name).join(" ")} ${row.pressure_mmhg[k].toFixed(0)}`))} mmHg` : "";
    put(this.readout, words);
  }
}

function rowsOf(lines) {
  return lines.at_ms.map((at_ms, k) => {
    const row = { at_ms, state: lines.state[k], pressure_mmhg: lines.pressure_mmhg[k], wanted_mmhg: lines.wanted_mmhg[k] };
    return { ...row, most: most(row) };
  });
}

function most({ pressure_mmhg, wanted_mmhg }) {
  return Math.max(...pressure_mmhg, ...wanted_mmhg);
}

function isWanted(row) {
  return row.state === "running" || row.state === "service";
}

function grid(pen, x, y, fromMs, toMs, top, width, theme) {
  pen.font = "11px system-ui, sans-serif";
  pen.lineWidth = 1;
  pen.setLineDash([]);
  pen.strokeStyle = theme.line;
  pen.fillStyle = theme.muted;
  pen.textAlign = "right";
  for (let mmhg = 0; mmhg <= top; mmhg += top > 80 ? 40 : 20) {
    line(pen, x(fromMs), y(mmhg), width - PAD.right, y(mmhg));
    pen.fillText(String(mmhg), x(fromMs) - 6, y(mmhg) + 4);
  }
  pen.textAlign = "center";
  for (let ms = Math.ceil(fromMs / 20000) * 20000; ms <= toMs; ms += 20000) {
    if (ms < 0) continue;
    pen.globalAlpha = 0.6;
    line(pen, x(ms), y(0), x(ms), y(0) + 4);
    pen.globalAlpha = 1;
    if (x(ms) > PAD.left + 12 && x(ms) < width - PAD.right - 12) pen.fillText(clock(ms), x(ms), y(0) + 15);
  }
}

function mark(pen, x, height, event, theme) {
  const alarming = ["fault", "broken", "differs"].includes(event.kind);
  if (event.kind === "state") rule(pen, x, height, theme.line, []);
  else rule(pen, x, height, alarming ? theme.alarm : theme.accent, [1, 2]);
}

function rule(pen, x, height, colour, dash) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash(dash);
  line(pen, x, 0, x, height);
  pen.setLineDash([]);
}

function line(pen, x0, y0, x1, y1) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

function stroke(pen, rows, fromMs, x, y) {
  pen.beginPath();
  let isDown = false;
  for (const row of rows) {
    const at = row.at_ms < fromMs ? null : y(row);
    if (at === null) isDown = false;
    else if (isDown) pen.lineTo(x(row), at);
    else {
      pen.moveTo(x(row), at);
      isDown = true;
    }
  }
  pen.stroke();
}
