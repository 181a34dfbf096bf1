import 'stagedoor/banner';

const state = document.querySelector<HTMLElement>('#state');
const frame = document.querySelector<HTMLIFrameElement>('#runtime');

const show = (version: string | null, down: boolean): void => {
  if (state === null || frame === null) return;
  state.textContent =
    version === null ? (down ? 'Nothing starts.' : 'Starting …') : `Runtime ${version} is running.`;
  if (frame.dataset.version === (version ?? '')) return;
  frame.dataset.version = version ?? '';
  frame.hidden = version === null;
  // Given anew, it is loaded anew: another version answers there now.
  frame.src = version === null ? 'about:blank' : 'runtime';
};

// The preload is there before the page is; without it this page is only opened in a browser.
window.stagedoor?.on('state', ({ running, tags }) => show(running?.version ?? null, tags.includes('down')));
