import { createElement, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { failureParts, useStagedoor } from '#src/renderer/react.js';

const Version = () => {
  const { state, has } = useStagedoor();
  return createElement('output', null, has('staged') ? `${state?.staged?.version} is ready` : 'nothing');
};

const Orders = () => {
  const { check, restartToApply, hold, release, explain } = useStagedoor();
  const [said, say] = useState('');
  const button = (name: string, order: () => Promise<unknown>) =>
    createElement(
      'button',
      {
        key: name,
        type: 'button',
        onClick: () =>
          void order().then(
            value => say(`${name}: ${JSON.stringify(value)}`),
            error => say(`${name} failed: ${failureParts(error).code}`),
          ),
      },
      name,
    );
  return createElement('div', null, [
    button('check', check),
    button('restart', () => restartToApply({ when: 'now' })),
    button('hold', hold),
    button('release', release),
    button('explain', explain),
    createElement('p', { key: 'said' }, said),
  ]);
};

const App = () => {
  const [shown, show] = useState(2);
  return createElement(StrictMode, null, [
    ...Array.from({ length: shown }, (_, key) => createElement(Version, { key })),
    createElement(Orders, { key: 'orders' }),
    createElement('button', { key: 'less', type: 'button', onClick: () => show(shown - 1) }, 'less'),
    createElement('button', { key: 'more', type: 'button', onClick: () => show(shown + 1) }, 'more'),
  ]);
};

const main = document.querySelector('main');
if (main !== null) createRoot(main.appendChild(document.createElement('div'))).render(createElement(App));
