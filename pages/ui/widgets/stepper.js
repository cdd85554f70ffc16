// Back and on through images: two buttons with the place between them. Arrow keys work on both.
const built = new WeakMap();
const KEYS = { ArrowLeft: "previous", ArrowRight: "next" };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stepper");
  // Built once and then only filled: a rebuild at every rerun would lose the focus.
  if (!built.has(root)) built.set(root, build(root));
  const { buttons, place } = built.get(root);
  root.setAttribute("aria-label", data.labels.group);
  place.textContent = data.labels.place;
  const go = (name) => {
    if (data[name] !== null) setTriggerValue("index", data[name]);
  };
  for (const [name, button] of Object.entries(buttons)) {
    button.querySelector(".word").textContent = data.labels[name];
    // Not disabled: at the last image, the focus would fall back to the document.
    button.setAttribute("aria-disabled", data[name] === null);
    button.onclick = () => go(name);
  }
  root.onkeydown = (event) => {
    const name = KEYS[event.key];
    if (!name) return;
    event.preventDefault();
    go(name);
  };
}

function build(root) {
  const make = (before, after) => {
    const button = document.createElement("button");
    const word = document.createElement("span");
    word.className = "word";
    button.append(arrow(before), word, arrow(after));
    return button;
  };
  const buttons = { previous: make("←", ""), next: make("", "→") };
  const place = document.createElement("span");
  place.className = "place";
  place.setAttribute("role", "status");
  root.replaceChildren(buttons.previous, place, buttons.next);
  return { buttons, place };
}

function arrow(sign) {
  const element = document.createElement("span");
  element.textContent = sign;
  element.ariaHidden = "true";
  return element;
}
