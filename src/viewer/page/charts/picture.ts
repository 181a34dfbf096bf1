import type { ChartName } from '../../../film/film.ts';

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** What a picture shows beside the chart itself. All by the ids of states and arrows. */
export type Light = {
  /** The innermost active states. */
  readonly active: ReadonlySet<string>;
  /** What is around them. */
  readonly around: ReadonlySet<string>;
  /** Arrows that were taken to come here. */
  readonly taken: ReadonlySet<string>;
  /** Arrows that can be taken now. */
  readonly possible: ReadonlySet<string>;
  /** What a reader looks at. */
  readonly looked: string | null;
};

/** A drawn chart, once in the page: it moves to where it is shown. */
export type Picture = {
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
  readonly boxOf: (id: string) => Box | null;
  readonly light: (light: Light, labelOf: (id: string) => string) => void;
};

const svgSpace = 'http://www.w3.org/2000/svg';

const numberOf = (element: Element | undefined, name: string): number =>
  Number(element?.getAttribute(name) ?? '0');

const rectBox = (rect: Element): Box => ({
  x: numberOf(rect, 'x'),
  y: numberOf(rect, 'y'),
  width: numberOf(rect, 'width'),
  height: numberOf(rect, 'height'),
});

/** From the words of an arrow: its whole path may be longer than any screen. */
const textBox = (text: Element): Box => ({
  x: numberOf(text, 'x'),
  y: numberOf(text, 'y') - 12,
  width: 160,
  height: 30,
});

const boxIn = (elements: readonly Element[]): Box | null => {
  for (const element of elements) {
    const rect = element.querySelector(':scope > rect');
    if (rect !== null) return rectBox(rect);
  }
  for (const element of elements) {
    const text = element.querySelector(':scope > text');
    if (text !== null) return textBox(text);
  }
  return null;
};

/** An arrow is thin: what can be hit around it is not. */
const widen = (svg: SVGSVGElement): void => {
  for (const path of svg.querySelectorAll('.edge > path')) {
    const wide = document.createElementNS(svgSpace, 'path');
    wide.setAttribute('class', 'hit');
    wide.setAttribute('d', path.getAttribute('d') ?? '');
    path.after(wide);
  }
};

/** The heads of arrows would grow with a line that is lit. */
const calmArrows = (svg: SVGSVGElement): void => {
  for (const marker of svg.querySelectorAll('marker')) {
    marker.setAttribute('markerUnits', 'userSpaceOnUse');
    marker.setAttribute('markerWidth', '11');
    marker.setAttribute('markerHeight', '11');
  }
};

/** The words of all that a reader meets with the keyboard; the rest is in the lists beside. */
const expose = (elements: readonly Element[], role: 'button' | 'img' | null, label: string): void => {
  // The words are the last of what is drawn; an arrow itself may reach across the whole picture.
  const words = elements.at(-1);
  for (const element of elements) {
    if (element !== words || role === null) element.setAttribute('aria-hidden', 'true');
  }
  if (words === undefined) return;
  if (role === null) {
    for (const name of ['role', 'tabindex', 'aria-label']) words.removeAttribute(name);
    return;
  }
  words.removeAttribute('aria-hidden');
  words.setAttribute('role', role);
  words.setAttribute('tabindex', '0');
  words.setAttribute('aria-label', label);
};

const collect = (svg: SVGSVGElement, name: string): Map<string, Element[]> => {
  const found = new Map<string, Element[]>();
  for (const element of svg.querySelectorAll(`[${name}]`)) {
    const id = element.getAttribute(name) ?? '';
    found.set(id, [...(found.get(id) ?? []), element]);
  }
  return found;
};

/** All that is drawn of a state or an arrow, and how it was lit last. */
type Lamp = {
  readonly id: string;
  readonly elements: readonly Element[];
  readonly role: 'img' | 'button';
  lit: string;
};

const lampsOf = (elements: ReadonlyMap<string, readonly Element[]>, role: Lamp['role']): Lamp[] =>
  [...elements].map(([id, own]) => {
    expose(own, null, '');
    return { id, elements: own, role, lit: '' };
  });

/** Touches only what changes: a browser looks again at all that was touched. */
const turn = (lamp: Lamp, light: Light, labelOf: (id: string) => string): void => {
  const { id, elements, role } = lamp;
  const classes = (['active', 'around', 'taken', 'possible'] as const).filter(name => light[name].has(id));
  const looked = light.looked === id;
  const lit = [...classes, ...(looked ? ['looked'] : [])].join(' ');
  if (lit === lamp.lit) return;
  for (const { classList } of elements) {
    for (const name of names) classList.toggle(name, lit.split(' ').includes(name));
  }
  lamp.lit = lit;
  const acts = role === 'button' && light.possible.has(id);
  expose(elements, acts ? 'button' : light.active.has(id) || looked ? 'img' : null, labelOf(id));
};
const names = ['active', 'around', 'taken', 'possible', 'looked'] as const;

const draw = (chart: ChartName): Picture => {
  const template = document.getElementById(`picture-${chart}`);
  const drawn = template instanceof HTMLTemplateElement ? template.content.querySelector('svg') : null;
  if (drawn === null) throw new Error(`there is no picture of ${chart}`);
  const svg = document.importNode(drawn, true);
  svg.setAttribute('role', 'group');
  widen(svg);
  calmArrows(svg);
  const states = collect(svg, 'data-state');
  const edges = collect(svg, 'data-edge');
  const lamps = [...lampsOf(states, 'img'), ...lampsOf(edges, 'button')];
  const light: Picture['light'] = (wanted, labelOf) => {
    for (const lamp of lamps) turn(lamp, wanted, labelOf);
  };
  return {
    svg,
    width: numberOf(svg, 'width'),
    height: numberOf(svg, 'height'),
    boxOf: id => boxIn(states.get(id) ?? edges.get(id) ?? []),
    light,
  };
};

const drawn = new Map<ChartName, Picture>();

export const pictureOf = (chart: ChartName): Picture => {
  const picture = drawn.get(chart) ?? draw(chart);
  drawn.set(chart, picture);
  return picture;
};
