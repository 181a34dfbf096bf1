import type { RestartWhen, StagedoorBridge, UiState } from '../../electron/bridge.ts';
import { exposedBridge } from '../window.ts';
import { failureText } from './advice.ts';
import { createFocusKeeper, type FocusKeeper } from './focus.ts';
import { createFrame, type Frame } from './frame.ts';
import { languageFor, localeOf } from './language.ts';
import { type Notice, noticeOf } from './notice.ts';
import { putAsideOf } from './put-aside.ts';
import { type BannerStrings, sayingWith } from './strings.ts';
import { type ActionName, wordsFor } from './wording.ts';

/** The detail of `stagedoor-outgrown`. */
export type Outgrown = NonNullable<UiState['outgrown']>;

/**
 * `<stagedoor-banner>`: says what the updates are about, and asks for the restart. Takes no place while there is nothing to say.
 *
 * - Property `source`: the bridge; default `window.stagedoor`. Property `strings`: texts in place of the built-in ones.
 * - Attribute `lang`: the language, else that of the page. English and German are built in.
 * - Event `stagedoor-outgrown`: a newer version needs a newer shell.
 * - `:state(staged)` and so on, by the kind of the notice: for the look of the element itself.
 */
export class StagedoorBanner extends HTMLElement {
  static readonly observedAttributes: readonly string[] = ['lang'];

  readonly #internals: ElementInternals = this.attachInternals();
  readonly #frame: Frame;
  readonly #focus: FocusKeeper;
  #given: StagedoorBridge | null = null;
  #strings: Partial<BannerStrings> | null = null;
  #state: UiState | null = null;
  #order: Given | null = null;
  #outgrownTold: string | null = null;
  #detach: (() => void) | null = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.#frame = createFrame(root, name => void this.#act(name));
    this.#focus = createFocusKeeper(this, root, this.#frame.box);
  }

  /** Where the states come from and the orders go. Null: `window.stagedoor`, and nothing where that is not there. */
  get source(): StagedoorBridge | null {
    return this.#given ?? exposedBridge();
  }

  set source(bridge: StagedoorBridge | null | undefined) {
    this.#given = bridge ?? null;
    if (this.isConnected) this.#attach();
  }

  /** Texts in place of the built-in ones; what is left out stays. */
  get strings(): Partial<BannerStrings> | null {
    return this.#strings;
  }

  set strings(strings: Partial<BannerStrings> | null | undefined) {
    this.#strings = strings ?? null;
    this.#draw();
  }

  connectedCallback(): void {
    this.#attach();
  }

  disconnectedCallback(): void {
    this.#leave();
  }

  attributeChangedCallback(): void {
    this.#draw();
  }

  #leave(): void {
    this.#detach?.();
    this.#detach = null;
  }

  #attach(): void {
    this.#leave();
    this.#state = null;
    this.#order = null;
    this.#detach =
      this.source?.on('state', state => {
        this.#state = state;
        this.#draw();
        this.#tellOutgrown(state);
      }) ?? null;
    this.#draw();
  }

  get #notice(): Notice | null {
    const { source } = this;
    return source === null || this.#state === null ? null : noticeOf(this.#state, putAsideOf(source));
  }

  #draw(): void {
    const notice = this.#notice;
    const { strings, lang, locale } = languageFor(localeOf(this), this.#strings);
    const say = sayingWith(strings);
    const order = this.#orderAbout(notice);
    const failure = order?.failed === true ? failureText(order.error, say) : '';
    const words = wordsFor(notice, { say, locale });
    const kind = notice?.kind ?? null;
    this.#focus.around(() =>
      this.#frame.show({
        words,
        region: say('region', {}),
        lang,
        kind,
        failure,
        pending: order?.failed === false,
      }),
    );
    this.#internals.states.clear();
    if (kind !== null) this.#internals.states.add(kind);
  }

  /** After the script that put the element in, which may still add its listener. */
  #tellOutgrown({ outgrown }: UiState): void {
    if (outgrown === null || outgrown.version === this.#outgrownTold) return;
    this.#outgrownTold = outgrown.version;
    queueMicrotask(() => {
      const event = new CustomEvent('stagedoor-outgrown', {
        detail: outgrown,
        bubbles: true,
        composed: true,
        cancelable: true,
      });
      if (!this.dispatchEvent(event)) this.#putAside('outgrown', outgrown.version);
    });
  }

  #putAside(kind: 'staged' | 'rolled-back' | 'outgrown', version: string): void {
    if (this.source !== null) putAsideOf(this.source).add(kind, version);
    this.#draw();
  }

  /** An order matters as long as the banner is about the same. */
  #orderAbout(notice: Notice | null): Given | null {
    return this.#order?.about === aboutOf(notice) ? this.#order : null;
  }

  #act(name: ActionName): void {
    const notice = this.#notice;
    if (notice === null || this.#orderAbout(notice)?.failed === false) return;
    if (name !== 'put-aside') void this.#restart(name === 'restart-when-finished' ? 'idle' : 'now', notice);
    else if (notice.kind === 'staged' || notice.kind === 'rolled-back' || notice.kind === 'outgrown')
      this.#putAside(notice.kind, notice.version);
  }

  async #restart(when: RestartWhen, notice: Notice): Promise<void> {
    const order: Given = { about: aboutOf(notice), failed: false };
    this.#order = order;
    this.#draw();
    let ended: Given | null = null;
    try {
      await this.source?.restartToApply({ when });
    } catch (error) {
      ended = { ...order, failed: true, error };
    }
    // Another order may have been given meanwhile, or the banner may have another source.
    if (this.#order === order) this.#order = ended;
    this.#draw();
  }
}

/** An order that was given: on its way, or failed. */
type Given = { readonly about: string; readonly failed: boolean; readonly error?: unknown };

const aboutOf = (notice: Notice | null): string =>
  notice === null ? '' : `${notice.kind} ${'version' in notice ? notice.version : ''}`;
