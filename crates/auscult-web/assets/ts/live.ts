// Live events: numbered, one way, never with words of a message. When the stream fails the page asks every 15 seconds;
// after 30 seconds without a sign of life it says so. A list is never moved under a reader: "3 new" waits on top.
type Live = { kind: string; number?: number };

const POLL = 15_000;
const STALE = 30_000;

declare global {
  interface Window { htmx?: { ajax(method: string, path: string, target: string | object): Promise<void>; trigger(element: Element, name: string): void } }
}

export function startLive(): void {
  const path = document.body.dataset.live;
  if (!path) return;
  let last = Number(document.body.dataset.since ?? 0);
  let heard = performance.now();
  let poll: number | undefined;

  const alive = () => {
    heard = performance.now();
    showStale(false);
  };
  const take = (event: Live) => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-live-on]')) {
      const kinds = (element.dataset.liveOn ?? '').split(' ');
      const about = element.dataset.liveNumber;
      if (kinds.includes(event.kind) && (about === undefined || Number(about) === event.number)) wake(element);
    }
  };
  const ask = async () => {
    try {
      const answer = await fetch(`${path}/poll?since=${last}`, { headers: { accept: 'application/json' } });
      if (!answer.ok) return;
      const { last: number, events } = (await answer.json()) as { last: number; events: Live[] };
      last = number;
      alive();
      for (const event of events) take(event);
    } catch { /* the banner says it */ }
  };
  const open = () => {
    const source = new EventSource(`${path}?since=${last}`);
    source.addEventListener('open', () => { alive(); clearInterval(poll); poll = undefined; });
    source.addEventListener('beat', alive);
    source.addEventListener('live', (message) => {
      alive();
      last = Math.max(last, Number(message.lastEventId) || last);
      take(JSON.parse(message.data as string) as Live);
    });
    source.addEventListener('error', () => {
      poll ??= setInterval(ask, POLL);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5_000);
    });
  };
  open();
  setInterval(() => { if (performance.now() - heard > STALE) showStale(true); }, 5_000);
}

// An element wakes by its own htmx request; a list that is being read only counts what is new.
function wake(element: HTMLElement): void {
  if (element.dataset.liveHold !== undefined && element.scrollTop > 40) {
    const bar = document.getElementById(element.dataset.liveHold);
    if (bar) {
      const count = Number(bar.dataset.count ?? 0) + 1;
      bar.dataset.count = String(count);
      bar.hidden = false;
      const number = bar.querySelector('[data-n]');
      if (number) number.textContent = String(count);
    }
    return;
  }
  element.dispatchEvent(new CustomEvent('live'));
}

let since = '';
function showStale(stale: boolean): void {
  const box = document.getElementById('stale');
  const word = document.querySelector<HTMLElement>('[data-live-word]');
  const dot = document.querySelector('#live-state .dot');
  if (!stale) since = new Date().toTimeString().slice(0, 5);
  if (word) word.textContent = (stale ? word.dataset.staleText : word.dataset.liveText) ?? '';
  dot?.classList.toggle('ok', !stale);
  dot?.classList.toggle('warn', stale);
  if (!box || box.hidden === !stale) return;
  box.hidden = !stale;
  const words = box.querySelector<HTMLElement>('[data-stale]');
  if (words) words.textContent = `${words.dataset.stale} ${since}`;
}
