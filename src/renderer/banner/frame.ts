import { sheet } from './sheet.ts';
import type { Action, ActionName, Words } from './wording.ts';

type Shown = {
  readonly words: Words;
  readonly region: string;
  readonly lang: string;
  /** The kind of the notice, or null where nothing is said. */
  readonly kind: string | null;
  readonly failure: string;
  /** An order is on its way: buttons stay where they are, and do nothing. */
  readonly pending: boolean;
};

export type Frame = { readonly box: HTMLElement; readonly show: (shown: Shown) => void };

const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  part: string,
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  made.setAttribute('part', part);
  made.append(...children);
  return made;
};

/** A line, aligned as the page is, with a text whose own direction orders it: English in a page from right to left. */
const line = (part: string): HTMLElement => {
  const made = element('p', part, document.createElement('bdi'));
  made.hidden = true;
  return made;
};

/** A live region reads out what is written to it, even where it is the same. */
const write = (target: HTMLElement, text: string): void => {
  const [own = target] = target.children;
  if (own.textContent === text) return;
  own.textContent = text;
  target.hidden = text === '';
};

const showProgress = (bar: HTMLProgressElement, progress: Words['progress'], label: string): void => {
  bar.hidden = progress === 'none';
  bar.setAttribute('aria-label', label);
  if (typeof progress === 'number') bar.value = progress;
  else bar.removeAttribute('value');
};

/** The same action keeps its button, and with it the focus. */
const showActions = (
  row: HTMLElement,
  actions: readonly Action[],
  pending: boolean,
  act: (name: ActionName) => void,
): void => {
  const old = new Map([...row.querySelectorAll('button')].map(button => [button.dataset.action, button]));
  const wanted = actions.map(({ name, label, primary }) => {
    const button = old.get(name) ?? element('button', 'button');
    if (button.dataset.action === undefined) {
      button.type = 'button';
      button.dataset.action = name;
      button.addEventListener('click', () => act(name));
    }
    button.setAttribute('part', primary ? 'button primary' : 'button');
    button.setAttribute('aria-disabled', String(pending));
    if (button.textContent !== label) button.textContent = label;
    return button;
  });
  for (const button of old.values()) if (!wanted.includes(button)) button.remove();
  // Putting in what is there already would take the focus away.
  wanted.forEach((button, at) => {
    if (row.children[at] !== button) row.insertBefore(button, row.children[at] ?? null);
  });
  row.hidden = wanted.length === 0;
};

const showBox = (box: HTMLElement, { kind, region, lang }: Shown): void => {
  box.lang = lang;
  box.dataset.kind = kind ?? '';
  if (kind === null) {
    box.removeAttribute('role');
    box.removeAttribute('aria-label');
  } else {
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', region);
  }
};

/** The parts, made once. The live region is there before it has anything to say, or it would not be read out. */
export const createFrame = (root: ShadowRoot, act: (name: ActionName) => void): Frame => {
  const [title, detail, failure] = [line('title'), line('detail'), line('failure')];
  const status = element('div', 'message', title, detail, failure);
  status.setAttribute('role', 'status');
  status.setAttribute('aria-live', 'polite');
  status.setAttribute('aria-atomic', 'true');
  const [note, bar, actions] = [line('note'), element('progress', 'progress'), element('div', 'actions')];
  const box = element('div', 'banner', element('div', 'content', status, bar, note), actions);
  box.tabIndex = -1;
  root.adoptedStyleSheets = [sheet()];
  root.append(box);
  return {
    box,
    show: shown => {
      const { words, pending } = shown;
      showBox(box, shown);
      write(title, words.title);
      write(detail, words.detail);
      write(failure, shown.failure);
      write(note, words.note);
      showProgress(bar, words.progress, words.title);
      showActions(actions, words.actions, pending, act);
    },
  };
};
