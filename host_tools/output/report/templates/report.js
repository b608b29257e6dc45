"use strict";
(function () {
  const figure = JSON.parse(document.getElementById("session-data").textContent);
  const plot = document.getElementById("session-figure");
  const views = document.getElementById("views");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Colours come from the page, so that both follow the same switch between light and dark.
  function tone(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function dressed(layout) {
    const dress = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: tone("ink"), family: getComputedStyle(document.body).fontFamily, size: 12 },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: tone("muted"), activecolor: tone("accent") },
      hoverlabel: { bgcolor: tone("card"), bordercolor: tone("line"), font: { color: tone("ink") } },
    };
    const full = Object.assign({}, layout, dress);
    for (const key of Object.keys(full)) {
      if (/^[xy]axis/.test(key)) {
        full[key] = Object.assign({}, full[key], { gridcolor: tone("grid"), linecolor: tone("line"), spikecolor: tone("muted") });
      }
    }
    return full;
  }

  function inked(data) {
    return data.map(function (trace) {
      if (trace.line.color !== "@ink") return trace;
      return Object.assign({}, trace, { line: Object.assign({}, trace.line, { color: tone("muted") }) });
    });
  }

  function draw() {
    const layout = dressed(figure.layout);
    if (plot.layout) layout.xaxis.range = plot.layout.xaxis.range.slice();
    return Plotly.react(plot, inked(figure.data), layout, {
      responsive: true, displaylogo: false, displayModeBar: window.innerWidth > 700 ? "hover" : false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { filename: "soleus-session", scale: 2 },
    });
  }

  function press(range) {
    for (const button of views.children) {
      const isShown = button.dataset.range === JSON.stringify(range);
      button.setAttribute("aria-pressed", String(isShown));
    }
  }

  function addButton(view) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = view.name;
    button.dataset.range = JSON.stringify(view.range_s);
    button.addEventListener("click", function () {
      Plotly.relayout(plot, { "xaxis.range": view.range_s.slice() });
    });
    views.append(button);
  }

  figure.views.forEach(addButton);
  draw().then(function () {
    press(figure.layout.xaxis.range);
    plot.on("plotly_relayout", function () { press(plot.layout.xaxis.range); });
    plot.on("plotly_doubleclick", function () {
      Plotly.relayout(plot, { "xaxis.range": figure.views[0].range_s.slice() });
      return false;
    });
    document.documentElement.dataset.ready = "yes";
  });
  dark.addEventListener("change", draw);
  window.addEventListener("beforeprint", draw);
  window.addEventListener("afterprint", draw);
})();
