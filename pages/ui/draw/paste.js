// A picture from the clipboard: by Ctrl+V anywhere on the page, or by the button.
const TEXTLESS = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];
const listeners = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".paste");
  const button = root.querySelector("button");
  const status = root.querySelector(".status");
  button.textContent = data.texts.button;
  button.hidden = !navigator.clipboard?.read;
  root.querySelector(".hint").textContent = data.texts.hint;
  status.textContent = "";

  async function send(file) {
    status.textContent = "";
    if (!file) status.textContent = data.texts.empty;
    else if (file.size > data.limit) status.textContent = data.texts.large;
    else setTriggerValue("picture", await base64(file));
  }

  button.onclick = async () => {
    try {
      await send(await read());
    } catch {
      status.textContent = data.texts.denied;
    }
  };

  // One listener, of the last run; none when the component is gone.
  listeners.get(root)?.abort();
  const listener = new AbortController();
  listeners.set(root, listener);
  document.addEventListener(
    "paste",
    (event) => {
      if (event.defaultPrevented || isTextField(event.composedPath()[0])) return;
      event.preventDefault();
      const items = [...(event.clipboardData?.items ?? [])];
      send(items.find((item) => item.kind === "file" && isImage(item.type))?.getAsFile());
    },
    { signal: listener.signal },
  );
  return () => listener.abort();
}

async function read() {
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find(isImage);
    if (type) return item.getType(type);
  }
}

function isImage(type) {
  return type.startsWith("image/");
}

function isTextField(element) {
  if (element instanceof HTMLInputElement) return !TEXTLESS.includes(element.type);
  return element instanceof HTMLTextAreaElement || element.isContentEditable;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
