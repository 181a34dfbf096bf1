import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../shell/keys.ts';
import type { Go } from '../shell/navigation.ts';
import { chartRoute, type Route, writeRoute } from '../shell/route.ts';
import { type Chart, chartNames, charts } from './chart-data.ts';
import { ChoiceList } from './choice-list.tsx';
import { type Choice, choiceTaking } from './choices.ts';
import { focusOf, lightOf } from './light.ts';
import { LookedPanel } from './looked-panel.tsx';
import { PictureView } from './picture-view.tsx';
import { placeOf } from './place.ts';
import { sentence } from './sentence.ts';
import { choicesAfter, walkAlong } from './walk.ts';
import { WalkBar } from './walk-bar.tsx';
import { WalkPanel } from './walk-panel.tsx';

type ChartsRoute = Extract<Route, { view: 'charts' }>;
type Props = {
  readonly route: ChartsRoute;
  readonly go: Go;
  readonly onSay: (text: string) => void;
};

/** Where a walk stands: its step, the one before, and what can happen next. */
const useWalk = ({ chart: name, path, at: wanted, looked }: ChartsRoute) => {
  const walk = useMemo(() => walkAlong(name, path), [name, path]);
  const at = Math.min(wanted, walk.steps.length - 1);
  const step = walk.steps[at];
  const groups = useMemo(() => (step === undefined ? [] : choicesAfter(name, step)), [name, step]);
  const light = useMemo(() => {
    const possible = groups.flatMap(({ choices }) =>
      choices.flatMap(({ leads }) => leads?.move.edges[0] ?? []),
    );
    return lightOf(name, {
      place: step === undefined ? null : placeOf(step.move.after),
      taken: step?.move.edges ?? [],
      possible: new Set(possible),
      looked,
    });
  }, [name, step, groups, looked]);
  const before = walk.steps[at - 1];
  const focus = focusOf(name, light, before === undefined ? null : placeOf(before.move.after));
  return { walk, at, step, groups, light, focus };
};

const ChartHead = ({ chart: { name, graph } }: { readonly chart: Chart }): JSX.Element => (
  <header class="film-head">
    <div>
      <h1 id="film-title">The chart {name}</h1>
      <p class="summary">{graph.root.description} Steps are pure: nothing runs.</p>
    </div>
    <nav class="tabs" aria-label="Charts">
      {chartNames.map(each => (
        <a
          key={each}
          class={each}
          href={writeRoute(chartRoute(each))}
          aria-current={each === name ? 'page' : undefined}
        >
          {each}
        </a>
      ))}
    </nav>
  </header>
);

/** A chart to step through. No effect begins: outcomes are chosen, and the chart says where they lead. */
export const ChartView = ({ route, go, onSay }: Props): JSX.Element => {
  const { chart: name, path, looked } = route;
  const chart = charts[name];
  const { walk, at, step, groups, light, focus } = useWalk(route);
  const [remark, setRemark] = useState<string | null>(null);
  const happenings = useRef<HTMLDivElement>(null);

  const pressed = useRef<Element | null>(null);
  useLayoutEffect(() => {
    // What was pressed is gone: who steps by the keyboard goes on from the first thing that can happen now.
    if (pressed.current !== null) happenings.current?.querySelector('button')?.focus();
    pressed.current = null;
  }, [step]);

  const stepTo = (place: number): void => {
    if (place < 0 || place >= walk.steps.length || place === at) return;
    setRemark(null);
    go({ ...route, at: place, looked: null }, 'step');
  };
  const take = ({ id }: Choice): void => {
    setRemark(null);
    const taken = [...path.slice(0, at), id];
    pressed.current = happenings.current?.querySelector(':focus') ?? null;
    go({ ...route, path: taken, at: taken.length, looked: null });
  };
  const takeEdge = (edge: string): void => {
    const choice = choiceTaking(groups, edge);
    if (choice !== undefined) take(choice);
    else {
      const from = chart.edges.get(edge)?.from ?? '';
      const active = [...light.active, ...light.around].includes(from);
      setRemark(
        active
          ? 'No event takes this arrow now: its guard does not hold.'
          : `This arrow leaves ${from}, which is not active.`,
      );
    }
  };
  const again = (): void => go(chartRoute(name));
  useKeys({
    ArrowLeft: () => stepTo(at - 1),
    k: () => stepTo(at - 1),
    ArrowRight: () => stepTo(at + 1),
    j: () => stepTo(at + 1),
    Home: () => stepTo(0),
    End: () => stepTo(walk.steps.length - 1),
    n: () => happenings.current?.querySelector('button')?.focus(),
    x: again,
    1: () => go(chartRoute('supervisor')),
    2: () => go(chartRoute('launch')),
    3: () => go(chartRoute('update')),
    4: () => go(chartRoute('natives')),
    5: () => go(chartRoute('plugin-install')),
  });
  useEffect(() => {
    if (step !== undefined)
      onSay(`${step.text}. ${step.move.says.map(sentence).join(' ')} Active: ${placeOf(step.move.after)}.`);
  }, [step]);
  useEffect(() => {
    if (remark !== null) onSay(remark);
  }, [remark]);

  return (
    <article class="film charts" aria-labelledby="film-title">
      <ChartHead chart={chart} />
      <div class="film-steps" ref={happenings}>
        <h2>What can happen now</h2>
        {groups.length === 0 ? (
          <p class="panel faint">Nothing: the chart has come to its end.</p>
        ) : (
          <ChoiceList groups={groups} onTake={take} />
        )}
      </div>
      <div class="film-chart">
        {remark === null && walk.lost === null ? null : (
          <p class="remark">
            {remark ?? `The address names a step that this chart does not offer here: ${walk.lost}`}
          </p>
        )}
        <PictureView chart={name} light={light} focus={focus} onEdge={takeEdge} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard */}
      <section class="film-frame" aria-label="Where the chart stands" tabIndex={0}>
        {looked === null ? null : (
          <LookedPanel chart={chart} id={looked} onClose={() => go({ ...route, looked: null }, 'step')} />
        )}
        {step === undefined ? null : <WalkPanel chart={chart} text={step.text} move={step.move} />}
      </section>
      <WalkBar steps={walk.steps} at={at} onStep={stepTo} onAgain={again} />
    </article>
  );
};
