// A bench at work: its step, its lines as they fill in, and what it asks a person.

import { capital } from "./words.js";

export class Checklist {
  constructor(onAnswer) {
    this.onAnswer = onAnswer;
    this.element = document.createElement("section");
    this.element.className = "card checklist";
    this.element.hidden = true;
    this.element.innerHTML =
      `<h2>On the bench</h2><p class="step" aria-live="polite"></p>` +
      `<form class="question" hidden><label><span></span><input name="text" autocomplete="off" maxlength="200"></label><button class="act primary">Go on</button></form>` +
      `<ol tabindex="0" aria-label="Lines of the test"></ol>`;
    this.step = this.element.querySelector(".step");
    this.question = this.element.querySelector(".question");
    this.list = this.element.querySelector("ol");
    this.question.addEventListener("submit", (event) => {
      event.preventDefault();
      this.onAnswer(this.question.text.value);
      this.question.text.value = "";
    });
  }

  show(news) {
    if (!news) return;
    this.element.hidden = false;
    const done = news.lines.filter((line) => line.status !== "waiting").length;
    const failed = news.lines.filter((line) => line.status === "FAILED").length;
    const counts = `${done} of ${news.lines.length} lines${failed ? `, ${failed} failed` : ""}`;
    this.step.textContent = news.is_over ? `The bench is over: ${counts}.` : `${capital(news.step || "beginning")}: ${counts}. ${news.note}`;
    if (this.question.hidden !== !news.question) {
      this.question.hidden = !news.question;
      if (news.question) this.question.text.focus();
    }
    this.question.querySelector("span").textContent = news.question;
    this.list.replaceChildren(...news.lines.filter((line) => line.status !== "waiting").reverse().map(row));
  }
}

function row(line) {
  const item = document.createElement("li");
  item.className = line.status === "FAILED" ? "failed" : line.status === "passed" ? "passed" : "left-out";
  item.innerHTML = `<b></b><span></span><span class="hint"></span>`;
  const [name, value, hint] = item.children;
  name.textContent = `${line.status === "FAILED" ? "✗" : line.status === "passed" ? "✓" : "–"} ${line.title}`;
  value.textContent = line.value || line.note;
  hint.textContent = line.value ? [line.limit !== "–" && `wanted: ${line.limit}`, line.note].filter(Boolean).join("; ") : "";
  return item;
}
