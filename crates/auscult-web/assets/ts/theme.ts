// Switches between light and dark at once; the server keeps the choice in a cookie, so that no page flashes.
export function startTheme(): void {
  const form = document.querySelector<HTMLFormElement>('[data-theme-form]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    const next = (root.dataset.theme ?? system) === 'dark' ? 'light' : 'dark';
    root.dataset.theme = next;
    void fetch(form.action, { method: 'POST', body: new URLSearchParams({ theme: next }), redirect: 'manual' });
  });
}
