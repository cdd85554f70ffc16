// Scrolls, as little as needed, to what a click has made appear, or what a link names.
const shown = new Map();

export default function ({ data, parentElement }) {
  const before = shown.get(data.name) ?? -1;
  shown.set(data.name, data.count);
  if (data.count <= before) return;
  const mark = parentElement.querySelector(".mark");
  mark.style.scrollMarginBottom = `${data.height}px`;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  mark.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
}
