// Buttons of the session, its speed, a new session, and the command that repeats this one.

const PRESSES = {
  start: ["Start", "primary"],
  pause: ["Pause", ""],
  resume: ["Resume", "primary"],
  softer: ["Softer", ""],
  louder: ["Firmer", ""],
  alive: ["I'm awake", "primary"],
  stop: ["Stop", "stop"],
  clear: ["Clear the fault", "primary"],
};
const MAKES_SENSE = {
  start: ["idle", "done"],
  pause: ["running"],
  resume: ["paused"],
  softer: ["running"],
  louder: ["running"],
  clear: ["fault"],
};
const BEGIN = "Begin this session";
const SPEEDS = { 0: "❚❚", 1: "1×", 4: "4×", 16: "16×", max: "max" };
const SPEED_WORDS = { 0: "time stands still", 1: "as fast as the clock", 4: "4 times", 16: "16 times", max: "as fast as it can" };

export class Controls {
  constructor(acts, play, ask) {
    this.acts = acts;
    this.play = play;
    this.ask = ask;
    this.speed = "";
  }

  begin(about) {
    this.acts.replaceChildren(
      ...Object.keys(PRESSES).filter((name) => about.presses.includes(name)).map((name) => {
        const [words, kind] = PRESSES[name];
        const button = document.createElement("button");
        button.type = "button";
        button.className = `act ${kind}`;
        button.dataset.press = name;
        button.textContent = words;
        button.addEventListener("click", () => this.ask({ do: "press", button: name }));
        return button;
      }),
    );
    this.speed = "";
    const speeds = about.speeds.length ? [...new Set(["0", ...about.speeds])] : [];
    this.play.replaceChildren();
    if (!speeds.length) return;
    this.play.setAttribute("role", "group");
    this.play.setAttribute("aria-label", "Speed of time");
    for (const speed of speeds) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.speed = speed;
      button.textContent = SPEEDS[speed];
      button.setAttribute("aria-label", SPEED_WORDS[speed]);
      button.addEventListener("click", () => this.ask({ do: "speed", speed }));
      this.play.append(button);
    }
  }

  // Stop is always there; the others where they make sense, so that nothing jumps about under the finger.
  show(frame, speed) {
    for (const button of this.acts.children) {
      const name = button.dataset.press;
      const states = MAKES_SENSE[name];
      const isOff = Boolean(states) && !states.includes(frame.state);
      if (button.disabled !== isOff) button.disabled = isOff;
      if (name === "alive") button.hidden = !frame.asks_for_life;
      if (name === "clear") button.hidden = frame.state !== "fault";
      if (name === "resume") button.hidden = frame.state !== "paused";
      if (name === "pause") button.hidden = frame.state === "paused";
    }
    if (this.speed === speed) return;
    this.speed = speed;
    for (const button of this.play.children) button.setAttribute("aria-pressed", String(button.dataset.speed === speed));
  }
}

export class Workshop {
  constructor(section, ask, toast) {
    this.section = section;
    this.form = section.querySelector("form");
    this.again = section.querySelector(".again");
    this.ask = ask;
    this.toast = toast;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  begin(about, choices, machines) {
    this.section.hidden = !about.can_begin_anew;
    if (!about.can_begin_anew) return;
    // Two machines are compared as they were asked for.
    this.form.hidden = machines > 1;
    this.choices = choices;
    this.form.innerHTML =
      select("program", "Program", choices.programs.map(({ name, title }) => [name, title]), about.program) +
      select("plant", "Boots and leg", choices.plants.map((name) => [name, name]), about.plant) +
      slider("minutes", "Minutes", 1, 60, about.minutes, "min") +
      slider("pressure_mmhg", "Pressure", 20, about.most_mmhg, about.pressure_mmhg, "mmHg") +
      slider("size_percent", "Size of the leg", 60, 160, 100, "%") +
      slider("softness_percent", "Softness", 60, 200, 100, "%") +
      slider("movements_per_min", "Movements a minute", 0, 12, 0, "") +
      `<label class="field"><span>Seed</span><input name="seed" type="number" min="0" max="2147483647" value="${about.seed ?? 0}"></label>` +
      `<button type="submit" class="act primary">${BEGIN}</button>`;
    for (const input of this.form.querySelectorAll("input[type=range]")) input.addEventListener("input", () => say(input));
    this.form.program.addEventListener("change", () => this.bound());
    this.bound(about);
    this.again.hidden = !about.can_repeat;
    this.section.querySelector("h2").textContent = about.can_repeat ? "Another session, or this one again" : "Another session";
    this.again.innerHTML =
      `<h3>This session again</h3><p class="hint">The same seed, acts and faults give the same session, tick for tick.</p>` +
      `<pre class="command" tabindex="0" role="textbox" aria-readonly="true" aria-label="The command that repeats this session"></pre>` +
      `<p><button type="button" class="act copy">Copy the command</button> <button type="button" class="act save">Save as a test</button></p>`;
    this.again.querySelector(".copy").addEventListener("click", () => this.copy());
    this.again.querySelector(".save").addEventListener("click", () => this.save());
  }

  bound(about) {
    const program = this.choices.programs.find(({ name }) => name === this.form.program.value);
    if (!program) return;
    for (const key of ["minutes", "pressure_mmhg"]) {
      const input = this.form[key];
      [input.min, , input.max] = program[key];
      if (!about) input.value = program[key][1];
      say(input);
    }
  }

  async submit() {
    const data = new FormData(this.form);
    const whole = (key) => Number(data.get(key));
    const act = { do: "anew", program: data.get("program"), plant: data.get("plant"), seed: whole("seed") };
    for (const key of ["minutes", "pressure_mmhg", "size_percent", "softness_percent", "movements_per_min"]) act[key] = whole(key);
    const button = this.form.querySelector("button");
    // A virtual board takes some seconds to start.
    button.disabled = true;
    button.textContent = "It begins …";
    await this.ask(act);
    button.disabled = false;
    button.textContent = BEGIN;
  }

  async repeat() {
    const answer = await this.ask({ do: "repeat" });
    if (answer.command) this.again.querySelector(".command").textContent = answer.command;
    return answer;
  }

  async copy() {
    const { command } = await this.repeat();
    if (!command) return;
    try {
      await navigator.clipboard.writeText(command);
      this.toast("Copied: it repeats this session, tick for tick");
    } catch {
      this.toast("The command stands above: copy it from there");
    }
  }

  async save() {
    const { files } = await this.repeat();
    for (const [name, text] of Object.entries(files || {})) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    }
  }
}

function say(input) {
  input.parentElement.querySelector("output").textContent = `${input.value} ${input.dataset.unit}`;
}

function select(name, words, options, chosen) {
  const list = options.map(([value, text]) => `<option value="${value}"${value === chosen ? " selected" : ""}>${text}</option>`);
  return `<label class="field"><span>${words}</span><select name="${name}">${list.join("")}</select></label>`;
}

function slider(name, words, min, max, value, unit) {
  return `<label class="field"><span>${words}</span><input type="range" name="${name}" min="${min}" max="${max}" value="${value}" data-unit="${unit}"><output>${value} ${unit}</output></label>`;
}
