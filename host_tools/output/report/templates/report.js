"use strict";
(async function () {
  const place = document.getElementById("session-figure");
  const views = document.getElementById("views");
  const legend = document.getElementById("legend");
  const hidden = new Set();

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(plain).json();
  }

  // Colours come from the page, so that both follow the same switch between light and dark.
  function tone(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function press(range) {
    for (const button of views.children) {
      button.setAttribute("aria-pressed", String(button.dataset.range === JSON.stringify(range)));
    }
  }

  function button(text, onClick) {
    const made = document.createElement("button");
    made.type = "button";
    made.append(text);
    made.addEventListener("click", onClick);
    return made;
  }

  if (typeof DecompressionStream === "undefined") {
    place.textContent = "The curves need a browser of 2023 or later; the tables below don't.";
    return;
  }
  const figure = await unpacked(document.getElementById("session-data").textContent);
  for (const view of figure.views) {
    const made = button(view.name, () => chart.show(...view.range_s));
    made.dataset.range = JSON.stringify(view.range_s);
    views.append(made);
  }
  const chart = soleusChart(place, figure, tone, press);

  const chambers = new Map(figure.panels.flatMap((panel) => (panel.curves || []).filter((curve) => curve.chamber))
    .map((curve) => [curve.chamber, curve.colour]));
  function showChambers() {
    chart.hide(hidden);
    for (const made of legend.children) made.setAttribute("aria-pressed", String(!hidden.has(made.dataset.chamber)));
  }
  for (const [name, colour] of Array.from(chambers).reverse()) {
    const made = button(name, function () {
      if (!hidden.delete(name)) hidden.add(name);
      showChambers();
    });
    made.addEventListener("dblclick", function () {
      hidden.clear();
      for (const other of chambers.keys()) if (other !== name) hidden.add(other);
      showChambers();
    });
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colour;
    made.prepend(swatch);
    made.dataset.chamber = name;
    legend.append(made);
  }
  showChambers();

  // A time in the table shows that moment.
  for (const moment of document.querySelectorAll("[data-from]")) {
    moment.addEventListener("click", function () {
      chart.show(Number(moment.dataset.from), Number(moment.dataset.to));
      document.getElementById("curves-heading").scrollIntoView();
    });
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", chart.draw);
  window.addEventListener("beforeprint", chart.draw);
  window.addEventListener("afterprint", chart.draw);
  document.documentElement.dataset.ready = "yes";
})();
