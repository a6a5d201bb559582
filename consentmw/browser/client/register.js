// Registers the service worker, unless the site has one of its own for these pages: that one stays,
// and can import ours.

const { src, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);
const ours = new URL('worker.js', src).href;
const { scope } = dataset;
const { serviceWorker } = navigator;

serviceWorker
  ?.getRegistration(scope)
  .then(async (found) => {
    const worker = found?.active ?? found?.waiting ?? found?.installing;
    if ((worker?.scriptURL ?? ours) === ours) await serviceWorker.register(ours, { scope });
  })
  .catch(() => {});
