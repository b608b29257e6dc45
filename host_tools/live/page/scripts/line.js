// The one line to the server: frames come in, acts go out. When it breaks it is laid again, and says so.

const AGAIN_FIRST_MS = 300;
const AGAIN_MOST_MS = 3000;
// The server speaks twenty times a second; a line that is silent for so long is dead.
const SILENT_MOST_MS = 2500;

export class Line {
  constructor(heard) {
    this.heard = heard;
    this.answers = new Map();
    this.lastId = 0;
    this.againMs = AGAIN_FIRST_MS;
    this.isOpen = false;
    this.refusal = "";
    this.heardAt = performance.now();
    this.lay();
    setInterval(() => this.look(), 500);
  }

  lay() {
    const token = new URLSearchParams(location.search).get("token") || "";
    this.socket = new WebSocket(`ws://${location.host}/line?token=${encodeURIComponent(token)}`);
    this.socket.onopen = () => {
      this.isOpen = true;
      this.refusal = "";
      this.againMs = AGAIN_FIRST_MS;
      this.heardAt = performance.now();
    };
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = (event) => this.lose(event.reason);
  }

  take(message) {
    this.heardAt = performance.now();
    if (message.kind === "answer") {
      this.answers.get(message.re)?.(message);
      this.answers.delete(message.re);
    } else {
      this.heard(message);
    }
  }

  lose(reason) {
    this.isOpen = false;
    this.refusal = reason || "";
    for (const tell of this.answers.values()) tell({ error: "the line to soleus live was lost" });
    this.answers.clear();
    setTimeout(() => this.lay(), this.againMs);
    this.againMs = Math.min(this.againMs * 1.6, AGAIN_MOST_MS);
  }

  look() {
    if (this.isOpen && performance.now() - this.heardAt > SILENT_MOST_MS * 4) this.socket.close();
  }

  silentMs() {
    return performance.now() - this.heardAt;
  }

  ask(act) {
    if (!this.isOpen) return Promise.resolve({ error: "not now: the line to soleus live is being laid again" });
    const id = ++this.lastId;
    return new Promise((tell) => {
      this.answers.set(id, tell);
      this.socket.send(JSON.stringify({ id, ...act }));
    });
  }
}
