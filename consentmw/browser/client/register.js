// Registers the service worker, unless the site has one of its own: that one stays, also if it comes
// late, and can import ours. Two of one scope would replace each other with every page.

const { src, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);
const ours = new URL('worker.js', src).href;
const { scope } = dataset;
const { serviceWorker } = navigator;
let siteHasOne = false;

const register = async () => {
  const found = await serviceWorker.getRegistration(scope);
  const worker = found?.active ?? found?.waiting ?? found?.installing;
  if (siteHasOne || (worker && worker.scriptURL !== ours)) return;
  await native.call(serviceWorker, ours, { scope });
};

const container = self.ServiceWorkerContainer?.prototype;
const native = container?.register;
if (container) {
  container.register = new Proxy(native, {
    apply: (target, self, args) => {
      siteHasOne = true;
      return Reflect.apply(target, self, args);
    },
  });
  // Sites register theirs when the page has loaded, at the latest.
  addEventListener('load', () => setTimeout(() => register().catch(() => {})));
}
