// Keys of a lesson, wherever the focus is but in a field: arrows and space, and what clickers send.
const KEYS = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "back", PageUp: "back", n: "notes", p: "present" };
const TYPES_INTO = "input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=application]";

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector("span");
  window.fitscopeKeys?.abort();  // of the call before this one
  if (place.dataset.present !== String(data.present)) {  // charts measure their width anew when the page grows or shrinks
    place.dataset.present = data.present;
    setTimeout(() => window.dispatchEvent(new Event("resize")), 300);
  }
  const turned = (window.fitscopeKeys = new AbortController());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !place.isConnected) return;
    const on = event.composedPath()[0], answer = Number(event.key) >= 1 && Number(event.key) <= data.answers;
    if (on.matches?.(TYPES_INTO) && !(on.type === "radio" && (answer || event.key.startsWith("Page")))) return;
    if (event.key === " " && on.matches?.("button, a, summary, [role=button], [role=radio]")) return;  // presses it
    const said = answer ? event.key : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!said) return;
    event.preventDefault();
    setTriggerValue("pressed", said);
  }, { signal: turned.signal });
  return () => setTimeout(() => { if (!place.isConnected) turned.abort(); });
}
