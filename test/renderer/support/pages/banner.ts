import '#src/renderer/banner.js';

const banner = document.createElement('stagedoor-banner');
document.querySelector('main')?.prepend(banner);
