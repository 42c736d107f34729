// Dialogs, and the palette: what is typed narrows the list; Enter opens what is marked, or searches the archive.
export function openDialog(id: string): boolean {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return false;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector<HTMLElement>('input, textarea, select')?.focus();
  return true;
}

export function startDialogs(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target instanceof HTMLDialogElement) return event.target.close();
    const opener = event.target.closest<HTMLElement>('[data-open]');
    if (opener?.dataset.open && openDialog(opener.dataset.open)) event.preventDefault();
    const closer = event.target.closest<HTMLElement>('[data-close]');
    if (closer) closer.closest('dialog')?.close();
  });
  const palette = document.getElementById('palette');
  const input = palette?.querySelector('input');
  if (palette && input) startPalette(palette, input);
}

function startPalette(palette: HTMLElement, input: HTMLInputElement): void {
  const links = [...palette.querySelectorAll<HTMLAnchorElement>('.palette-list a')];
  let at = -1;
  const shown = () => links.filter((link) => !link.hidden);
  const mark = (next: number) => {
    const visible = shown();
    at = visible.length === 0 ? -1 : Math.max(-1, Math.min(visible.length - 1, next));
    for (const link of links) link.classList.toggle('on', link === visible[at]);
    visible[at]?.scrollIntoView({ block: 'nearest' });
  };
  input.addEventListener('input', () => {
    const words = input.value.trim().toLowerCase();
    for (const link of links) link.hidden = words !== '' && !(link.textContent ?? '').toLowerCase().includes(words);
    for (const head of palette.querySelectorAll<HTMLElement>('.h')) {
      let next = head.nextElementSibling;
      let any = false;
      while (next && !next.classList.contains('h')) {
        any ||= !(next as HTMLElement).hidden;
        next = next.nextElementSibling;
      }
      head.hidden = !any;
    }
    mark(words === '' ? -1 : 0);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') mark(at + 1);
    else if (event.key === 'ArrowUp') mark(at - 1);
    else if (event.key === 'Enter' && at >= 0) shown()[at]?.click();
    else return;
    event.preventDefault();
  });
}
