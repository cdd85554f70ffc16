// A confusion matrix of buttons: rows true, columns predicted. The digits and the totals at the
// edges choose the mistakes of a whole row or column, the last corner all mistakes. Arrow keys move,
// Enter chooses.
const built = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".frame");
  let state = built.get(root);
  // Built once and then only filled: a rebuild at every rerun would lose the focus.
  if (!state || state.size !== data.counts.length) {
    state = build(root, data.counts.length);
    built.set(root, state);
  }
  fill(state, data);
  const chosen = data.chosen ?? [null, null];
  const isChosen = (button) => data.chosen && button.choice.every((digit, side) => digit === chosen[side]);
  const focusable = state.root.activeElement?.choice && isChosen(state.root.activeElement)
    ? state.root.activeElement
    : state.buttons.find(isChosen) ?? state.place(1, 1);
  for (const button of state.buttons) {
    button.setAttribute("aria-pressed", Boolean(isChosen(button)));
    button.tabIndex = button === focusable ? 0 : -1;
    button.onclick = () => setTriggerValue("choice", button.choice);
    button.onkeydown = (event) => move(event, state, button);
  }
}

function build(root, size) {
  const digits = [...Array(size).keys()];
  const buttons = [];
  const make = (element, choice, kind = "") => {
    const button = document.createElement("button");
    Object.assign(button, { choice, kind });
    buttons.push(button);
    element.append(button);
    return element;
  };
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  head.insertCell();
  digits.forEach((j) => head.append(make(heading("col"), [null, j])));
  head.append(heading("col"));
  const body = table.createTBody();
  digits.forEach((i) => {
    const line = body.insertRow();
    line.append(make(heading("row"), [i, null]));
    digits.forEach((j) => make(line.insertCell(), [i, j]));
    make(line.insertCell(), [i, null], "total");
  });
  const foot = table.createTFoot().insertRow();
  foot.append(heading("row"));
  digits.forEach((j) => make(foot.insertCell(), [null, j], "total"));
  make(foot.insertCell(), [null, null], "total");
  const axes = ["rows", "columns"].map((name) => {
    const element = document.createElement("div");
    element.className = `axis ${name}`;
    return element;
  });
  root.replaceChildren(...axes, table);
  const place = (row, column) => table.rows[row]?.cells[column]?.querySelector("button");
  return { size, table, axes, buttons, place, root: root.getRootNode() };
}

function fill({ table, axes, buttons }, data) {
  const { counts, values, texts, labels, worst } = data;
  table.setAttribute("aria-label", labels.table);
  axes[0].textContent = labels.rows;
  axes[1].textContent = labels.columns;
  for (const button of buttons) {
    const [i, j] = button.choice;
    const [pattern, count] =
      i === null && j === null ? [labels.all, sum(counts.map((row, k) => sum(row) - row[k]))]
      : j === null ? [labels.row, sum(counts[i]) - counts[i][i]]
      : i === null ? [labels.column, sum(counts.map((row) => row[j])) - counts[j][j]]
      : [labels.cell, counts[i][j]];
    button.textContent =
      i === null && j === null ? `✗\u00a0${count}`
      : button.kind ? sum(j === null ? counts[i] : counts.map((row) => row[j]))
      : j === null ? i : i === null ? j : texts[i][j];
    button.title = pattern.replace("{true}", i).replace("{predicted}", j).replace("{count}", count)
      .replace("{value}", button.textContent);
    button.setAttribute("aria-label", button.title);
    button.className = button.kind;
    if (i === null || j === null) continue;
    button.className = "";
    if (i === j) button.className = "hit";
    else if (!counts[i][j]) button.className = "zero";
    else {
      // Square root: a few mistakes stay visible beside the many of the worst pair.
      const share = 12 + 88 * Math.sqrt(Math.min(1, values[i][j] / worst));
      button.className = share > 62 ? "error strong" : "error";
      button.style.setProperty("--share", share);
    }
  }
  table.tHead.rows[0].lastChild.textContent = labels.total;
  table.tFoot.rows[0].firstChild.textContent = labels.total;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function heading(scope) {
  const element = document.createElement("th");
  element.scope = scope;
  return element;
}

function move(event, { place }, button) {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (!step) return;
  const cell = button.parentElement;
  const next = place(cell.parentElement.rowIndex + step[0], cell.cellIndex + step[1]);
  event.preventDefault();
  if (!next) return;
  button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
