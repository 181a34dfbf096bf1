import type { JSX } from 'preact';

const shapes = {
  first: 'M3 3h2v10H3zM13 3v10L6 8z',
  back: 'M12 3v10L4 8z',
  on: 'M4 3v10l8-5z',
  last: 'M3 3v10l7-5zM11 3h2v10h-2z',
} as const;

/** Drawn, not written: fonts lack some of these signs. */
export const Icon = ({ name }: { readonly name: keyof typeof shapes }): JSX.Element => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={shapes[name]} />
  </svg>
);
