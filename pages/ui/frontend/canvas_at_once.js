// The canvas waits 200 ms after a stroke before it tells the app. Lifting the pen presses the
// button of its own tool bar that tells the app at once. Without that button, it just waits.
const BUTTON = 'button[aria-label="Update the app with this drawing"]';

function press(path) {
  const root = path.find((node) => node instanceof ShadowRoot && node.querySelector("canvas.upper-canvas"));
  // After all that listens to the same event: first the canvas has to add the stroke.
  if (root) setTimeout(() => root.querySelector(BUTTON)?.click());
}

export default function () {
  let path = [];
  const begin = (event) => { path = event.composedPath(); };
  const end = () => { press(path); path = []; };
  const listeners = { mousedown: begin, touchstart: begin, mouseup: end, touchend: end };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener, true);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener, true);
  };
}
