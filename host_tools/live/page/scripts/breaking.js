// A part was clicked: what can break there, what is broken, and how it is mended.

export class Breaking {
  constructor(dialog, ask) {
    this.dialog = dialog;
    this.ask = ask;
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.from?.focus());
  }

  open(about, lane, component, label, broken, from) {
    this.from = from;
    const { dialog } = this;
    dialog.innerHTML = `<h2 id="part-title"></h2><p class="hint"></p><ul></ul><button type="button" class="quiet close">Leave it</button>`;
    dialog.querySelector("h2").textContent = label.charAt(0).toUpperCase() + label.slice(1);
    dialog.querySelector(".hint").textContent = broken.length ? "Broken now. Mend it, or break more." : "Well. Break it and see what the guards do:";
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    const list = dialog.querySelector("ul");
    for (const [mode, does] of Object.entries(about.faults[component])) {
      const isBroken = broken.includes(mode);
      const button = document.createElement("button");
      button.type = "button";
      button.className = isBroken ? "mode mend" : "mode";
      button.dataset.fault = `${component}:${mode}`;
      button.innerHTML = `<b></b><span></span>`;
      button.querySelector("b").textContent = isBroken ? `mend: ${mode}` : mode;
      button.querySelector("span").textContent = does;
      button.addEventListener("click", async () => {
        dialog.close();
        await this.ask({ do: isBroken ? "mend" : "break", fault: `${component}:${mode}`, lane });
      });
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    dialog.showModal();
  }
}
