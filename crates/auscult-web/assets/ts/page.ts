// Small things of a page: newest at the bottom, menus that close, selecting rows, a view menu that goes at once.
export function say(words: string): void {
  const box = document.getElementById('said');
  if (box) box.textContent = words;
}

export function startPage(): void {
  for (const box of document.querySelectorAll<HTMLElement>('[data-newest]:not([data-started])')) {
    box.dataset.started = '';
    box.scrollTop = box.scrollHeight;
  }
  for (const select of document.querySelectorAll<HTMLSelectElement>('select[data-submit]:not([data-started])')) {
    select.dataset.started = '';
    select.addEventListener('change', () => select.form?.requestSubmit());
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]:not([data-started])')) {
    button.dataset.started = '';
    button.hidden = false;
    button.addEventListener('click', () => {
      const from = document.getElementById(button.dataset.copy ?? '');
      const words = from instanceof HTMLTextAreaElement || from instanceof HTMLInputElement ? from.value : from?.textContent ?? '';
      void navigator.clipboard.writeText(words.trim()).then(() => say(button.dataset.copied ?? ''));
    });
  }
}

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu[open]'))
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
});
