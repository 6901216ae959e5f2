// A picture from the clipboard: Ctrl+V anywhere on the page, or the button where the browser lets pages read it.
const MOST_SIDE = 2000;  // pixels: larger screenshots are made smaller before they are sent

async function send(blob, setStateValue) {
  const picture = await createImageBitmap(blob);
  const factor = Math.min(1, MOST_SIDE / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * factor));
  canvas.height = Math.max(1, Math.round(picture.height * factor));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  setStateValue("picture", canvas.toDataURL("image/png"));
}

export default function ({ data, parentElement, setStateValue }) {
  const button = parentElement.querySelector("button"), note = parentElement.querySelector("span");
  button.textContent = data.words.paste;
  const take = (blob) => send(blob, setStateValue).then(() => { note.textContent = ""; }, () => { note.textContent = data.words.unreadable; });
  const pasted = (event) => {
    const item = [...(event.clipboardData?.items ?? [])].find((one) => one.type.startsWith("image/"));
    if (item) { event.preventDefault(); take(item.getAsFile()); }
  };
  document.removeEventListener("paste", parentElement.pasted);  // this runs again with each rerun of the page
  document.addEventListener("paste", parentElement.pasted = pasted);
  button.onclick = async () => {
    try {
      const items = await navigator.clipboard.read();
      for (const item of items) {
        const type = item.types.find((one) => one.startsWith("image/"));
        if (type) return take(await item.getType(type));
      }
      note.textContent = data.words.nothing;
    } catch {
      note.textContent = data.words.keys;  // Firefox, plain http, or the viewer said no
    }
  };
  return () => document.removeEventListener("paste", pasted);
}
