// A confusion matrix of buttons: rows true, columns predicted. The digits at the edges choose a
// whole row or column. Arrow keys move, Enter chooses.
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
  const focusable = state.buttons.find(isChosen) ?? state.place(0, 0);
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
  const make = (element, choice) => {
    const button = document.createElement("button");
    button.choice = choice;
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
    line.insertCell();
  });
  const foot = table.createTFoot().insertRow();
  foot.append(heading("row"));
  [...digits, null].forEach(() => foot.insertCell());
  const axes = ["rows", "columns"].map((name) => {
    const element = document.createElement("div");
    element.className = `axis ${name}`;
    return element;
  });
  root.replaceChildren(...axes, table);
  const place = (i, j) => buttons.find(({ choice }) => choice[0] === i && choice[1] === j);
  return { size, table, axes, buttons, place };
}

function fill({ size, table, axes, buttons }, data) {
  const { counts, values, texts, labels, worst } = data;
  table.setAttribute("aria-label", labels.table);
  axes[0].textContent = labels.rows;
  axes[1].textContent = labels.columns;
  for (const button of buttons) {
    const [i, j] = button.choice;
    const [pattern, count] =
      j === null ? [labels.row, sum(counts[i]) - counts[i][i]]
      : i === null ? [labels.column, sum(counts.map((row) => row[j])) - counts[j][j]]
      : [labels.cell, counts[i][j]];
    button.textContent = j === null ? i : i === null ? j : texts[i][j];
    button.title = pattern.replace("{true}", i).replace("{predicted}", j).replace("{count}", count)
      .replace("{value}", button.textContent);
    button.setAttribute("aria-label", button.title);
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
  const [head, ...lines] = table.rows;
  head.lastChild.textContent = labels.total;
  const foot = lines.pop();
  foot.firstChild.textContent = labels.total;
  lines.forEach((line, i) => (line.lastChild.textContent = sum(counts[i])));
  [...Array(size).keys()].forEach((j) => (foot.cells[j + 1].textContent = sum(counts.map((row) => row[j]))));
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
  // The edges stand at -1.
  const [i, j] = button.choice.map((digit, side) => (digit ?? -1) + step[side]);
  const next = place(i === -1 ? null : i, j === -1 ? null : j);
  event.preventDefault();
  if (!next) return;
  button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
