import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../films/icon.tsx';
import type { WalkStep } from './walk.ts';

type Props = {
  readonly steps: readonly WalkStep[];
  readonly at: number;
  readonly onStep: (at: number) => void;
  readonly onAgain: () => void;
};

/** The way so far: back, forward, to any of its steps, and to its beginning. */
export const WalkBar = ({ steps, at, onStep, onAgain }: Props): JSX.Element => {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at, steps]);
  const last = steps.length - 1;
  return (
    <fieldset class="timeline" aria-label="Steps">
      <button type="button" onClick={() => onStep(at - 1)} disabled={at === 0} aria-label="Step back">
        <Icon name="back" />
      </button>
      <button type="button" onClick={() => onStep(at + 1)} disabled={at >= last} aria-label="Step forward">
        <Icon name="on" />
      </button>
      <button type="button" onClick={onAgain} disabled={last === 0}>
        Reset
      </button>
      <ol class="crumbs" aria-label="Steps so far" ref={list}>
        {steps.map((step, place) => (
          <li key={`${place} ${step.text}`}>
            <button
              type="button"
              aria-current={place === at ? 'step' : undefined}
              onClick={() => onStep(place)}
            >
              {step.text}
            </button>
          </li>
        ))}
      </ol>
    </fieldset>
  );
};
