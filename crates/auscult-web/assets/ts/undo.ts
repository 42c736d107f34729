// "Going out in 12 s": counts down to the moment the server named, and hides the button when it is past.
export function startUndo(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-undo-seconds]:not([data-started])')) {
    element.dataset.started = '';
    const until = performance.now() + Number(element.dataset.undoSeconds) * 1000;
    const number = element.querySelector('[data-seconds]');
    const timer = setInterval(() => {
      const left = Math.ceil((until - performance.now()) / 1000);
      if (number) number.textContent = String(Math.max(0, left));
      if (left > 0 && element.isConnected) return;
      clearInterval(timer);
      element.querySelector<HTMLElement>('[data-undo]')?.setAttribute('hidden', '');
      element.dispatchEvent(new CustomEvent('live'));
    }, 500);
  }
}
