import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const lines: readonly (readonly [readonly string[], string])[] = [
  [['→', 'j'], 'next step'],
  [['←', 'k'], 'step before'],
  [['Home', 'End'], 'first and last step'],
  [['/'], 'search'],
  [['s', 'c', 'r', 'l'], 'storyboards, charts, recordings (journals), live'],
  [['1', '2', '3', '4', '5'], 'show the chart supervisor, launch, update, natives or plugin-install'],
  [['n'], 'charts: to the list of what can happen now'],
  [['x'], 'charts: begin again'],
  [['f'], 'live: follow, or pause'],
  [['+', '−', '0', '1'], 'in a picture: zoom in, out, show all, 100 %'],
  [['t'], 'colours: system, light, dark'],
  [['?'], 'this help'],
  [['Esc'], 'close'],
];

type Props = { readonly open: boolean; readonly onClose: () => void };

/** The keys, in a dialog of the browser's own: it keeps the focus and closes with Esc. */
export const Help = ({ open, onClose }: Props): JSX.Element => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {lines.map(([keys, says]) => (
          <div key={says}>
            <dt>
              {keys.map(key => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <p>
        The address names what is shown: a storyboard and its step, the steps through a chart, a run and its
        step. Copy it to point others there.
      </p>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
};
