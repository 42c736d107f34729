// The keyboard map of the inbox: single keys outside text only, `g` then a letter, and what works while writing.
// Every action is a button or a link that carries its key as data-key; a key presses it or moves into it.
import { openDialog } from './dialogs';

const shown = (element: HTMLElement) => element.getClientRects().length > 0;

function act(key: string): boolean {
  const name = CSS.escape(key);
  const target = [...document.querySelectorAll<HTMLElement>(`[data-key="${name}"]`)].find(shown);
  if (!target || target.getAttribute('aria-disabled') === 'true') return false;
  if (target.matches('textarea, input:not([type=checkbox]), select')) target.focus();
  else target.click();
  return true;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-list] a.cover, [data-list] a.row')].filter(shown);
}

function move(step: number): boolean {
  const all = rows();
  const focused = all.indexOf(document.activeElement as HTMLElement);
  const current = focused >= 0 ? focused : all.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const next = all[Math.max(0, Math.min(all.length - 1, current + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}

function select(): boolean {
  const row = document.activeElement?.closest('[data-list] > *');
  const box = row?.querySelector<HTMLInputElement>('input[type=checkbox]');
  box?.click();
  return box != null;
}

function go(letter: string): boolean {
  const link = document.querySelector<HTMLElement>(`[data-go="${CSS.escape(letter)}"]`);
  link?.click();
  return link !== null;
}

export function startKeys(): void {
  const off = document.body.dataset.keys === 'off';
  let waitsForPage = 0;
  document.addEventListener('keydown', (event) => {
    const control = event.ctrlKey || event.metaKey;
    const target = event.target instanceof Element ? event.target : null;
    const writing = target?.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]');
    if (control && !event.altKey && event.key.toLowerCase() === 'k') {
      if (openDialog('palette')) event.preventDefault();
      return;
    }
    if (control && event.key === 'Enter') {
      const form = target?.closest('form');
      const send = form?.querySelector<HTMLElement>('[data-send]');
      if (send) { event.preventDefault(); send.click(); }
      return;
    }
    if (event.key === 'Escape') return back(target);
    if (off || control || event.altKey || document.querySelector('dialog[open]')) return;
    if (writing) {
      const empty = writing instanceof HTMLTextAreaElement && writing.value === '';
      if (event.key === '/' && empty && act('templates')) event.preventDefault();
      return;
    }
    let done = false;
    if (waitsForPage > 0 && performance.now() - waitsForPage < 1500) done = go(event.key);
    else if (event.key === '?') done = openDialog('keys');
    else if (event.key === 'j') done = move(1);
    else if (event.key === 'k') done = move(-1);
    else if (event.key === 'x') done = select() || act('x');
    else if (event.key === '/') done = act('/') || openDialog('palette');
    else if (event.key.length === 1 && event.key !== 'g') done = act(event.key);
    waitsForPage = event.key === 'g' && waitsForPage === 0 ? performance.now() : 0;
    if (done || event.key === 'g') event.preventDefault();
  });
}

// Esc leaves the field and keeps what is in it; outside a field it goes back to the list.
function back(target: Element | null): void {
  const menu = target?.closest<HTMLDetailsElement>('details.menu[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary')?.focus();
    return;
  }
  if (target instanceof HTMLElement && target.matches('input, textarea, select')) {
    target.blur();
    return;
  }
  document.querySelector<HTMLElement>('[data-list] a[aria-current="true"]')?.focus();
}
