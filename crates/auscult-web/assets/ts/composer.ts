// The composer: asks the guard while somebody writes, marks the words at fault, counts by the network's own rule.
// The text stays a plain textarea; marks are drawn on a mirror behind it. Without this file the form is checked on send.
import { say } from './page';

type Finding = { start: number; end: number; number: number; hard: boolean };
type Answer = { findings: Finding[]; blocked: boolean; said: string; html: string; count: string; over: boolean; draft: number };

const PAUSE = 350;

export function startComposer(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-guard]:not([data-started])')) start(form);
}

function start(form: HTMLFormElement): void {
  form.dataset.started = '';
  const text = form.querySelector<HTMLTextAreaElement>('textarea[data-editor]');
  if (!text) return;
  const mirror = document.createElement('div');
  mirror.className = 'mirror';
  mirror.setAttribute('aria-hidden', 'true');
  text.before(mirror);
  text.parentElement?.classList.add('has-mirror');
  let timer: number | undefined;
  let busy = false;
  let again = false;
  let lastSaid = '';
  let lastHtml = '';

  const fit = () => {
    text.style.blockSize = 'auto';
    text.style.blockSize = `${Math.min(text.scrollHeight, 320)}px`;
    mirror.scrollTop = text.scrollTop;
  };
  // One question at a time: the draft is kept over the version that the last answer named.
  const ask = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const body = new URLSearchParams([...new FormData(form)].map(([key, value]) => [key, String(value)] as [string, string]));
    try {
      const response = await fetch(form.dataset.guard ?? '', { method: 'POST', body, headers: { accept: 'application/json' } });
      if (response.ok) show((await response.json()) as Answer, !again);
    } catch { /* checked again on send */ }
    busy = false;
    if (again) {
      again = false;
      await ask();
    }
  };
  const show = (answer: Answer, newest: boolean) => {
    const draft = form.querySelector<HTMLInputElement>('input[name="draft"]');
    if (draft) draft.value = String(answer.draft);
    if (!newest) return;
    draw(mirror, text.value, answer.findings);
    const box = form.querySelector('[data-guard-said]');
    if (box && answer.html !== lastHtml) {
      // Whoever stands on a control in there goes on standing on it; the same words are not drawn anew.
      const held = box.contains(document.activeElement) && document.activeElement !== box;
      box.innerHTML = answer.html;
      if (held) (box.querySelector<HTMLElement>('[data-use-wording]') ?? text).focus();
    }
    lastHtml = answer.html;
    for (const send of form.querySelectorAll<HTMLElement>('[data-send]'))
      send.setAttribute('aria-disabled', String(answer.blocked || answer.over));
    const counter = form.querySelector<HTMLElement>('[data-counter]');
    if (counter) {
      counter.textContent = answer.count;
      counter.classList.toggle('danger-t', answer.over);
    }
    if (answer.said !== lastSaid) say(answer.said);
    lastSaid = answer.said;
    fit();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  text.addEventListener('input', () => {
    draw(mirror, text.value, []);
    fit();
    later();
  });
  text.addEventListener('scroll', () => { mirror.scrollTop = text.scrollTop; });
  form.addEventListener('change', later);
  form.addEventListener('submit', (event) => {
    const by = event.submitter;
    if (by?.matches('[data-send]') && by.getAttribute('aria-disabled') === 'true') {
      event.preventDefault();
      const box = form.querySelector<HTMLElement>('[data-guard-said]');
      box?.setAttribute('tabindex', '-1');
      box?.focus();
    }
  });
  form.addEventListener('click', (event) => {
    const use = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-use-wording]') : null;
    if (!use) return;
    event.preventDefault();
    text.value = use.dataset.useWording ?? '';
    text.focus();
    draw(mirror, text.value, []);
    void ask();
  });
  fit();
  if (text.value.trim() !== '') void ask();
}

// Offsets are in characters as the server counts them (Unicode scalar values), not in UTF-16 units.
function draw(mirror: HTMLElement, value: string, findings: Finding[]): void {
  const letters = [...value];
  mirror.replaceChildren();
  let at = 0;
  const plain = (to: number) => {
    if (to > at) mirror.append(letters.slice(at, to).join(''));
    at = Math.max(at, to);
  };
  for (const finding of [...findings].sort((a, b) => a.start - b.start)) {
    if (finding.start < at) continue;
    plain(finding.start);
    const mark = document.createElement('span');
    mark.className = finding.hard ? 'offend' : 'soft';
    mark.textContent = letters.slice(finding.start, finding.end).join('');
    const number = document.createElement('sup');
    number.dataset.n = String(finding.number);
    mark.append(number);
    mirror.append(mark);
    at = finding.end;
  }
  plain(letters.length);
  mirror.append('\n');
}
