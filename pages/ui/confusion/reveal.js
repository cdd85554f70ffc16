// Scrolls, as little as needed, to what a click has made appear, or what a link names. Not at
// once: nothing should move under the pointer of somebody who goes on clicking.
const REST = 400; // milliseconds
const shown = new Map();
let waiting;

for (const event of ["pointerdown", "keydown", "wheel"]) {
  window.addEventListener(event, () => clearTimeout(waiting), { capture: true, passive: true });
}

export default function ({ data, parentElement }) {
  const before = shown.get(data.name) ?? -1;
  shown.set(data.name, data.count);
  if (data.count <= before) return;
  const mark = parentElement.querySelector(".mark");
  mark.style.scrollMarginBottom = `${data.height}px`;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  clearTimeout(waiting);
  waiting = setTimeout(() => mark.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" }), REST);
}
