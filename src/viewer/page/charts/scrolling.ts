import type { Box, Picture } from './picture.ts';

export const zoomBounds = { least: 0.12, most: 3 } as const;
const margin = 40;

const zoomOf = ({ svg, width }: Picture): number => Number(svg.getAttribute('width')) / width;

/** Enlarges or shrinks a picture so that its middle stays in the middle. */
export const zoomAround = (frame: HTMLElement, picture: Picture, zoom: number): void => {
  const { svg, width, height } = picture;
  const before = zoomOf(picture);
  const x = (frame.scrollLeft + frame.clientWidth / 2) / before;
  const y = (frame.scrollTop + frame.clientHeight / 2) / before;
  svg.setAttribute('width', String(Math.round(width * zoom)));
  svg.setAttribute('height', String(Math.round(height * zoom)));
  frame.scrollLeft = x * zoom - frame.clientWidth / 2;
  frame.scrollTop = y * zoom - frame.clientHeight / 2;
};

/** How far a picture must shrink to be seen at once. */
export const fitting = (frame: HTMLElement, { width, height }: Picture): number =>
  Math.min(frame.clientWidth / width, frame.clientHeight / height);

/** Moves only what is not in view already: a picture that jumps with each step is hard to follow. */
export const bringIntoView = (frame: HTMLElement, picture: Picture, box: Box): void => {
  const zoom = zoomOf(picture);
  const [left, top] = [box.x * zoom, box.y * zoom];
  const [width, height] = [box.width * zoom, box.height * zoom];
  const inView =
    left >= frame.scrollLeft + margin / 2 &&
    top >= frame.scrollTop + margin / 2 &&
    left + width <= frame.scrollLeft + frame.clientWidth - margin / 2 &&
    top + height <= frame.scrollTop + frame.clientHeight - margin;
  if (inView) return;
  frame.scrollLeft = left + width / 2 - frame.clientWidth / 2;
  frame.scrollTop = top + height / 2 - frame.clientHeight / 2;
};

const farEnough = 4;

/** Lets a picture be dragged, and zoomed by the wheel with the control key. Gives back what ends that. */
export const dragged = (frame: HTMLElement, zoomTo: (zoom: number) => void): (() => void) => {
  let last: { readonly x: number; readonly y: number } | null = null;
  let far = false;
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    last = { x: event.clientX, y: event.clientY };
    far = false;
  };
  const move = (event: PointerEvent): void => {
    if (last === null) return;
    const [x, y] = [event.clientX - last.x, event.clientY - last.y];
    far ||= Math.abs(x) + Math.abs(y) > farEnough;
    if (!far) return;
    frame.classList.add('dragged');
    frame.scrollLeft -= x;
    frame.scrollTop -= y;
    last = { x: event.clientX, y: event.clientY };
  };
  const end = (): void => {
    last = null;
    frame.classList.remove('dragged');
  };
  /** The click that ends a drag means nothing. */
  const swallow = (event: MouseEvent): void => {
    if (far) event.stopPropagation();
    far = false;
  };
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const svg = frame.querySelector('svg');
    const natural = svg?.viewBox.baseVal.width ?? 1;
    zoomTo((Number(svg?.getAttribute('width')) / natural) * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
  };
  frame.addEventListener('pointerdown', begin);
  frame.addEventListener('click', swallow, true);
  frame.addEventListener('wheel', wheel, { passive: false });
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  return () => {
    frame.removeEventListener('pointerdown', begin);
    frame.removeEventListener('click', swallow, true);
    frame.removeEventListener('wheel', wheel);
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
  };
};
