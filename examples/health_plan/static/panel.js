// Lists the hosts that this page made the browser ask, as the browser itself counts them.
"use strict";

const asked = document.getElementById("asked");
const counts = new Map();

function show() {
  const rows = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([host, count]) => {
    const row = document.createElement("li");
    row.className = host === location.host ? "own" : "other";
    row.textContent = `${host === location.host ? "this site" : host} (${count})`;
    return row;
  });
  asked.replaceChildren(...rows);
}

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { host } = new URL(entry.name);
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  show();
}).observe({ type: "resource", buffered: true });

counts.set(location.host, 1);
show();
