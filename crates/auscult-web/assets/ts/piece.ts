// The editor of a piece: asks the guard and counts by each network's own rule while somebody writes. Without this file
// the form is checked when it is saved.
import { say } from './page';

type Answer = { blocked: boolean; said: string; html: string; count: string; over: boolean };

const PAUSE = 350;

export function startPiece(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-piece]:not([data-started])')) {
    form.dataset.started = '';
    for (const text of form.querySelectorAll<HTMLTextAreaElement>('[data-variant] textarea')) start(form, text);
  }
}

function start(form: HTMLFormElement, text: HTMLTextAreaElement): void {
  const channel = text.closest<HTMLElement>('[data-variant]')?.dataset.variant ?? '';
  let timer: number | undefined;
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    const body = new URLSearchParams({ channel, text: text.value });
    try {
      const response = await fetch(form.dataset.piece ?? '', { method: 'POST', body, headers: { accept: 'application/json' } });
      if (!response.ok || turn !== asked) return;
      show((await response.json()) as Answer);
    } catch { /* checked again on save */ }
  };
  const show = (answer: Answer) => {
    const box = document.getElementById(`g-${channel}`);
    if (box) box.innerHTML = answer.html;
    const counter = form.querySelector<HTMLElement>(`[data-count="${channel}"]`);
    if (counter) {
      counter.textContent = answer.count;
      counter.classList.toggle('danger-t', answer.over);
    }
    say(answer.said);
  };
  text.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  text.closest('[data-variant]')?.addEventListener('click', (event) => {
    const use = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-use-wording]') : null;
    if (!use) return;
    event.preventDefault();
    text.value = use.dataset.useWording ?? '';
    text.focus();
    void ask();
  });
}
