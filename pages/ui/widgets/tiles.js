// A grid of digits to choose from. Arrow keys move, Enter chooses.
const built = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".tiles");
  const signature = JSON.stringify([data.tiles, data.label]);
  let state = built.get(root);
  // Built only when the tiles change: a rebuild at every rerun would lose the focus.
  if (!state || state.signature !== signature) {
    root.style.setProperty("--tile", `${data.width}px`);
    root.setAttribute("aria-label", data.label);
    root.setAttribute("role", "group");
    state = { signature, tiles: data.tiles.map(build) };
    root.replaceChildren(...state.tiles);
    built.set(root, state);
  }
  const chosen = data.tiles.findIndex((tile) => tile.index === data.chosen);
  state.tiles.forEach((element, position) => {
    element.setAttribute("aria-pressed", position === chosen);
    element.tabIndex = position === Math.max(0, chosen) ? 0 : -1;
    element.onclick = () => setTriggerValue("index", data.tiles[position].index);
    element.onkeydown = (event) => move(event, state.tiles, position);
  });
}

function build(tile) {
  const element = document.createElement("button");
  element.className = tile.mark ? `tile ${tile.mark}` : "tile";
  const image = document.createElement("img");
  image.src = tile.src;
  image.alt = "";
  const caption = document.createElement("div");
  caption.className = "caption";
  const strong = document.createElement("strong");
  strong.textContent = tile.title;
  caption.append(strong, tile.detail ? ` ${tile.detail}` : "");
  const note = document.createElement("div");
  note.className = "note";
  note.textContent = tile.note;
  element.append(image, caption, note);
  element.dataset.badge = tile.badge;
  element.title = tile.label;
  element.setAttribute("aria-label", tile.label);
  return element;
}

function move(event, tiles, position) {
  const top = tiles[0].offsetTop;
  const columns = tiles.filter((tile) => tile.offsetTop === top).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const next = step && tiles[position + step];
  if (!next) return;
  event.preventDefault();
  tiles[position].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
