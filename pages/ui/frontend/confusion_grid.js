// A confusion matrix of buttons: rows true, columns predicted. Arrow keys move, Enter chooses.
const built = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".frame");
  const signature = JSON.stringify([data.counts, data.label, data.rows, data.columns, data.cell]);
  let state = built.get(root);
  // Built only when the counts change: a rebuild at every rerun would lose the focus.
  if (!state || state.signature !== signature) {
    state = { signature, buttons: build(root, data) };
    built.set(root, state);
  }
  const [chosenTrue, chosenPredicted] = data.chosen ?? [-1, -1];
  const focusable = data.chosen ?? [0, 0];
  state.buttons.forEach((row, i) => row.forEach((button, j) => {
    const isChosen = i === chosenTrue && j === chosenPredicted;
    button.setAttribute("aria-pressed", isChosen);
    button.tabIndex = i === focusable[0] && j === focusable[1] ? 0 : -1;
    button.onclick = () => setTriggerValue("cell", [i, j]);
    button.onkeydown = (event) => move(event, state.buttons, i, j);
  }));
}

function build(root, { counts, label, rows, columns, cell }) {
  const worst = Math.max(1, ...counts.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const table = document.createElement("table");
  table.setAttribute("aria-label", label);
  const head = table.createTHead().insertRow();
  head.insertCell();
  counts.forEach((_, j) => head.append(heading("col", j)));
  const body = table.createTBody();
  const buttons = counts.map((row, i) => {
    const line = body.insertRow();
    line.append(heading("row", i));
    return row.map((count, j) => {
      const button = document.createElement("button");
      button.textContent = count;
      button.title = cell.replace("{true}", i).replace("{predicted}", j).replace("{count}", count);
      button.setAttribute("aria-label", button.title);
      if (i === j) button.className = "hit";
      else if (!count) button.className = "zero";
      else {
        // Square root: a few mistakes are to be seen beside the many of the worst pair.
        const share = 12 + 88 * Math.sqrt(count / worst);
        button.className = share > 62 ? "error strong" : "error";
        button.style.setProperty("--share", share);
      }
      line.insertCell().append(button);
      return button;
    });
  });
  root.replaceChildren(axis("rows", rows), axis("columns", columns), table);
  return buttons;
}

function axis(name, text) {
  const element = document.createElement("div");
  element.className = `axis ${name}`;
  element.textContent = text;
  return element;
}

function heading(scope, digit) {
  const element = document.createElement("th");
  element.scope = scope;
  element.textContent = digit;
  return element;
}

function move(event, buttons, i, j) {
  const [down, right] = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key] ?? [];
  const next = buttons[i + down]?.[j + right];
  if (!next) return;
  event.preventDefault();
  buttons[i][j].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
