"use strict";
// Draws panels of curves and bars above each other on one time axis, and lets a person look around in them.
// `soleusChart(place, figure, tone, onRange)` returns what the page may do with it.
function soleusChart(place, figure, tone, onRange) {
  const GAP = 12, TITLE = 18, AXIS = 34, RIGHT = 12, NAMES_ROW = 15, NAMES_ROWS = 2, LEAST_S = 0.5;
  const whole = [0, figure.end_s];
  const hidden = new Set();
  let range = whole.slice();
  let pressed = new Map(), drag = null;

  const ground = document.createElement("canvas"), glass = document.createElement("canvas");
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  glass.className = "glass";
  place.append(ground, glass, tip);

  // Whole numbers, each as its difference from the one before.
  function summed(steps, scale) {
    let sum = 0;
    return Float64Array.from(steps, (step) => (sum += step) / scale);
  }
  for (const panel of figure.panels) {
    for (const curve of panel.curves || []) {
      curve.pieces = curve.pieces.map((piece) => ({ at: summed(piece[0], 100), values: summed(piece[1], 20) }));
    }
    for (const bar of panel.bars || []) bar.at = summed(bar.spans, 100);
  }

  // --- where things are ---

  function left() { return place.clientWidth < 500 ? 52 : 64; }
  function width() { return Math.max(place.clientWidth - left() - RIGHT, 50); }
  function xOf(at) { return left() + ((at - range[0]) / (range[1] - range[0])) * width(); }
  function atOf(x) { return range[0] + ((x - left()) / width()) * (range[1] - range[0]); }
  function tops() {
    let top = 4;
    return figure.panels.map(function (panel, number) {
      top += panel.title ? TITLE : 0;
      const mine = top;
      top += panel.height + (number || !figure.marks.length ? GAP : NAMES_ROW * NAMES_ROWS + 6);
      return mine;
    });
  }
  function bottom() { return tops().at(-1) + figure.panels.at(-1).height; }
  function yOf(panel, top, value) {
    return top + panel.height * (1 - (value - panel.range[0]) / (panel.range[1] - panel.range[0]));
  }
  function rowOf(panel, top, row) { return top + panel.height * (1 - (row + 0.5) / panel.rows.length); }

  function indexBefore(list, at) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] <= at) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  // --- drawing ---

  function cleared(canvas) {
    const scale = window.devicePixelRatio || 1, high = bottom() + AXIS;
    canvas.width = Math.round(place.clientWidth * scale);
    canvas.height = Math.round(high * scale);
    canvas.style.height = high + "px";
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, place.clientWidth, high);
    pen.font = "12px " + getComputedStyle(document.body).fontFamily;
    return pen;
  }

  function draw() {
    const pen = cleared(ground);
    cleared(glass);
    place.style.height = bottom() + AXIS + "px";
    const times = timeTicks();
    let drawn = 0;
    figure.panels.forEach(function (panel, number) {
      const top = tops()[number];
      drawTitle(pen, panel, top);
      drawGrid(pen, panel, top, times);
      pen.save();
      pen.beginPath();
      pen.rect(left(), top - 2, width(), panel.height + 4);
      pen.clip();
      for (const bar of panel.bars || []) if (!hidden.has(bar.chamber)) drawn += drawBar(pen, panel, top, bar);
      for (const curve of panel.curves || []) if (!hidden.has(curve.chamber)) drawn += drawCurve(pen, panel, top, curve);
      pen.restore();
    });
    drawTimes(pen, times);
    drawMarks(pen);
    place.dataset.drawn = drawn;
    place.dataset.range = JSON.stringify(range);
    onRange(range);
  }

  function drawTitle(pen, panel, top) {
    pen.fillStyle = tone("muted");
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    pen.fillText(panel.title, left(), top - 4);
  }

  function drawGrid(pen, panel, top, times) {
    pen.strokeStyle = tone("grid");
    pen.lineWidth = 1;
    for (const at of times.at) line(pen, xOf(at), top, xOf(at), top + panel.height);
    pen.fillStyle = tone("ink");
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    if (panel.rows) {
      panel.rows.forEach((name, row) => pen.fillText(name, left() - 6, rowOf(panel, top, row)));
      return;
    }
    const step = niceStep((panel.range[1] - panel.range[0]) / (panel.height / 34), [1, 2, 5, 10, 20, 25, 50, 100]);
    for (let value = Math.ceil(panel.range[0] / step) * step; value <= panel.range[1]; value += step) {
      line(pen, left(), yOf(panel, top, value), left() + width(), yOf(panel, top, value));
      pen.fillText(String(value), left() - 6, yOf(panel, top, value));
    }
  }

  function line(pen, fromX, fromY, toX, toY) {
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
  }

  function niceStep(least, steps) { return steps.find((step) => step >= least) || steps.at(-1); }

  function timeTicks() {
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];
    const step = niceStep((range[1] - range[0]) / (width() / 90), steps);
    const first = Math.ceil(range[0] / step), last = Math.floor(range[1] / step);
    const at = Array.from({ length: Math.max(last - first + 1, 0) }, (_, number) => (first + number) * step);
    return { at: at, name: (time) => (step >= 60 ? time / 60 + " min" : +time.toFixed(1) + " s") };
  }

  function drawTimes(pen, times) {
    pen.fillStyle = tone("ink");
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const at of times.at) pen.fillText(times.name(at), Math.min(xOf(at), place.clientWidth - 22), bottom() + 8);
  }

  function drawBar(pen, panel, top, bar) {
    const high = Math.min(panel.height / panel.rows.length - 4, 16), middle = rowOf(panel, top, bar.row);
    pen.fillStyle = bar.colour;
    pen.globalAlpha = bar.pale ? 0.28 : 1;
    for (let index = 0; index < bar.at.length; index += 2) {
      if (bar.at[index + 1] < range[0] || bar.at[index] > range[1]) continue;
      const from = xOf(bar.at[index]);
      pen.fillRect(from, middle - high / 2, Math.max(xOf(bar.at[index + 1]) - from, 0.7), high);
    }
    pen.globalAlpha = 1;
    return 1;
  }

  function drawCurve(pen, panel, top, curve) {
    pen.strokeStyle = curve.colour || tone("muted");
    // Many cycles in little room: thinner lines keep them apart.
    const isDense = (range[1] - range[0]) / width() > 1;
    pen.lineWidth = curve.steps || isDense ? 1 : curve.dots ? 1.2 : 1.8;
    pen.setLineDash(curve.dots ? [2, 3] : []);
    for (const piece of curve.pieces) {
      if (piece.at.at(-1) < range[0] || piece.at[0] > range[1]) continue;
      trace(pen, panel, top, curve, piece);
      pen.stroke();
      if (curve.steps) fillBelow(pen, panel, top);
    }
    pen.setLineDash([]);
    return 1;
  }

  function trace(pen, panel, top, curve, piece) {
    const first = Math.max(indexBefore(piece.at, range[0]), 0);
    pen.beginPath();
    let y = yOf(panel, top, piece.values[first]);
    pen.moveTo(xOf(piece.at[first]), y);
    for (let index = first + 1; index < piece.at.length; index += 1) {
      const x = xOf(piece.at[index]);
      if (curve.steps) pen.lineTo(x, y);
      y = yOf(panel, top, piece.values[index]);
      pen.lineTo(x, y);
      if (piece.at[index] > range[1]) break;
    }
  }

  function fillBelow(pen, panel, top) {
    pen.lineTo(left() + width() + 2, yOf(panel, top, 0));
    pen.lineTo(left() - 2, yOf(panel, top, 0));
    pen.globalAlpha = 0.2;
    pen.fillStyle = tone("muted");
    pen.fill();
    pen.globalAlpha = 1;
  }

  // A line through all panels where something happened. Their names stand below the uppermost panel, in rows,
  // what ended the session first; a name that finds no room is in the table below the curves.
  function drawMarks(pen) {
    const taken = Array.from({ length: NAMES_ROWS }, () => []);
    const first = figure.marks.filter((mark) => !mark.dots), others = figure.marks.filter((mark) => mark.dots);
    for (const mark of first.concat(others)) {
      const x = xOf(mark.at_s);
      if (x < left() - 1 || x > left() + width() + 1) continue;
      pen.strokeStyle = pen.fillStyle = mark.colour;
      pen.lineWidth = 1.5;
      pen.setLineDash(mark.dots ? [3, 3] : []);
      line(pen, x, tops()[0], x, bottom());
      pen.setLineDash([]);
      nameMark(pen, mark, x, taken);
    }
  }

  function nameMark(pen, mark, x, taken) {
    const wide = pen.measureText(mark.text).width;
    const from = x + 4 + wide < place.clientWidth ? x + 4 : x - 4 - wide;
    const row = taken.findIndex((names) => names.every((name) => from > name[1] + 8 || from + wide < name[0] - 8));
    if (row < 0 || from < 0) return;
    taken[row].push([from, from + wide]);
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(mark.text, from, tops()[0] + figure.panels[0].height + (row + 0.5) * NAMES_ROW + 2);
  }

  // --- what is under the pointer ---

  function point(x, y) {
    const pen = cleared(glass);
    if (x < left() || x > left() + width() || y > bottom()) { tip.hidden = true; return; }
    pen.strokeStyle = tone("muted");
    pen.lineWidth = 1;
    line(pen, x, tops()[0], x, bottom());
    const at = atOf(x);
    const number = tops().findLastIndex((top) => y >= top - TITLE);
    tell(figure.panels[Math.max(number, 0)], at, x, y);
  }

  function tell(panel, at, x, y) {
    const lines = [at.toFixed(2) + " s"];
    for (const bar of panel.bars || []) if (indexBefore(bar.at, at) % 2 === 0 && !hidden.has(bar.chamber)) lines.push(bar.name);
    for (const curve of panel.curves || []) {
      const value = hidden.has(curve.chamber) ? null : valueAt(curve, at);
      if (value !== null) lines.push(curve.name + " " + value.toFixed(panel.unit === "%" ? 0 : 1) + " " + panel.unit);
    }
    tip.textContent = lines.join("\n");
    tip.hidden = false;
    const beside = x + 14 + tip.offsetWidth < place.clientWidth ? x + 14 : Math.max(x - 14 - tip.offsetWidth, 0);
    tip.style.left = beside + "px";
    tip.style.top = Math.min(y + 10, bottom() - tip.offsetHeight) + "px";
  }

  function valueAt(curve, at) {
    for (const piece of curve.pieces) {
      const index = indexBefore(piece.at, at);
      if (index < 0 || index >= piece.at.length - (curve.steps ? 0 : 1)) continue;
      if (curve.steps) return piece.values[index];
      const share = (at - piece.at[index]) / (piece.at[index + 1] - piece.at[index]);
      return piece.values[index] + share * (piece.values[index + 1] - piece.values[index]);
    }
    return null;
  }

  // --- moving around ---

  function show(from, to) {
    const wide = Math.min(Math.max(to - from, LEAST_S), whole[1]);
    const start = Math.min(Math.max(from, 0), whole[1] - wide);
    range = [start, start + wide];
    tip.hidden = true;
    draw();
  }

  function zoom(factor, at) { show(at - (at - range[0]) * factor, at + (range[1] - at) * factor); }
  function move(seconds) { show(range[0] + seconds, range[1] + seconds); }

  function inside(event) {
    const box = glass.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  glass.addEventListener("pointerdown", function (event) {
    glass.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, inside(event));
    drag = { from: inside(event), range: range.slice(), isTouch: event.pointerType === "touch" };
  });
  glass.addEventListener("pointermove", function (event) {
    const here = inside(event);
    if (!pressed.has(event.pointerId)) { point(here.x, here.y); return; }
    const before = pressed.get(event.pointerId);
    pressed.set(event.pointerId, here);
    if (pressed.size === 2) pinch(event.pointerId, before, here);
    else if (drag.isTouch) move(atOf(before.x) - atOf(here.x));
    else frame(here.x);
  });
  glass.addEventListener("pointerup", function (event) {
    const here = inside(event);
    const wasOne = pressed.size === 1;
    pressed.delete(event.pointerId);
    if (!wasOne || !drag) return;
    if (Math.abs(here.x - drag.from.x) < 5) point(here.x, here.y);
    else if (!drag.isTouch) show(...[atOf(drag.from.x), atOf(here.x)].sort((one, other) => one - other));
    drag = null;
  });
  glass.addEventListener("pointercancel", (event) => pressed.delete(event.pointerId));
  glass.addEventListener("pointerleave", function () { cleared(glass); tip.hidden = true; });
  glass.addEventListener("dblclick", () => show(...whole));

  function frame(x) {
    const pen = cleared(glass);
    pen.fillStyle = tone("accent");
    pen.globalAlpha = 0.18;
    pen.fillRect(Math.min(x, drag.from.x), tops()[0], Math.abs(x - drag.from.x), bottom() - tops()[0]);
  }

  function pinch(moved, before, here) {
    const other = Array.from(pressed).find((one) => one[0] !== moved)[1];
    const was = Math.max(Math.abs(before.x - other.x), 10), is = Math.max(Math.abs(here.x - other.x), 10);
    zoom(was / is, atOf(other.x));
  }

  place.addEventListener("keydown", function (event) {
    const middle = (range[0] + range[1]) / 2, wide = range[1] - range[0];
    const keys = {
      ArrowLeft: () => move(-wide / 8), ArrowRight: () => move(wide / 8), "+": () => zoom(0.5, middle),
      "-": () => zoom(2, middle), Home: () => show(...whole),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  new ResizeObserver(draw).observe(place.parentElement);

  return {
    draw: draw,
    show: show,
    hide: function (names) { hidden.clear(); names.forEach((name) => hidden.add(name)); draw(); },
  };
}
