// Reports the signal of a browser that says it to scripts only, once.

const { src, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);

if (/** @type {any} */ (navigator).globalPrivacyControl === true) {
  fetch(new URL('signal', src), { method: 'POST' })
    .then(({ ok }) => {
      const { reload } = dataset;
      // Where cookies are refused, so is the memory of having reloaded; then nothing is repeated.
      if (!ok || reload === undefined || sessionStorage.getItem(src)) return;
      sessionStorage.setItem(src, '1');
      location.reload();
    })
    .catch(() => {});
}
