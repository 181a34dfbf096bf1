import { defineBanner } from '#src/renderer/banner.js';

const banner = document.createElement('stagedoor-banner');
document.querySelector('main')?.prepend(banner);
Object.assign(window, { defineBanner });
