// The board's own face: its screen, its light, and its buttons to press and hold.

const NAMES = { start_stop: "start / stop", softer: "softer", louder: "louder", stop: "stop" };
const ZOOM = 4;

export class Panel {
  constructor(onHold) {
    this.onHold = onHold;
    this.element = document.createElement("section");
    this.element.className = "card panel";
    this.element.hidden = true;
    this.element.innerHTML =
      `<h2>At the machine</h2><div class="glass"><canvas role="img" aria-label="The board's screen"></canvas></div>` +
      `<div class="face"><span class="light" role="img"></span><div class="contacts" role="group" aria-label="Buttons of the board: press, or hold"></div></div>` +
      `<p class="hint">The screen's last line says what the buttons do now: &gt; is start/stop, − softer, + louder. Hold start/stop for a second to pause; together with stop for three to clear a fault.</p>`;
    this.canvas = this.element.querySelector("canvas");
    this.light = this.element.querySelector(".light");
    this.contacts = this.element.querySelector(".contacts");
    this.down = new Set();
  }

  show(panel) {
    if (!panel) return;
    this.element.hidden = false;
    this.element.querySelector(".glass").hidden = panel.width === 0;
    if (!this.contacts.children.length) panel.buttons.forEach((name) => this.contacts.append(this.contact(name)));
    this.light.className = `light ${panel.light}`;
    this.light.setAttribute("aria-label", `light: ${panel.light}`);
    this.light.title = `light: ${panel.light}`;
    this.draw(panel);
  }

  // Down as long as the mouse, or the space bar, is: more of them may be down together.
  contact(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `contact ${name}`;
    button.textContent = NAMES[name];
    const set = (isDown) => {
      if (this.down.has(name) === isDown) return;
      this.down[isDown ? "add" : "delete"](name);
      button.classList.toggle("down", isDown);
      this.onHold(name, isDown);
    };
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      set(true);
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) button.addEventListener(end, () => set(false));
    const isPress = (event) => event.key === " " || event.key === "Enter";
    button.addEventListener("keydown", (event) => isPress(event) && (event.preventDefault(), set(true)));
    button.addEventListener("keyup", (event) => isPress(event) && set(false));
    return button;
  }

  draw({ screen, width, height }) {
    if (!width || this.drawn === screen) return;
    this.drawn = screen;
    this.canvas.width = width * ZOOM;
    this.canvas.height = height * ZOOM;
    const pen = this.canvas.getContext("2d");
    pen.fillStyle = "#05080c";
    pen.fillRect(0, 0, width * ZOOM, height * ZOOM);
    pen.fillStyle = "#bfe9ff";
    if (!screen) return;
    const stride = Math.ceil(width / 8) * 2;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const byte = parseInt(screen.slice(y * stride + (x >> 3) * 2, y * stride + (x >> 3) * 2 + 2), 16);
        if (byte & (0x80 >> (x & 7))) pen.fillRect(x * ZOOM + 0.3, y * ZOOM + 0.3, ZOOM - 0.6, ZOOM - 0.6);
      }
  }
}
