// Helps the canvas, from outside. Its own tool bar lies unseen over its corner, where it takes the
// strokes that begin there: it goes, since the page has tools of its own. And the canvas waits
// 200 ms after a stroke before it tells the app: lifting the pen presses the button of that tool
// bar that tells the app at once. Where a canvas has no such things, all is as it was.

// Parts of the canvas' own; tests/browser/test_private_parts.py fails when one is gone. Upstream
// took out the option to hide the tool bar, and names the button for those who press it:
// https://github.com/andfanilo/streamlit-drawable-canvas/releases/tag/v0.11.0
// https://github.com/andfanilo/streamlit-drawable-canvas/releases/tag/v0.10.0
const SURFACE = "canvas.upper-canvas";
const TOOL_BAR = ".dc-toolbar";
const TELL = 'button[aria-label="Update the app with this drawing"]';

const hidden = new CSSStyleSheet();
hidden.replaceSync(`${TOOL_BAR} { display: none !important; }`);

let running; // this is called at every rerun of the page

function isCanvas(root) {
  return root?.querySelector(SURFACE);
}

export default function ({ data }) {
  running?.abort();
  const abort = (running = new AbortController());
  let path = [];

  // The canvas appears at some later time; this waits for the one with that name.
  function hideToolBar() {
    const elements = [...document.querySelectorAll(`.${data.canvas} *`)];
    const root = elements.map((element) => element.shadowRoot).find(isCanvas);
    // As a rule, since the canvas itself shows the bar anew whenever a tool changes.
    if (root) root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, hidden])];
    else if (!abort.signal.aborted) requestAnimationFrame(hideToolBar);
  }

  function begin(event) {
    path = event.composedPath();
  }

  function end() {
    const root = path.find((node) => node instanceof ShadowRoot && isCanvas(node));
    path = [];
    // After all that listens to the same event: first the canvas has to add the stroke.
    if (root) setTimeout(() => root.querySelector(TELL)?.click());
  }

  const options = { capture: true, passive: true, signal: abort.signal };
  for (const name of ["mousedown", "touchstart"]) document.addEventListener(name, begin, options);
  for (const name of ["mouseup", "touchend"]) document.addEventListener(name, end, options);
  hideToolBar();
  return () => abort.abort();
}
